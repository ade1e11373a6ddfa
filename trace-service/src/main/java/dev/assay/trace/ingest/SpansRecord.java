// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import dev.assay.contracts.event.SpansReceived;
import dev.assay.contracts.event.SpansReceived.SpanHead;
import dev.assay.kit.blob.Blobs;
import dev.assay.sdk.protocol.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** {@link SpansReceived} as bytes: a line of JSON, behind it the bodies. */
final class SpansRecord {

    /** With what a broker adds it stays below a mebibyte, the most that topics take. */
    static final int LARGEST = 900_000;

    /** A span of which there is more than this goes by reference. */
    static final int LARGEST_BODY = 64 * 1024;

    /** No more spans than this are in one record, so that its offset and their place in it make one number that grows with arrival. */
    static final int MOST_SPANS = 1 << SpansRecord.PLACE_BITS;

    private static final int PLACE_BITS = 16;

    /** What a head takes beside its texts; each of their characters may be six when it is escaped. */
    private static final int HEAD = 300;

    private SpansRecord() {}

    /** A span as a record holds it. @param body null: it lies among the blobs */
    record Entry(SpanHead head, @Nullable ByteBuffer body) {

        /** At most. */
        int size() {
            return HEAD + 6 * (length(head.spanId()) + length(head.name()) + length(head.schema()) + length(head.tool()))
                    + (body == null ? 0 : body.remaining());
        }

        private static int length(@Nullable String text) {
            return text == null ? 0 : text.length();
        }
    }

    /** Puts a large body away and returns where it is. */
    interface Away {
        String put(ByteBuffer body) throws IOException;

        static Away among(Blobs blobs) {
            return body -> {
                var content = new ByteArrayInputStream(body.array(), body.arrayOffset() + body.position(), body.remaining());
                return blobs.put(content, Long.MAX_VALUE).sha256();
            };
        }
    }

    /**
     * Spans as records, in their order, none of which is too large.
     *
     * @param upload without spans
     */
    static List<byte[]> of(SpansReceived upload, List<SpanScan.Taken> spans, Away away) throws IOException {
        var records = new ArrayList<byte[]>();
        var next = new ArrayList<Entry>();
        var size = HEAD;
        for (var span : spans) {
            var entry = span.body().remaining() > LARGEST_BODY
                    ? new Entry(span.head().in(away.put(span.body())), null)
                    : new Entry(span.head(), span.body());
            if (size + entry.size() > LARGEST || next.size() == MOST_SPANS) {
                records.add(encode(upload, next));
                next.clear();
                size = HEAD;
            }
            next.add(entry);
            size += entry.size();
        }
        if (!next.isEmpty()) {
            records.add(encode(upload, next));
        }
        return records;
    }

    static byte[] encode(SpansReceived upload, List<Entry> entries) {
        var heads = entries.stream().map(Entry::head).toList();
        var line = RecordLine.write(new SpansReceived(upload.run(), upload.team(), upload.attempt(), upload.receivedAt(), heads));
        var bodies = entries.stream().mapToInt(entry -> entry.body() == null ? 0 : entry.body().remaining()).sum();
        var record = ByteBuffer.allocate(line.length + 1 + bodies).put(line).put((byte) '\n');
        entries.stream().filter(entry -> entry.body() != null).forEach(entry -> record.put(entry.body().duplicate()));
        return record.array();
    }

    /** A record that was read. */
    record Read(SpansReceived upload, List<Entry> entries) {}

    /** @throws IllegalArgumentException if it is none, or a {@link tools.jackson.core.JacksonException} */
    static Read decode(byte[] record) {
        var end = 0;
        while (end < record.length && record[end] != '\n') {
            end++;
        }
        if (end == record.length) {
            return ofOldForm(record);
        }
        var upload = RecordLine.read(record, end);
        var at = end + 1;
        var entries = new ArrayList<Entry>();
        for (var head : upload.spans()) {
            if (head.blob() != null) {
                entries.add(new Entry(head, null));
                continue;
            }
            if (head.size() > record.length - at) {
                throw new IllegalArgumentException("it is cut off in span " + head.spanId());
            }
            entries.add(new Entry(head, ByteBuffer.wrap(record, at, head.size()).slice()));
            at += head.size();
        }
        if (at != record.length) {
            throw new IllegalArgumentException("it has more than its spans");
        }
        return new Read(upload, entries);
    }

    /** Records had no bodies behind them once, and the spans whole; some may still lie on a broker or a spool. */
    private static Read ofOldForm(byte[] record) {
        if (!(Json.MAPPER.readTree(record) instanceof ObjectNode event && event.path("spans").isArray())) {
            throw new IllegalArgumentException("it has no first line");
        }
        var run = event.path("run").asString("");
        var telemetry = Json.MAPPER.writeValueAsBytes(Json.object().set("telemetry", event.remove("spans")));
        var upload = Json.MAPPER.treeToValue(event.set("spans", Json.array()), SpansReceived.class);
        var spans = SpanScan.of(telemetry, run, upload.receivedAt());
        if (spans.refused() > 0) {
            throw new IllegalArgumentException(spans.remarks().getFirst().toString());
        }
        return new Read(upload, spans.spans().stream().map(span -> new Entry(span.head(), span.body())).toList());
    }

    /** The order of arrival, for the span at that place in the record at that offset. Clients read it as a number: it stays below 2^53. */
    static long seq(long offset, int place) {
        return (offset << PLACE_BITS) + place;
    }
}
