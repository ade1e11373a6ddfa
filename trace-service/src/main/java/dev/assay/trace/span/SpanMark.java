// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.span;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A stored span without its body: enough to find its place.
 *
 * @param seq in order of arrival
 * @param attempt which attempt of a hosted run sent it; null for a run that a client drives
 * @param size of the body, in bytes
 */
public record SpanMark(
        long seq,
        String spanId,
        @Nullable Integer attempt,
        String name,
        @Nullable String schema,
        @Nullable Integer stepId,
        Instant startedAt,
        Instant endedAt,
        int size) {}
