// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import dev.assay.contracts.event.SpansReceived.SpanHead;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.text.StorableText;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.step.TraceIds;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/**
 * One way through an upload, from token to token: what it must be (spans with an id each, of the run that the path names; everything else
 * about them is free), where each span lies in it, and what is to be known of it without its body. No tree is made. A span that cannot be
 * taken is refused by itself, and the others are taken.
 */
final class SpanScan {

    /** Deeper than what readers of a span take, with room for the answer that it then stands in. */
    static final int DEEPEST = 480;

    /** Longer than what readers of a span take. */
    static final int LONGEST_KEY = 50_000;

    private static final int LONGEST_NUMBER = 100_000;
    private static final int LONGEST_INT = "-2147483648".length();
    private static final int LONGEST_ID = 200;

    /** Of what is shown in lists; the body has it whole. */
    private static final int LONGEST_LABEL = 200;

    /** The reader's own limits are far away: they would refuse all spans for one. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(100_000)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .build())
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private final byte[] body;
    private final String expectedRun;
    private final Instant receivedAt;
    private final JsonParser parser;
    private final Scanned scanned = new Scanned(new ArrayList<>(), new ArrayList<>());

    /** As the last span spelt it. */
    private @Nullable String sameRun;

    private SpanScan(byte[] body, String expectedRun, Instant receivedAt) {
        this.body = body;
        this.expectedRun = expectedRun;
        this.receivedAt = receivedAt;
        this.parser = JSON.createParser(ObjectReadContext.empty(), body);
    }

    /** A span that is taken. @param body as it was sent */
    record Taken(SpanHead head, ByteBuffer body) {}

    /**
     * Something about a span that its sender should know.
     *
     * @param at where in the upload
     * @param taken whether the span was taken all the same
     */
    record Remark(String at, boolean taken, String reason) {}

    record Scanned(List<Taken> spans, List<Remark> remarks) {

        long refused() {
            return remarks.stream().filter(remark -> !remark.taken()).count();
        }
    }

    /**
     * @param taskRunId as the path has it
     * @throws Problem 400 if it is no upload at all
     */
    static Scanned of(byte[] body, String taskRunId, Instant receivedAt) {
        try {
            return new SpanScan(body, TraceIds.of(taskRunId), receivedAt).upload();
        } catch (StreamConstraintsException e) {
            throw Problem.badRequest("body", e.getOriginalMessage());
        } catch (JacksonException e) {
            var at = e.getLocation();
            throw Problem.badRequest(
                    "body", "not valid JSON" + (at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr()));
        }
    }

