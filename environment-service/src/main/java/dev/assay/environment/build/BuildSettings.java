// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.build;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param lease how long a worker's lease holds without a sign of life
 * @param maxAttempts how many workers may lose a build before it counts as failed
 * @param maxLogLines how many lines of one build's log are kept
 * @param keepLogDays for how many days after a build's end
 */
@ConfigurationProperties("assay.build")
record BuildSettings(
        @DefaultValue("15s") Duration lease,
        @DefaultValue("3") int maxAttempts,
        @DefaultValue("50000") int maxLogLines,
        @DefaultValue("30") int keepLogDays) {

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(20);

    /** How long somebody waits for a build, or for news of one, who wants to wait for so long. */
    static Duration waitOf(long wantedMillis) {
        return Duration.ofMillis(Math.clamp(wantedMillis, 0, LONGEST_WAIT.toMillis()));
    }
}
