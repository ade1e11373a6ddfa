// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.recording;

import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.ModelJson;
import dev.assay.gateway.dialect.Operation;
import dev.assay.kit.problem.Problem;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Recordings as files: {@code <name>.recording.jsonl}, UTF-8, a line of JSON for what holds for all of it and one for each answer,
 * sorted by request and number. What was recorded anew of the same is at the same place.
 */
final class RecordingFile {

    static final int VERSION = 1;

    /** Characters of a model's name and of a response's id: they are in indexes. */
    static final int LONGEST_NAME = 300;
    static final int LONGEST_ID = 600;

    /** Milliseconds: no answer takes longer than a month. */
    private static final long LONGEST_TIME = 31L * 24 * 60 * 60 * 1000;

    private static final Set<String> HEAD = Set.of("assay_recording", "ignore");
    private static final Set<String> MEMBERS = Set.of(
            "key", "n", "dialect", "operation", "model", "streamed", "request", "status", "type", "answer", "took", "usage");

    private static final String STREAM = "text/event-stream";
    private static final String JSON = "application/json";

    private RecordingFile() {}

    /** Whether the database takes it. @param text null: there is none */
    static boolean fits(@Nullable String text, int longest) {
        return text == null || text.length() <= longest && text.indexOf('\0') < 0;
    }

    static String head(List<String> ignore) {
        var line = new LinkedHashMap<String, Object>();
        line.put("assay_recording", VERSION);
        line.put("ignore", ignore);
        return ModelJson.MAPPER.writeValueAsString(line);
    }

    static String line(RecordedCall call) {
        var line = ModelJson.MAPPER.createObjectNode();
        line.put("key", call.key());
        line.put("n", call.n());
        line.put("dialect", call.dialect());
        line.put("operation", call.operation());
        line.put("model", call.model());
        line.put("streamed", call.streamed());
        line.set("request", ModelJson.MAPPER.readTree(call.request()));
        line.put("status", 200);
        line.put("type", call.streamed() ? STREAM : JSON);
        line.put("answer", new String(call.answer(), StandardCharsets.UTF_8));
        line.putObject("took").put("first_ms", call.firstMs()).put("total_ms", call.totalMs());
        line.set("usage", call.usage() == null ? ModelJson.MAPPER.nullNode() : ModelJson.MAPPER.readTree(call.usage()));
        return ModelJson.MAPPER.writeValueAsString(line);
    }

    /** What is ignored, by the first line. @throws Problem 400 naming line and member */
    static List<String> ignore(String text) {
        var line = new Line(1, text);
        line.only(HEAD);
        if (line.number("assay_recording", VERSION) != VERSION) {
            throw line.bad("assay_recording", "this takes version " + VERSION + " alone");
        }
        var ignore = line.of("ignore");
        if (!ignore.isArray() || ignore.size() > Ignored.MOST
                || !ignore.valueStream().allMatch(one -> one.isString() && fits(one.stringValue(), Ignored.LONGEST))) {
            throw line.bad("ignore", "must be a list of at most %d patterns of at most %d characters, none of them NUL".formatted(
                    Ignored.MOST, Ignored.LONGEST));
        }
        var patterns = ignore.valueStream().map(JsonNode::stringValue).toList();
        try {
            new Ignored(patterns);
        } catch (PatternSyntaxException e) {
            throw line.bad("ignore", "'" + e.getPattern() + "' is no pattern: " + e.getDescription());
        }
        return patterns;
    }

