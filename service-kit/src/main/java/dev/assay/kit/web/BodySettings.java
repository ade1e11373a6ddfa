// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.web;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * {@code assay.body}: what request bodies may take of the memory.
 *
 * @param largest body that is taken; more gives 413
 * @param weight how many bytes of memory one byte of a body takes while its request is served: as bytes, as a tree, as text
 * @param room for all bodies of this process together; unset: two fifths of the heap
 * @param patience how long a body waits for room before it is refused with 503
 * @param retryAfter after which time who was refused may try again
 * @param streamed paths whose bodies are passed on or written down as they come, and limited by their own features
 */
@ConfigurationProperties("assay.body")
record BodySettings(
        @DefaultValue("64MB") DataSize largest,
        @DefaultValue("5") int weight,
        @Nullable DataSize room,
        @DefaultValue("10s") Duration patience,
        @DefaultValue("5s") Duration retryAfter,
        @DefaultValue List<String> streamed) {

    long roomInBytes() {
        return room == null ? Runtime.getRuntime().maxMemory() * 2 / 5 : room.toBytes();
    }
}
