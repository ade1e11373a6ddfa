// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.graders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class BashGraderTests {

    @TempDir
    private Path folder;

    @Test
    void keepsWhatWasSaidBeforeTheTimeWasOver() throws Exception {
        var subscore = BashGrader.running("echo part; sleep 600").within(Duration.ofSeconds(5)).grade(0.5);
        assertThat(subscore.value()).isZero();
        assertThat(subscore.weight()).isEqualTo(0.5);
        assertThat(info(subscore).get("stdout").stringValue()).isEqualTo("part\n");
        assertThat(info(subscore).get("timed_out").booleanValue()).isTrue();
        assertThat(info(subscore).get("exit_code").isNull()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"kill -9 $$, -9", "kill -15 $$, -15", "kill -11 $$, -11", "exit 137, 137", "exit 3, 3", "true, 0"})
    void tellsASignalFromAnExitCodeThatLooksLikeOne(String command, int exitCode) throws Exception {
        assertThat(info(BashGrader.running(command).grade(1)).get("exit_code").intValue()).isEqualTo(exitCode);
    }

    @Test
    void aCommandThatDoesNotListenIsKilledWhenItsTimeIsOver() throws Exception {
        var subscore = BashGrader.running("trap '' TERM; echo $$; sleep 600 & wait; sleep 600").within(Duration.ofSeconds(2)).grade(1);
        assertThat(info(subscore).get("exit_code").isNull()).isTrue();
        long left = Long.parseLong(info(subscore).get("stdout").stringValue().strip());
        await().until(() -> !runs(left));
    }

    @Test
    void whatIsNoTextIsReplacedAsTheClientDoes() throws Exception {
        assertThat(info(BashGrader.running("printf '\\355\\240\\200'").grade(1)).get("stdout").stringValue()).isEqualTo("\ufffd\ufffd\ufffd");
    }

    @Test
    void runsInTheFolderOfTheAgentsFilesAndLeavesNothingRunning() throws Exception {
        Files.writeString(folder.resolve("answer.txt"), "42");
        var subscore = BashGrader.running("sleep 600 & echo $!; grep -q 42 answer.txt").in(folder).grade(1);
        assertThat(subscore.value()).isEqualTo(1);
        long left = Long.parseLong(info(subscore).get("stdout").stringValue().strip());
        await().until(() -> !runs(left));
    }

    /** What was killed stays in the process table until its parent, by now the first process, has looked at it. */
    private static boolean runs(long process) {
        try {
            return ProcessHandle.of(process).filter(ProcessHandle::isAlive).isPresent()
                    && !Files.readString(Path.of("/proc", String.valueOf(process), "stat")).contains(") Z ");
        } catch (IOException gone) {
            return false;
        }
    }

    private static ObjectNode info(SubScore subscore) {
        assertThat(subscore.info()).isNotNull();
        return subscore.info();
    }
}
