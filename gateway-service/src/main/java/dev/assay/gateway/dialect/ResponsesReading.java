// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** OpenAI's Responses. The last event of a stream holds the whole response. */
final class ResponsesReading extends Reading {

    private @Nullable ObjectNode response;

    ResponsesReading(String provider, boolean streamed) {
        super(provider, streamed);
    }

    @Override
    Verdict read(String name, byte[] bytes, int from, int to) {
        if (text(bytes, from, Math.min(to, from + 16)).strip().equals("[DONE]")) {
            return DROP;
        }
        var said = EventType.of(bytes, from, to);
        var type = said != null ? said : name;
        switch (type) {
            case "response.created", "response.in_progress", "response.queued", "response.output_item.added", "response.content_part.added",
                    "response.reasoning_summary_part.added", "keepalive" -> {}
            case "response.completed", "response.incomplete" -> {
                return end(type, object(bytes, from, to, "holds an event without a type"));
            }
            case "response.failed" -> {
                var last = object(bytes, from, to, "holds an event without a type").path("response");
                usage = last.path("usage").isObject() ? Usages.responses(last.path("usage")) : usage; // paid for all the same
                serviceTier = last.path("service_tier").stringValue(null);
                return failed(last.path("error"), true);
            }
            case "error" -> {
                var error = object(bytes, from, to, "holds an event without a type");
                return failed(error.path("error").isObject() ? error.path("error") : error, true);
            }
            case "" -> {
                ChatAnswer.failIfError(provider, ModelJson.MAPPER.readTree(bytes, from, to - from));
                throw strange("holds an event without a type", bytes, from, to);
            }
            default -> answered = true;
        }
        return PASS;
    }

    private Verdict end(String type, ObjectNode event) {
        if (!(event.path("response") instanceof ObjectNode whole) || !whole.path("output").isArray()) {
            throw strange("holds no output", event);
        }
        note(whole);
        response = whole;
        return mend(whole) ? new Verdict.Mended(Dialect.event(type, event)) : PASS;
    }

    private void note(ObjectNode whole) {
        servedModel = whole.path("model").stringValue(null);
        serviceTier = whole.path("service_tier").stringValue(null);
        var told = whole.path("usage").isObject() ? Usages.responses(whole.path("usage")) : null;
        usage = told == null ? usage : told;
        finish = whole.path("incomplete_details").path("reason").stringValue(whole.path("status").stringValue("completed"));
        answered = true;
        finished = true;
    }

    /** Clients read these as given: how much of the input was cached, and a summary of what was thought. */
    private static boolean mend(ObjectNode whole) {
        var mended = false;
        if (whole.path("usage") instanceof ObjectNode usage) {
            mended = count(usage, "input_tokens_details", "cached_tokens") | count(usage, "output_tokens_details", "reasoning_tokens");
        }
        for (var item : whole.path("output")) {
            if (item instanceof ObjectNode object && item.path("type").asString("").equals("reasoning") && !item.path("summary").isArray()) {
                object.putArray("summary");
                mended = true;
            }
        }
        return mended;
    }

    private static boolean count(ObjectNode usage, String details, String name) {
        if (usage.path(details).path(name).isNumber()) {
            return false;
        }
        if (!usage.path(details).isObject()) {
            usage.putObject(details);
        }
        usage.withObjectProperty(details).put(name, 0);
        return true;
    }

    @Override
    Verdict readWhole(byte[] bytes, int from, int to) {
        var whole = object(bytes, from, to, "holds no output");
        if (isError(whole.path("error"))) {
            return failed(whole.path("error"), true);
        }
        if (!whole.path("output").isArray()) {
            ChatAnswer.failIfError(provider, whole);
            throw strange("holds no output", whole);
        }
        note(whole);
        response = whole;
        var mended = mend(whole);
        if (streamed) {
            return new Verdict.Mended(stream(whole));
        }
        return mended ? new Verdict.Mended(ModelJson.MAPPER.writeValueAsBytes(whole)) : PASS;
    }

    private static boolean isError(JsonNode error) {
        return error.isObject() && !error.isEmpty() || error.isString();
    }

    /** The events that say the same as a whole response, as far as every reader of streams needs them. */
    private static byte[] stream(ObjectNode whole) {
        var out = new ByteArrayOutputStream();
        var begun = whole.deepCopy().put("status", "in_progress").putNull("usage");
        begun.putArray("output");
        var sequence = 0;
        out.writeBytes(event("response.created", sequence++, "response", begun));
        out.writeBytes(event("response.in_progress", sequence++, "response", begun));
        var index = 0;
        for (var item : whole.path("output")) {
            for (var type : new String[] {"response.output_item.added", "response.output_item.done"}) {
                var event = ModelJson.MAPPER.createObjectNode().put("type", type).put("sequence_number", sequence++).put("output_index", index);
                out.writeBytes(Dialect.event(type, event.set("item", item)));
            }
            index++;
        }
        var last = whole.path("status").asString("").equals("incomplete") ? "response.incomplete" : "response.completed";
        out.writeBytes(event(last, sequence, "response", whole));
        return out.toByteArray();
    }

    private static byte[] event(String type, int sequence, String name, JsonNode value) {
        var event = ModelJson.MAPPER.createObjectNode().put("type", type).put("sequence_number", sequence);
        return Dialect.event(type, event.set(name, value));
    }

    @Override
    public byte[] closing() {
        return streamed || response == null ? NOTHING : ModelJson.MAPPER.writeValueAsBytes(response);
    }
}
