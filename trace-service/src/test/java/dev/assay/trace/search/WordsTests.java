// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.search;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WordsTests {

    @Test
    void whateverIsNoLetterOrDigitPartsWords() {
        assertThat(words("/usr/bin/grade_answer: Permission\u0000denied (exit 126)")).isEqualTo("usr bin grade answer permission denied exit 126");
        assertThat(words("\ud800 Größe हिन्दी 漢字 \udc00")).isEqualTo("größe हिन्दी 漢字");
    }

    @Test
    void ofALongTextTheBeginningAndTheEndCount() {
        var words = words("first " + "middle ".repeat(3_000) + "MARK " + "middle ".repeat(3_000) + " last");
        assertThat(words).startsWith("first middle").endsWith("middle last").doesNotContain("mark").hasSizeLessThan(8_100);
    }

    @Test
    void whatIsFullTakesNoMore() {
        var words = new Words(100);
        for (var text = 0; text < 50; text++) {
            words.add("as long as it goes");
        }
        assertThat(words.isFull()).isTrue();
        assertThat(words.toString()).hasSizeBetween(100, 104);
    }

    @Test
    void aQuestionKeepsItsQuotesAndWhatItDoesNotWant() {
        assertThat(Words.asked("\"Permission denied\" -sudo")).isEqualTo("\"permission denied\" -sudo");
        assertThat(Words.asked("os.path & well-known | !x")).isEqualTo("os path   well known    x");
    }

    private static String words(String text) {
        var words = new Words(100_000);
        words.add(text);
        return words.toString();
    }
}
