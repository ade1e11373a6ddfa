// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

/**
 * {@code assay.upload}.
 *
 * @param maxSize of one body
 * @param inFlight of all bodies that are read at the same time
 */
@ConfigurationProperties("assay.upload")
record UploadSettings(DataSize maxSize, DataSize inFlight) {}
