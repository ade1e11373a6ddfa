// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import dev.assay.kit.problem.Problem;
import dev.assay.sdk.protocol.Json;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;

/**
 * {@code application/json}, as OTLP maps it. Members come in any order, so each level is gone through to its end before what is in it is
 * looked at; a tree is made of one span at a time.
 */
final class OtlpJson implements OtlpForm {

    /** The reader's own limits would refuse all spans for one. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(100_000)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private int groups;

    private interface Element {
        void at(String at, Slice element);
    }

    @Override
    public MediaType type() {
        return MediaType.APPLICATION_JSON;
    }

    @Override
    public void walk(byte[] body, Found found) {
        try {
            var whole = Slice.of(body);
            each(members("body", whole, "resourceSpans").get("resourceSpans"), "resourceSpans", (at, group) -> resource(at, group, found));
        } catch (JacksonException e) {
            var at = e.getLocation();
            throw Problem.badRequest(
                    "body", "not valid JSON" + (at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr()));
        }
    }

    private void resource(String at, Slice group, Found found) {
        OtlpForm.checkGroups(++groups);
        var members = members(at, group, "resource", "scopeSpans");
        var resource = around(at + ".resource", members.get("resource"), tree -> Resource.newBuilder()
                .addAllAttributes(OtlpTree.attributes("", tree))
                .build(), Resource.getDefaultInstance());
        each(members.get("scopeSpans"), at + ".scopeSpans", (inner, spans) -> scope(inner, resource, spans, found));
    }

    private void scope(String at, Resource resource, Slice group, Found found) {
        OtlpForm.checkGroups(++groups);
        var members = members(at, group, "scope", "spans");
        var scope = around(at + ".scope", members.get("scope"), tree -> InstrumentationScope.newBuilder()
                .setName(OtlpTree.text("", tree, "name"))
                .setVersion(OtlpTree.text("", tree, "version"))
                .addAllAttributes(OtlpTree.attributes("", tree))
                .build(), InstrumentationScope.getDefaultInstance());
        var source = new Source(resource, scope);
        each(members.get("spans"), at + ".spans", (inner, span) -> found.span(inner, source, span));
    }

    private interface Reading<T> {
        T of(JsonNode tree) throws LeftOutException;
    }

    private static <T> T around(String at, @Nullable Slice value, Reading<T> reading, T otherwise) {
        try {
            return value == null ? otherwise : reading.of(tree(value));
        } catch (LeftOutException e) {
            throw Problem.badRequest(at + e.at(), e.reason());
        }
    }

    @Override
    public Span read(Slice span) throws LeftOutException {
        return OtlpTree.span(tree(span));
    }

    /** Whole by now, and JSON; but a number or a key of it may be more than a reader takes. */
    private static JsonNode tree(Slice object) throws LeftOutException {
        OtlpForm.checkSize(object);
        try (var parser = parser(object)) {
            for (var tokens = 0; parser.nextToken() != null; tokens++) {
                if (tokens > MOST_FIELDS) {
                    throw new LeftOutException("has more than " + MOST_FIELDS + " members and values");
                }
            }
            var tree = Json.MAPPER.readTree(object.bytes(), object.from(), object.length());
            if (!tree.isObject()) {
                throw new LeftOutException("must be an object");
            }
            return tree;
        } catch (JacksonException e) {
            throw new LeftOutException("cannot be read: " + e.getOriginalMessage());
        }
    }

    @Override
    public byte[] answer(ExportTraceServiceResponse answer) {
        var json = Json.object();
        if (answer.hasPartialSuccess()) {
            json.putObject("partialSuccess")
                    .put("rejectedSpans", String.valueOf(answer.getPartialSuccess().getRejectedSpans()))
                    .put("errorMessage", answer.getPartialSuccess().getErrorMessage());
        }
        return Json.MAPPER.writeValueAsBytes(json);
    }

    private static JsonParser parser(Slice part) {
        return JSON.createParser(ObjectReadContext.empty(), part.bytes(), part.from(), part.length());
    }

    /** Where the values of these members of an object stand. Of members of the same name the last one counts; what is null is not there. */
    private static Map<String, Slice> members(String at, Slice object, String... names) {
        var wanted = List.of(names);
        var found = new HashMap<String, Slice>();
        try (var parser = parser(object)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw Problem.badRequest(at, "must be a JSON object");
            }
            if (parser.currentTokenLocation().getByteOffset() < 0) {
                throw Problem.badRequest(at, "must be UTF-8");
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = parser.currentName();
                var isThere = parser.nextToken() != JsonToken.VALUE_NULL;
                var value = value(parser, object);
                if (wanted.contains(name) && isThere) {
                    found.put(name, value);
                } else {
                    found.remove(name);
                }
            }
            if (parser.nextToken() != null) {
                throw Problem.badRequest(at, "must be one JSON object, and nothing behind it");
            }
        }
        return found;
    }

    private static void each(@Nullable Slice array, String at, Element element) {
        if (array == null) {
            return;
        }
        try (var parser = parser(array)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw Problem.badRequest(at, "must be an array");
            }
            for (var number = 0; parser.nextToken() != JsonToken.END_ARRAY; number++) {
                element.at(at + "[" + number + "]", value(parser, array));
            }
        }
    }

    /** The value that the parser stands on, to its end. */
    private static Slice value(JsonParser parser, Slice in) {
        var from = parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        parser.finishToken();
        return in.part(from, parser.currentLocation().getByteOffset() - from);
    }
}
