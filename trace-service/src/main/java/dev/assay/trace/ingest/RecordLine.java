// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.event.SpansReceived;
import dev.assay.contracts.event.SpansReceived.SpanHead;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * {@link SpansReceived} as the JSON that any mapper makes of it and reads, written and read from token to token: a mapper takes several
 * times as long for it, which is more than all else that a span costs here.
 */
final class RecordLine {

    private static final JsonFactory JSON = new JsonFactory();

    /** About so much is said of a span. */
    private static final int USUAL = 250;

    private RecordLine() {}

    static byte[] write(SpansReceived upload) {
        var bytes = new ByteArrayOutputStream(USUAL * (1 + upload.spans().size()));
        try (var out = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            out.writeStartObject();
            out.writeStringProperty("run", upload.run().toString());
            out.writeStringProperty("team", upload.team().toString());
            if (upload.attempt() != null) {
                out.writeNumberProperty("attempt", upload.attempt());
            }
            out.writeStringProperty("receivedAt", upload.receivedAt().toString());
            out.writeArrayPropertyStart("spans");
            upload.spans().forEach(span -> write(span, out));
            out.writeEndArray();
            out.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private static void write(SpanHead span, JsonGenerator out) {
        out.writeStartObject();
        out.writeStringProperty("spanId", span.spanId());
        out.writeStringProperty("name", span.name());
        text("schema", span.schema(), out);
        if (span.stepId() != null) {
            out.writeNumberProperty("stepId", span.stepId());
        }
        out.writeStringProperty("startedAt", span.startedAt().toString());
        out.writeStringProperty("endedAt", span.endedAt().toString());
        text("tool", span.tool(), out);
        out.writeBooleanProperty("failed", span.failed());
        out.writeNumberProperty("size", span.size());
        text("blob", span.blob(), out);
        out.writeEndObject();
    }

    private static void text(String name, @Nullable String text, JsonGenerator out) {
        if (text != null) {
            out.writeStringProperty(name, text);
        }
    }

    /** @throws RuntimeException if the first so many bytes are none */
    static SpansReceived read(byte[] record, int length) {
        RunId run = null;
        TeamId team = null;
        Integer attempt = null;
        Instant receivedAt = null;
        List<SpanHead> spans = new ArrayList<>();
        try (var in = JSON.createParser(ObjectReadContext.empty(), record, 0, length)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("its first line is no object");
            }
            while (in.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = in.currentName();
                var isThere = in.nextToken() != JsonToken.VALUE_NULL;
                switch (name) {
                    case "run" -> run = RunId.parse(in.getString());
                    case "team" -> team = TeamId.parse(in.getString());
                    case "attempt" -> attempt = isThere ? in.getIntValue() : null;
                    case "receivedAt" -> receivedAt = time(in);
                    case "spans" -> {
                        while (in.nextToken() == JsonToken.START_OBJECT) {
                            spans.add(span(in));
                        }
                    }
                    default -> in.skipChildren();
                }
            }
        }
        return new SpansReceived(
                Objects.requireNonNull(run, "run"), Objects.requireNonNull(team, "team"), attempt,
                Objects.requireNonNull(receivedAt, "receivedAt"), spans);
    }

    private static SpanHead span(JsonParser in) {
        String id = null;
        String spanName = null;
        String schema = null;
        Integer step = null;
        Instant startedAt = null;
        Instant endedAt = null;
        String tool = null;
        var failed = false;
        var size = 0;
        String blob = null;
        while (in.nextToken() == JsonToken.PROPERTY_NAME) {
            var name = in.currentName();
            if (in.nextToken() == JsonToken.VALUE_NULL) {
                continue;
            }
            switch (name) {
                case "spanId" -> id = in.getString();
                case "name" -> spanName = in.getString();
                case "schema" -> schema = in.getString();
                case "stepId" -> step = in.getIntValue();
                case "startedAt" -> startedAt = time(in);
                case "endedAt" -> endedAt = time(in);
                case "tool" -> tool = in.getString();
                case "failed" -> failed = in.getBooleanValue();
                case "size" -> size = in.getIntValue();
                case "blob" -> blob = in.getString();
                default -> in.skipChildren();
            }
        }
        return new SpanHead(
                Objects.requireNonNull(id, "spanId"), Objects.requireNonNull(spanName, "name"), schema, step,
                Objects.requireNonNull(startedAt, "startedAt"), Objects.requireNonNull(endedAt, "endedAt"), tool, failed, size, blob);
    }

    private static Instant time(JsonParser in) {
        return SpanTime.parse(in.getString()).orElseThrow(() -> new IllegalArgumentException("no time"));
    }
}
