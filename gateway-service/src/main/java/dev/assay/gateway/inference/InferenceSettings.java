// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How model calls are served.
 *
 * @param timeout how long a provider may take to begin an answer
 * @param largestRequest the largest body that is taken
 * @param keepAlive how often a comment goes out while a streamed answer pauses
 */
@ConfigurationProperties("assay.inference")
record InferenceSettings(
        @DefaultValue("10m") Duration timeout, @DefaultValue("64MB") DataSize largestRequest, @DefaultValue("15s") Duration keepAlive) {}
