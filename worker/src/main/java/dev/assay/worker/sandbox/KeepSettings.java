// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.sandbox;

import dev.assay.sdk.runtimes.docker.KeepImages;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What is kept though nobody uses it, because making it again takes time: versions, virtual environments, images. {@code worker.yml} explains each.
 *
 * @param unused at least {@link #IN_USE}
 */
@ConfigurationProperties("assay.worker.keep")
record KeepSettings(
        @DefaultValue("7d") Duration unused,
        @DefaultValue("50GB") DataSize folders,
        @DefaultValue("3") int images,
        @DefaultValue("30d") Duration youngImages) {

    /** What was made ready so lately may be used still, by a run that prepares itself or by another worker that shares the folder. */
    static final Duration IN_USE = Duration.ofHours(48);

    KeepSettings {
        if (images < 1) {
            throw new IllegalArgumentException("assay.worker.keep.images must be at least 1: runs take place in the newest");
        }
        if (unused.compareTo(IN_USE) < 0) {
            throw new IllegalArgumentException("assay.worker.keep.unused must be at least 48h: a run may use what it began with for so long");
        }
    }

    KeepImages ofImages() {
        return new KeepImages(images, youngImages, unused);
    }

    /** How long something must have been unused to be cleared away. */
    Duration unused(long bytesKept) {
        return bytesKept > folders.toBytes() ? IN_USE : unused;
    }
}