    private Scanned upload() {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw Problem.badRequest("body", "must be a JSON object with the member 'telemetry'");
        }
        if (parser.currentTokenLocation().getByteOffset() < 0) {
            throw Problem.badRequest("body", "must be UTF-8");
        }
        var found = false;
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            var name = parser.currentName();
            if (parser.nextToken() == JsonToken.START_ARRAY && name.equals("telemetry")) {
                found = true;
                telemetry();
            } else if (name.equals("telemetry")) {
                throw Problem.badRequest("telemetry", "must be an array of spans");
            } else {
                pass(new OneSpan());
            }
        }
        if (!found) {
            throw Problem.badRequest("telemetry", "must be an array of spans");
        }
        if (parser.nextToken() != null) {
            throw Problem.badRequest("body", "must be one JSON object, and nothing behind it");
        }
        return scanned;
    }

    private void telemetry() {
        scanned.spans().clear(); // of members of the same name the last one counts
        scanned.remarks().clear();
        for (var number = 0; parser.nextToken() != JsonToken.END_ARRAY; number++) {
            span("telemetry[" + number + "]");
        }
    }

    private void span(String at) {
        var from = (int) parser.currentTokenLocation().getByteOffset();
        var span = new OneSpan();
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            members(span, Member.OF_A_SPAN);
        } else {
            pass(span);
            span.refuse("", "must be an object");
        }
        var sent = ByteBuffer.wrap(body, from, (int) parser.currentLocation().getByteOffset() - from).slice();
        check(span);
        if (span.refusal != null) {
            scanned.remarks().add(new Remark(at + span.refusal.at(), false, span.refusal.reason()));
            return;
        }
        var kept = span.infinite ? finite(sent) : sent;
        var started = time(span, Said.STARTED, at, receivedAt);
        scanned.spans().add(new Taken(span.head(started, time(span, Said.ENDED, at, started), kept.remaining()), kept));
    }

    private static void check(OneSpan span) {
        var id = span.texts.get(Said.ID);
        if (id == null || id.isBlank()) {
            span.refuse(".span_id", "required");
        } else if (id.length() > LONGEST_ID || !id.equals(StorableText.of(id))) {
            span.refuse(".span_id", "must have at most " + LONGEST_ID + " characters, none of them U+0000 or half of a character");
        }
    }

    /** The members of the object that the parser stands on; those that say something by their place are kept. */
    private void members(OneSpan span, Member object) {
        depth(span);
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            key(span);
            var member = object.members().get(parser.currentName());
            if (parser.nextToken() == JsonToken.START_OBJECT && member != null && member.said() == null) {
                members(span, member);
            } else {
                value(span, member == null ? null : member.said());
            }
        }
    }

    /** @param said null: nothing that is to be known */
    private void value(OneSpan span, @Nullable Said said) {
        switch (parser.currentToken()) {
            case VALUE_STRING -> {
                if (said == Said.RUN) {
                    run(span, parser.getString());
                } else if (said != null) {
                    span.texts.put(said, parser.getString());
                }
            }
            case VALUE_NUMBER_INT -> {
                number(span);
                if (said == Said.STEP) {
                    span.stepId = isInt() ? parser.getIntValue() : null;
                }
                other(span, said);
            }
            case VALUE_TRUE, VALUE_FALSE -> {
                if (said == Said.IS_ERROR) {
                    span.isError = parser.getBooleanValue();
                }
                other(span, said);
            }
            case VALUE_NULL -> span.texts.remove(said);
            default -> {
                pass(span);
                other(span, said);
            }
        }
    }

    /** A value where a text was expected. */
    private void other(OneSpan span, @Nullable Said said) {
        switch (said) {
            case RUN -> run(span, "");
            case STARTED, ENDED -> span.texts.put(said, "");
            case null -> {}
            default -> span.texts.remove(said);
        }
    }

    private void run(OneSpan span, String run) {
        if (run.equals(sameRun)) {
            return;
        }
        if (TraceIds.of(run).equals(expectedRun)) {
            sameRun = run;
        } else {
            span.refuse(".attributes.hud.task_run_id", "is another run than the one that the path names");
        }
    }

    /** To the end of the value that the parser stands on. */
    private void pass(OneSpan span) {
        var open = 0;
        do {
            switch (parser.currentToken()) {
                case START_OBJECT, START_ARRAY -> {
                    depth(span);
                    open++;
                }
                case END_OBJECT, END_ARRAY -> open--;
                case PROPERTY_NAME -> key(span);
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(span);
                default -> {}
            }
        } while (open > 0 && parser.nextToken() != null);
    }

    private void depth(OneSpan span) {
        // two levels are the upload's own
        if (parser.streamReadContext().getNestingDepth() - 2 > DEEPEST) {
            span.refuse("", "nested deeper than " + DEEPEST + " levels");
        }
    }

    private void key(OneSpan span) {
        if (parser.currentName().length() > LONGEST_KEY) {
            span.refuse("", "has a key of more than " + LONGEST_KEY + " characters");
        }
    }

    private void number(OneSpan span) {
        if (parser.getStringLength() > LONGEST_NUMBER) {
            span.refuse("", "has a number of more than " + LONGEST_NUMBER + " digits");
        } else if (parser.currentToken() == JsonToken.VALUE_NUMBER_FLOAT && !Double.isFinite(parser.getDoubleValue())) {
            span.infinite = true;
        }
    }

    private boolean isInt() {
        return parser.getStringLength() <= LONGEST_INT && parser.getNumberType() == JsonParser.NumberType.INT;
    }

    /** JSON cannot say NaN and the infinities, and readers do not take them: they are null from here on. */
    private static ByteBuffer finite(ByteBuffer sent) {
        var tree = Json.MAPPER.readTree(sent.array(), sent.arrayOffset(), sent.remaining());
        return ByteBuffer.wrap(Json.MAPPER.writeValueAsBytes(Json.finite(tree)));
    }

    private Instant time(OneSpan span, Said member, String at, Instant otherwise) {
        var text = span.texts.get(member);
        if (text == null) {
            return otherwise;
        }
        return SpanTime.parse(text).orElseGet(() -> {
            var instead = otherwise.equals(receivedAt) ? "the time of its arrival" : "its start_time";
            scanned.remarks().add(new Remark(at + (member == Said.STARTED ? ".start_time" : ".end_time"), true, "is no ISO 8601 time: the span is stored with " + instead));
            return otherwise;
        });
    }

    static String label(String text) {
        return StorableText.of(text.length() > LONGEST_LABEL ? text.substring(0, LONGEST_LABEL) : text);
    }

    /** What is to be known of a span without its body. */
    private enum Said {
        ID,
        NAME,
        STARTED,
        ENDED,
        STATUS,
        RUN,
        SCHEMA,
        STEP,
        TOOL,
        ERROR,
        IS_ERROR
    }

    /**
     * Where it stands.
     *
     * @param members of an object
     * @param said null: it is an object
     */
    private record Member(Map<String, Member> members, @Nullable Said said) {

        static final Member OF_A_SPAN = object(Map.of(
                "span_id", is(Said.ID),
                "name", is(Said.NAME),
                "start_time", is(Said.STARTED),
                "end_time", is(Said.ENDED),
                "status_code", is(Said.STATUS),
                "attributes", object(Map.of(
                        "hud.task_run_id", is(Said.RUN),
                        "hud.schema", is(Said.SCHEMA),
                        "hud.payload", object(Map.of(
                                "step_id", is(Said.STEP),
                                "error", is(Said.ERROR),
                                "call", object(Map.of("name", is(Said.TOOL))),
                                "result", object(Map.of("isError", is(Said.IS_ERROR)))))))));

        private static Member object(Map<String, Member> members) {
            return new Member(members, null);
        }

        private static Member is(Said said) {
            return new Member(Map.of(), said);
        }
    }

    /** What the way through one span has found. */
    private static final class OneSpan {

        record Refusal(String at, String reason) {}

        final Map<Said, String> texts = new EnumMap<>(Said.class);
        @Nullable Integer stepId;
        boolean isError;
        boolean infinite;
        @Nullable Refusal refusal;

        /** The first reason is told. */
        void refuse(String at, String reason) {
            if (refusal == null) {
                refusal = new Refusal(at, reason);
            }
        }

        SpanHead head(Instant startedAt, Instant endedAt, int size) {
            var schema = texts.get(Said.SCHEMA);
            var tool = texts.get(Said.TOOL);
            return new SpanHead(
                    texts.get(Said.ID),
                    label(texts.getOrDefault(Said.NAME, "span")),
                    schema == null ? null : label(schema),
                    stepId,
                    startedAt,
                    endedAt,
                    tool == null ? null : label(tool),
                    isError || texts.containsKey(Said.ERROR) || "ERROR".equals(texts.get(Said.STATUS)),
                    size,
                    null);
        }
    }
}
