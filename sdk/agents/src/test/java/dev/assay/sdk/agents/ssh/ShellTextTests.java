// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ShellTextTests {

    @Test
    void safeWordsStayAsTheyAreAndOthersAreQuoted() {
        assertThat(ShellText.quote("/tmp/a-b_c.txt")).isEqualTo("/tmp/a-b_c.txt");
        assertThat(ShellText.quote("two words")).isEqualTo("'two words'");
        assertThat(ShellText.quote("it's")).isEqualTo("'it'\"'\"'s'");
        assertThat(ShellText.quote("")).isEqualTo("''");
        assertThat(ShellText.quote("ä")).isEqualTo("'ä'");
    }

    @Test
    void aTranscriptShowsErrorsOnlyWhereThereAreSome() {
        assertThat(ShellText.transcript("ls", result("a\n", "", 0))).isEqualTo("$ ls\na\n\n(exit 0)");
        assertThat(ShellText.transcript("ls", result("a\n", "no\n", 2))).isEqualTo("$ ls\na\n\nstderr:\nno\n\n(exit 2)");
    }

    @Test
    void tooMuchOutputLosesItsMiddle() {
        assertThat(ShellText.transcript("c", result("0123456789".repeat(10), "", 0), 21)).isEqualTo("$ c\n01234[truncated]56789\n(exit 0)");
    }

    @Test
    void theGapIsMarkedInTheStreamThatHasIt() {
        var text = ShellText.transcript("c", result("ok", "0123456789".repeat(10), 1), 21);

        assertThat(text).isEqualTo("$ c\nok\nstderr:\n012[truncated]56789\n(exit 1)");
    }

    private static CommandResult result(String output, String errors, int status) {
        return new CommandResult(output.getBytes(StandardCharsets.UTF_8), errors.getBytes(StandardCharsets.UTF_8), status, true);
    }
}
