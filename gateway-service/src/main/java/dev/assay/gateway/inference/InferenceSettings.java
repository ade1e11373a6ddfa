// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How model calls are served.
 *
 * @param timeout how long a provider may take to begin an answer, or to end one that is not streamed
 * @param idle how long a provider may say nothing in the middle of a stream
 * @param longest how long a call may take as a whole
 * @param largestAnswer the largest answer that is not streamed, and the largest single event of one that is
 * @param keepAlive how often a sign of life goes out while a streamed answer pauses
 * @param early after which time a sign of life goes out although nothing has been answered yet: it fixes the status of the answer, and
 *     what fails later is an event
 * @param drain how long calls may go on that are under way when the gateway is to stop
 */
@ConfigurationProperties("assay.inference")
record InferenceSettings(
        @DefaultValue("10m") Duration timeout,
        @DefaultValue("5m") Duration idle,
        @DefaultValue("1h") Duration longest,
        @DefaultValue("32MB") DataSize largestAnswer,
        @DefaultValue("15s") Duration keepAlive,
        @DefaultValue("45s") Duration early,
        @DefaultValue("30s") Duration drain) {}
