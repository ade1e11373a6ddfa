// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

/**
 * {@code assay.spans}.
 *
 * @param patience how long an upload waits for the broker
 * @param delivery how long a record that the broker has not acknowledged is sent again and again
 * @param rest how long the broker is left alone after it failed
 * @param spoolLimit of what waits on the spool: what would be more is refused
 * @param partitions of the topic, if it is made here
 * @param consumers how many of them one process reads at once
 */
@ConfigurationProperties("assay.spans")
record SpansSettings(Duration patience, Duration delivery, Duration rest, DataSize spoolLimit, int partitions, int consumers) {}