    /** @param number of the line, from 1 @throws Problem 400 naming line and member */
    static RecordedCall call(int number, String text) {
        var line = new Line(number, text);
        line.only(MEMBERS);
        var dialect = line.word("dialect", Dialect.values());
        var operation = line.word("operation", Operation.values());
        var request = line.of("request");
        var streamed = line.of("streamed");
        if (!request.isObject()) {
            throw line.bad("request", "must be an object");
        }
        if (!streamed.isBoolean()) {
            throw line.bad("streamed", "must be true or false");
        }
        var canonical = new CanonicalRequest(dialect, operation, line.text("model"), streamed.booleanValue(), request);
        if (!fits(canonical.model(), LONGEST_NAME)) {
            throw line.bad("model", "must be at most " + LONGEST_NAME + " characters, none of them NUL");
        }
        if (!line.text("key").equals(canonical.key())) {
            throw line.bad("key", "is not that of this request, which is " + canonical.key());
        }
        if (line.number("status", 200) != 200) {
            throw line.bad("status", "must be 200: errors are not recorded");
        }
        if (!line.text("type").equals(canonical.streamed() ? STREAM : JSON)) {
            throw line.bad("type", "must be " + STREAM + " for what is streamed and " + JSON + " for what is not");
        }
        var answer = new SpokenAnswer(dialect, canonical.streamed(), line.text("answer"));
        if (!answer.isOne()) {
            throw line.bad("answer", "must be the events of a stream, or an object, as `streamed` says");
        }
        if (!fits(answer.responseId(), LONGEST_ID)) {
            throw line.bad("answer", "must have an id of at most " + LONGEST_ID + " characters, none of them NUL");
        }
        var asked = ModelJson.MAPPER.writeValueAsBytes(request);
        if (asked.length > Recording.LARGEST) {
            throw line.bad("request", "must have at most " + Recording.LARGEST + " bytes");
        }
        if (answer.bytes().length > Recording.LARGEST) {
            throw line.bad("answer", "must have at most " + Recording.LARGEST + " bytes");
        }
        var took = line.of("took");
        var usage = line.of("usage");
        return new RecordedCall(
                canonical.key(), (int) line.number("n", RecordingRows.MOST_CALLS), CanonicalRequest.word(dialect),
                CanonicalRequest.word(operation), canonical.model(), canonical.streamed(), asked,
                canonical.turns(), answer.bytes(), answer.responseId(), line.time(took, "first_ms"),
                line.time(took, "total_ms") instanceof Long total ? total : 0, line.usage(usage));
    }

    /** One line while it is read. */
    private record Line(int number, ObjectNode node) {

        Line(int number, String text) {
            this(number, read(number, text));
        }

        private static ObjectNode read(int number, String text) {
            try {
                if (ModelJson.MAPPER.readTree(text) instanceof ObjectNode node) {
                    return node;
                }
            } catch (JacksonException e) {
                throw Problem.badRequest("line " + number, "is no JSON");
            }
            throw Problem.badRequest("line " + number, "must be a JSON object");
        }

        Problem bad(String member, String why) {
            return Problem.badRequest("line " + number + ": " + member, why);
        }

        void only(Set<String> members) {
            node.propertyNames().stream().filter(name -> !members.contains(name)).findFirst().ifPresent(name -> {
                throw bad(name.substring(0, Math.min(100, name.length())), "is not known here");
            });
        }

        JsonNode of(String member) {
            return node.path(member);
        }

        String text(String member) {
            if (!of(member).isString()) {
                throw bad(member, "must be a text");
            }
            return of(member).stringValue();
        }

        long number(String member, long most) {
            var value = of(member);
            if (!value.canConvertToLong() || !value.isIntegralNumber() || value.longValue() < 0 || value.longValue() > most) {
                throw bad(member, "must be a whole number of 0 to " + most);
            }
            return value.longValue();
        }

        <E extends Enum<E>> E word(String member, E[] values) {
            var word = text(member);
            return Arrays.stream(values).filter(value -> CanonicalRequest.word(value).equals(word)).findFirst().orElseThrow(() -> bad(
                    member, "must be one of " + String.join(", ", Arrays.stream(values).map(CanonicalRequest::word).toList())));
        }

        @Nullable Long time(JsonNode took, String member) {
            var value = took.path(member);
            if (value.isMissingNode() || value.isNull()) {
                return null;
            }
            if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0 || value.longValue() > LONGEST_TIME) {
                throw bad("took", member + " must be milliseconds, at most " + LONGEST_TIME);
            }
            return value.longValue();
        }

        byte @Nullable [] usage(JsonNode usage) {
            if (usage.isMissingNode() || usage.isNull()) {
                return null;
            }
            if (!usage.isObject() || Recording.usage(ModelJson.MAPPER.writeValueAsBytes(usage)).isEmpty()) {
                throw bad("usage", "must be an object of counts, or null");
            }
            return ModelJson.MAPPER.writeValueAsBytes(usage);
        }
    }
}
