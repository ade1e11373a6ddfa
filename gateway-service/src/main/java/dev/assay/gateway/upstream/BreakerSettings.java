// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * When an upstream is left alone for a while.
 *
 * @param calls the last ones that count
 * @param least of them must have been, before any rate counts
 * @param failures of a hundred that are too many
 * @param pause before a few calls may try again
 * @param trials how many those are
 */
@ConfigurationProperties("assay.breakers")
record BreakerSettings(
        @DefaultValue("50") int calls,
        @DefaultValue("10") int least,
        @DefaultValue("50") float failures,
        @DefaultValue("10s") Duration pause,
        @DefaultValue("3") int trials) {}
