// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.upload;

import dev.assay.sdk.runtimes.context.ContextLimits;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * @param lifetime how long an upload address is good for
 * @param maxSize of a context as it is sent
 * @param maxUnpackedSize of a context when unpacked
 * @param maxEntries files, folders and links of a context
 */
@ConfigurationProperties("assay.upload")
record UploadSettings(
        @DefaultValue("1h") Duration lifetime,
        @DefaultValue("512MB") DataSize maxSize,
        @DefaultValue("4GB") DataSize maxUnpackedSize,
        @DefaultValue("100000") int maxEntries) {

    ContextLimits limits() {
        return ContextLimits.DEFAULTS.withBytes(maxUnpackedSize.toBytes()).withEntries(maxEntries);
    }
}
