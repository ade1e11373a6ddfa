// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.graders;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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

    @Test
    void runsInTheFolderOfTheAgentsFilesAndLeavesNothingRunning() throws Exception {
        Files.writeString(folder.resolve("answer.txt"), "42");
        var subscore = BashGrader.running("sleep 600 & echo $!; grep -q 42 answer.txt").in(folder).grade(1);
        assertThat(subscore.value()).isEqualTo(1);
        long left = Long.parseLong(info(subscore).get("stdout").stringValue().strip());
        assertThat(ProcessHandle.of(left).filter(ProcessHandle::isAlive)).isEmpty();
    }

    private static ObjectNode info(SubScore subscore) {
        assertThat(subscore.info()).isNotNull();
        return subscore.info();
    }
}
