// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.internal.BuildLine;
import dev.assay.worker.lease.LeaseKeeper;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BuildProgressLogTests {

    private final List<String> told = new ArrayList<>();
    private final BuildProgressLog log = new BuildProgressLog(
            1,
            part -> {
                part.lines().stream().map(BuildLine::message).forEach(told::add);
                return new LeaseKeeper.Held(Duration.ofSeconds(10), false);
            },
            new Redacted(List.of("hush hush\nsecond line of it\n", "no")),
            Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));

    @Test
    void whatAStepPrintsOfASecretIsNotShownLineByLine() throws Exception {
        log.line("token: hush hush, and no more");
        log.line("second line of it");
        log.send();
        assertThat(told).containsExactly("token: ***, and no more", "***");
        assertThat(log.shown("failed with hush hush")).isEqualTo("failed with ***");
    }

    @Test
    void aBuildThatPrintsWithoutEndIsCutAndItsLastWordStandsLast() throws Exception {
        for (int i = 0; i < 100_000; i++) {
            log.line("line " + i);
        }
        log.conclude("FAILED: no luck today");
        while (!log.isTold()) {
            log.send();
        }
        assertThat(told).hasSize(2002).startsWith("line 0", "line 1").endsWith("… further lines are not kept", "FAILED: no luck today");
    }

    @Test
    void aLineHasAnEnd() throws Exception {
        log.line("x".repeat(1_000_000));
        log.send();
        assertThat(told).singleElement().satisfies(line -> assertThat(line).hasSizeLessThan(5_000));
    }
}
