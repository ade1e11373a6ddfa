// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutputLinesTests {

    @Test
    void whatIsBehindTheCutOfALongLineIsNowhere() {
        assertThat(read("a\r\n\n" + "x".repeat(16 * 1024) + "a secret\nb")).containsExactly("a", "", "x".repeat(16 * 1024) + " … (cut)", "b");
    }

    @Test
    void aLineThatIsJustNotTooLongIsWhole() {
        assertThat(read("x".repeat(16 * 1024) + "\nb\n")).containsExactly("x".repeat(16 * 1024), "b");
    }

    private static List<String> read(String output) {
        var lines = new ArrayList<String>();
        OutputLines.read(new ByteArrayInputStream(output.getBytes(StandardCharsets.UTF_8)), lines::add);
        return lines;
    }
}
