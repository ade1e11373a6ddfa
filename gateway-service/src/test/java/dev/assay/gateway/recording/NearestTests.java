// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.recording;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.ModelJson;
import dev.assay.gateway.dialect.Operation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class NearestTests {

    private static CanonicalRequest request(Dialect dialect, String model, boolean streamed, String json) {
        return new CanonicalRequest(dialect, Operation.GENERATE, model, streamed, ModelJson.MAPPER.readTree(json));
    }

    private static CanonicalRequest chat(String... turns) {
        var messages = String.join(",", Stream.of(turns).map(turn -> "\"" + turn + "\"").toList());
        return request(Dialect.CHAT, "m", false, "{\"messages\":[" + messages + "]}");
    }

    private static Nearest.Found nearest(CanonicalRequest asked, CanonicalRequest... recorded) {
        Map<String, CanonicalRequest> all = new LinkedHashMap<>();
        Stream.of(recorded).forEach(one -> all.put(one.key(), one));
        var shorts = all.values().stream().map(one -> new Nearest.Short(
                one.key(), CanonicalRequest.word(one.dialect()), "generate", one.model(), one.streamed(), one.turns())).toList();
        return Nearest.of(asked, Nearest.likely(asked, shorts), key -> all.get(key).request()).orElseThrow();
    }

    @Test
    void theOneWithTheFewestDifferencesIsNamedWithTheFirst() {
        var like = chat("system", "one", "two", "three");
        var found = nearest(chat("system", "one", "zwei", "three"), chat("system", "ein", "zwo", "drei"), like, chat("other"));
        assertThat(found.key()).isEqualTo(like.key());
        assertThat(found.first()).isEqualTo(new Nearest.Difference("/messages/2", "\"two\"", "\"zwei\""));
        assertThat(found.others()).isZero();
        assertThat(found.told()).contains("at /messages/2 \"two\" where this has \"zwei\"").doesNotContain("more");
    }

    @Test
    void aModelOfAnotherNameAndTheOtherFormAreDifferencesToo() {
        assertThat(nearest(request(Dialect.CHAT, "m2", false, "{}"), request(Dialect.CHAT, "m", false, "{}")).first())
                .isEqualTo(new Nearest.Difference("/model", "m", "m2"));
        assertThat(nearest(request(Dialect.CHAT, "m", true, "{}"), request(Dialect.CHAT, "m", false, "{}")).first())
                .isEqualTo(new Nearest.Difference("/stream", "false", "true"));
    }

    @Test
    void whatIsMissingIsSaidAndWhatIsLongIsCutAroundTheDifference() {
        assertThat(nearest(chat("a"), chat("a", "b")).first()).isEqualTo(new Nearest.Difference("/messages/1", "\"b\"", "nothing"));
        var same = "x".repeat(5000);
        var first = nearest(chat(same + "A" + same), chat(same + "B" + same)).first();
        assertThat(first.recorded()).startsWith("…x").contains("xBx").endsWith("x…").hasSizeLessThan(210);
        assertThat(first.asked()).contains("xAx");
    }

    @Test
    void namesAreEscapedInPointers() {
        var found = nearest(request(Dialect.CHAT, "m", false, "{\"a/b~c\": 1}"), request(Dialect.CHAT, "m", false, "{\"a/b~c\": 2}"));
        assertThat(found.first().pointer()).isEqualTo("/a~1b~0c");
    }

    @Test
    void fewAreLookedAtAsWholesAndThoseAreTheLikeliest() {
        var recorded = IntStream.range(0, 100).mapToObj(at -> chat("system", "turn " + at, "more")).toList();
        var shorts = recorded.stream().map(one -> new Nearest.Short(one.key(), "chat", "generate", "m", false, one.turns())).toList();
        var likely = Nearest.likely(chat("system", "turn 77", "less"), shorts);
        assertThat(likely).hasSize(Nearest.LOOKED_AT);
        assertThat(likely.getFirst().key()).isEqualTo(recorded.get(77).key());
        assertThat(List.copyOf(likely)).doesNotHaveDuplicates();
    }
}
