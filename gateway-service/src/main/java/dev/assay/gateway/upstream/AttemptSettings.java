// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How often a call is tried, and how long is waited in between.
 *
 * @param tries of one call at most, where no other target is left
 * @param firstPause before the second try; each next one is twice as long
 * @param longestPause of those that nobody asked for
 * @param retryAfter the longest wait that an upstream may ask for; a longer one is the client's to wait
 * @param patience the waits of one call together
 * @param codexPatience the same of a Codex CLI's call that finds an upstream full: it takes an error for the end, even one it gets over
 */
@ConfigurationProperties("assay.tries")
record AttemptSettings(
        @DefaultValue("4") int tries,
        @DefaultValue("500ms") Duration firstPause,
        @DefaultValue("8s") Duration longestPause,
        @DefaultValue("60s") Duration retryAfter,
        @DefaultValue("2m") Duration patience,
        @DefaultValue("5m") Duration codexPatience) {}
