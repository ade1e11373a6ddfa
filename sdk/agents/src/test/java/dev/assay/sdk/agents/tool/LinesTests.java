// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.tool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LinesTests {

    @Test
    void aBoundaryAtTheEndBeginsNoLine() {
        assertThat(Lines.of("a\nb\n")).containsExactly("a", "b");
        assertThat(Lines.of("a\n\n")).containsExactly("a", "");
        assertThat(Lines.of("")).isEmpty();
    }

    @Test
    void everyBoundaryThatPythonKnowsCounts() {
        assertThat(Lines.of("a\r\nb\rc\u000bd\fe\u001cf\u0085g\u2028h")).containsExactly("a", "b", "c", "d", "e", "f", "g", "h");
    }

    @Test
    void wholeLinesKeepTheirEnds() {
        assertThat(Lines.whole("a\r\nb\n\nc")).containsExactly("a\r\n", "b\n", "\n", "c");
        assertThat(Lines.whole("a\n")).containsExactly("a\n");
        assertThat(Lines.whole("")).isEmpty();
    }
}
