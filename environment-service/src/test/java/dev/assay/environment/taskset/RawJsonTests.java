// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.taskset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;

class RawJsonTests {

    @Test
    void everyPartComesOutAsItWentIn() {
        for (int seed = 0; seed < 3000; seed++) {
            var nasty = new NastyJson(new Random(seed));
            var members = new LinkedHashMap<String, String>();
            for (int i = 0; i < seed % 7; i++) {
                members.put("k" + i, nasty.value(4));
            }
            var text = nasty.object(members);
            assertThat(RawJson.members(text)).as("seed %d: %s", seed, text).isEqualTo(members);
            var elements = new ArrayList<>(members.values());
            var list = nasty.array(elements);
            assertThat(elements(list)).as("seed %d: %s", seed, list).isEqualTo(elements);
        }
    }

    /** The elements of an array, each as text. */
    static List<String> elements(String array) {
        var elements = new ArrayList<String>();
        RawJson.members("{\"list\":" + array + "}", "list", elements::add);
        return elements;
    }

    @Test
    void aLongTextIsCutInTheRightPlaces() {
        var long1 = "\"" + "ä\\n\uD83D\uDE00".repeat(30_000) + "\"";
        var long2 = "[" + "1.50,".repeat(30_000) + "-0.0]";
        assertThat(RawJson.members("{\"a\" : " + long1 + " , \"b\":" + long2 + "}").values()).containsExactly(long1, long2);
    }

    @Test
    void theLastOfANameCounts() {
        assertThat(RawJson.members("{\"a\":1,\"a\":2.0}")).containsExactly(Map.entry("a", "2.0"));
    }

    @Test
    void refusesWhatIsNoJson() {
        for (var text : new String[] {"{", "{\"a\":}", "{\"a\":1,}", "[1 2]", "{'a':1}", "{\"a\":\"\\x\"}", "[01]", "{\"a\":tru}", "{} {}"}) {
            assertThatThrownBy(() -> {
                        RawJson.tree(text);
                        RawJson.members(text);
                        elements(text);
                    })
                    .as(text)
                    .isInstanceOf(JacksonException.class);
        }
    }
}
