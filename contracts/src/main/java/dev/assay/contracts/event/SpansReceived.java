// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.event;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Spans of one run. A record on Kafka is this, as JSON on one line, and behind that line the bodies of its spans, one after the other as
 * they were sent, of those that do not lie among the blobs. Who reads it need not parse a span. No record has more than a mebibyte: an
 * upload may be several of them.
 *
 * @param attempt which attempt of a hosted run sent them: their fence; null for a run that a client drives
 * @param receivedAt when the upload came
 */
public record SpansReceived(RunId run, TeamId team, @Nullable Integer attempt, Instant receivedAt, List<SpanHead> spans) {

    public SpansReceived {
        Objects.requireNonNull(run, "run");
        Objects.requireNonNull(team, "team");
        Objects.requireNonNull(receivedAt, "receivedAt");
        spans = List.copyOf(spans);
    }

    /**
     * What is known of a span without its body.
     *
     * @param spanId unique in its run
     * @param schema which kind of payload it carries, null for a debug span
     * @param stepId its place among the run's steps, null if it has none
     * @param tool the tool that a tool step called
     * @param failed whether it says that something went wrong in it
     * @param size of the body, in bytes
     * @param blob where the body lies if it is not in the record: its SHA-256
     */
    public record SpanHead(
            String spanId,
            String name,
            @Nullable String schema,
            @Nullable Integer stepId,
            Instant startedAt,
            Instant endedAt,
            @Nullable String tool,
            boolean failed,
            int size,
            @Nullable String blob) {

        public SpanHead {
            Objects.requireNonNull(spanId, "spanId");
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(startedAt, "startedAt");
            Objects.requireNonNull(endedAt, "endedAt");
            if (size < 0) {
                throw new IllegalArgumentException("size: must not be negative");
            }
        }

        /** The same span, whose body lies among the blobs. */
        public SpanHead in(String sha256) {
            return new SpanHead(spanId, name, schema, stepId, startedAt, endedAt, tool, failed, size, sha256);
        }
    }
}
