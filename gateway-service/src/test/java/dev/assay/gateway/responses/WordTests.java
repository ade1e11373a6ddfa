// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.responses;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WordTests {

    @Test
    void itIsFoundWhereverItStandsAndNowhereElse() {
        var random = new Random(7);
        for (var round = 0; round < 20_000; round++) {
            var text = any(random, random.nextInt(30));
            var word = any(random, 1 + random.nextInt(4));
            var from = random.nextInt(text.length() + 1);
            var to = from + random.nextInt(text.length() - from + 1);
            assertThat(new Word(word).isIn(text.getBytes(StandardCharsets.UTF_8), from, to))
                    .as("%s in %s from %d to %d", word, text, from, to).isEqualTo(text.substring(from, to).contains(word));
        }
        assertThat(new Word("b").isIn("aüb".getBytes(StandardCharsets.UTF_8), 0, 4)).isTrue();
    }

    private static String any(Random random, int length) {
        return random.ints(length, 'a', 'd').collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
    }
}
