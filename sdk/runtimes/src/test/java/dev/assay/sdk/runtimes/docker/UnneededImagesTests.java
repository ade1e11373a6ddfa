// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.sdk.runtimes.docker.UnneededImages.BuiltImage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UnneededImagesTests {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void theNewestOfEachEnvironmentStayHoweverOldAndTheYoungHoweverMany() {
        var images = List.of(
                image("a:1", "a", 90), image("a:2", "a", 80), image("a:3", "a", 70), image("a:4", "a", 60), image("a:5", "a", 50),
                image("b:1", "b", 400),
                image("c:1", "c", 4), image("c:2", "c", 3), image("c:3", "c", 2), image("c:4", "c", 1));
        assertThat(UnneededImages.of(images, new KeepImages(3, Duration.ofDays(30), Duration.ZERO), NOW)).flatExtracting(BuiltImage::names).containsExactlyInAnyOrder("a:1", "a:2");
    }

    private static BuiltImage image(String name, String environment, int daysOld) {
        return new BuiltImage(List.of(name), Map.of("dev.assay.environment", environment), NOW.minus(Duration.ofDays(daysOld)));
    }
}
