// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * {@code assay.spans}.
 *
 * @param patience how long an upload waits for the broker
 * @param rest how long the broker is left alone after it failed
 */
@ConfigurationProperties("assay.spans")
record SpansSettings(Duration patience, Duration rest, int partitions, int consumers) {}
