// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.recording;

import org.jspecify.annotations.Nullable;

/**
 * One answer to one request, as it is kept and as it stands in files.
 *
 * @param key of the request
 * @param n which of the answers to it this is, from 0
 * @param request canonical JSON
 * @param turns as {@link CanonicalRequest#turns()}
 * @param answer a stream's events, or a body
 * @param responseId by which a client may continue it; null: it cannot
 * @param firstMs until its first byte, in milliseconds; null: unknown
 * @param usage JSON; null: nobody told
 */
record RecordedCall(
        String key,
        int n,
        String dialect,
        String operation,
        String model,
        boolean streamed,
        byte[] request,
        String turns,
        byte[] answer,
        @Nullable String responseId,
        @Nullable Long firstMs,
        long totalMs,
        byte @Nullable [] usage) {

    /** The same with another answer. */
    RecordedCall answered(byte[] other) {
        return new RecordedCall(
                key, n, dialect, operation, model, streamed, request, turns, other, responseId, firstMs, totalMs, usage);
    }

    long bytes() {
        return request.length + (long) answer.length;
    }
}
