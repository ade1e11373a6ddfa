// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PulledImagesTests {

    private static final String NAME = "docker.io/acme/letters:1";
    private static final Instant PULLED = Instant.parse("2026-01-01T12:00:00Z");
    private static final String OURS = PulledImages.NAME + ":" + PulledImages.tag(NAME, PULLED);
    private static final Duration WEEK = Duration.ofDays(7);

    @Test
    void whatWasPulledSaysOncePerDayThatItIsUsed() {
        assertThat(PulledImages.outdated(List.of("acme/letters:1", OURS), NAME, PULLED.plusSeconds(3600))).isEmpty();
        assertThat(PulledImages.outdated(List.of("acme/letters:1", OURS), NAME, PULLED.plus(Duration.ofDays(1)))).containsExactly(OURS);
        assertThat(PulledImages.outdated(List.of("acme/letters:1", OURS), "docker.io/acme/other:1", PULLED.plus(Duration.ofDays(1)))).isEmpty();
    }

    @Test
    void whatNobodyUsedForSoLongLosesTheNameThatWasPulledAndThenOurs() {
        var names = List.of(OURS, "acme/letters:1", "acme/letters:somebodys");
        assertThat(PulledImages.unused(names, PULLED.plus(WEEK), WEEK)).isEmpty();
        assertThat(PulledImages.unused(names, PULLED.plus(Duration.ofDays(8)), WEEK)).containsExactly("acme/letters:1", OURS);
    }

    @Test
    void whatWasThereBeforeIsNotTouched() {
        assertThat(PulledImages.outdated(List.of("acme/letters:1"), NAME, PULLED)).isEmpty();
        assertThat(PulledImages.unused(List.of("acme/letters:1", PulledImages.NAME + ":latest"), PULLED.plus(Duration.ofDays(900)), WEEK)).isEmpty();
    }
}
