// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.assay.sdk.runtimes.SandboxLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Only where this process may make control groups. */
class ControlGroupsTests {

    private final ControlGroups groups = ControlGroups.detect();

    @BeforeEach
    void only() {
        assumeThat(groups.available()).isTrue();
    }

    @Test
    void endsWhatStartsFasterThanItCanBeLookedFor() throws Exception {
        var group = made(SandboxLimits.DEFAULTS.withProcesses(200));
        try {
            List<String> bomb = new ArrayList<>(List.of(
                    "/bin/sh", "-c", "for door; do echo 0 > \"$door\"; done; run() { while :; do (run) & sleep 0.01; done; }; run", "sh"));
            group.doors().forEach(door -> bomb.add(door.toString()));
            var process = new ProcessBuilder(bomb).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            while (Files.readAllLines(group.doors().getFirst()).size() < 20 && process.isAlive()) {
                Thread.onSpinWait();
            }
            group.kill();
            assertThat(process.waitFor()).isNotZero();
            for (var door : group.doors()) {
                assertThat(Files.readString(door)).isEmpty();
            }
        } finally {
            assertThat(group.delete()).isTrue();
        }
        assertThat(group.folders()).noneMatch(Files::exists);
    }

    @Test
    void keepsToAShareOfTheProcessors() throws Exception {
        assumeThat(groups.limitCpus()).isTrue();
        var group = made(SandboxLimits.DEFAULTS.withCpus(0.5));
        try {
            assertThat(read(group, "cpu.max", "cpu.cfs_quota_us")).startsWith("50000");
        } finally {
            group.delete();
        }
    }

    /** It is written down by its name before it is made. */
    @Test
    void ofOneThatIsHalfMadeNothingIsLeft() throws Exception {
        var group = groups.named(UUID.randomUUID().toString());
        Files.createDirectory(group.folders().getFirst()); // whoever made it died here
        assertThat(group.members()).isEmpty();
        assertThat(group.delete()).isTrue();
        assertThat(group.folders()).noneMatch(Files::exists);
    }

    private ControlGroup made(SandboxLimits limits) throws IOException {
        var group = groups.named(UUID.randomUUID().toString());
        groups.make(group, limits);
        return group;
    }

    private static String read(ControlGroup group, String... names) throws IOException {
        for (var folder : group.folders()) {
            for (var name : names) {
                Path file = folder.resolve(name);
                if (Files.exists(file)) {
                    return Files.readString(file);
                }
            }
        }
        return "";
    }
}
