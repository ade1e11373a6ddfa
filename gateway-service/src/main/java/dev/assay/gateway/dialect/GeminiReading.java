// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

import java.io.ByteArrayOutputStream;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Google's generateContent. Its streams have no last event: they are whole once they say why they ended. */
final class GeminiReading extends Reading {

    private final BitSet begun = new BitSet();
    private final BitSet ended = new BitSet();
    private @Nullable ObjectNode gathered;

    GeminiReading(String provider, boolean streamed) {
        super(provider, streamed);
    }

    @Override
    Verdict read(String name, byte[] bytes, int from, int to) {
        if (text(bytes, from, Math.min(to, from + 16)).strip().equals("[DONE]")) {
            return DROP;
        }
        var chunk = object(bytes, from, to, "holds an event without candidates");
        var error = look(chunk, "holds an event without candidates", name.isEmpty());
        if (error != null) {
            return error;
        }
        if (!streamed) {
            gather(chunk);
        }
        // Google's library takes a name for a part of the JSON.
        return name.isEmpty() ? PASS : new Verdict.Mended(Dialect.event("", chunk));
    }

    @Override
    Verdict readWhole(byte[] bytes, int from, int to) {
        var json = ModelJson.MAPPER.readTree(bytes, from, to - from);
        if (json.isArray() && !json.isEmpty() && json.valueStream().allMatch(chunk -> chunk.isObject() && !chunk.has("error"))) {
            return pieces(json);
        }
        var answer = object(bytes, from, to, "holds no candidates");
        var error = look(answer, "holds no candidates", true);
        if (error != null) {
            return error;
        }
        answered = true;
        finished = true;
        return streamed ? new Verdict.Mended(Dialect.event("", answer)) : PASS;
    }

    /** A stream that came as a list, as Google itself does where no events were asked for. */
    private Verdict pieces(JsonNode chunks) {
        var events = new ByteArrayOutputStream();
        for (var chunk : chunks) {
            var error = look(chunk.asObject(), "holds no candidates", true);
            if (error != null) {
                return error;
            }
            gather(chunk.asObject());
            events.writeBytes(Dialect.event("", chunk));
        }
        answered = true;
        if (!finished) {
            throw new ModelErrorException(ModelError.of(502, "The provider '" + provider + "' ended its answer early."));
        }
        return new Verdict.Mended(streamed ? events.toByteArray() : closing());
    }

    private @Nullable Verdict look(ObjectNode chunk, String otherwise, boolean readable) {
        if (chunk.path("error").isObject()) {
            return failed(chunk.path("error"), readable);
        }
        var candidates = chunk.path("candidates");
        if (!candidates.isArray() && !chunk.path("promptFeedback").isObject() && !chunk.path("usageMetadata").isObject()) {
            ChatAnswer.failIfError(provider, chunk);
            throw strange(otherwise, chunk);
        }
        servedModel = chunk.path("modelVersion").stringValue(servedModel);
        var told = chunk.path("usageMetadata").isObject() ? Usages.gemini(chunk.path("usageMetadata")) : null;
        usage = told == null ? usage : told;
        serviceTier = chunk.path("usageMetadata").path("serviceTier").stringValue(serviceTier);
        for (var candidate : candidates) {
            answered |= !candidate.path("content").path("parts").isEmpty();
            var index = Math.clamp(candidate.path("index").asInt(0), 0, 1024);
            begun.set(index);
            if (end(candidate.path("finishReason"))) {
                ended.set(index);
            }
        }
        finished |= end(chunk.path("promptFeedback").path("blockReason"));
        finished |= !ended.isEmpty() && ended.equals(begun);
        return null;
    }

    private boolean end(JsonNode reason) {
        if (!reason.isString() || reason.asString().isBlank() || reason.asString().endsWith("_UNSPECIFIED")) {
            return false;
        }
        finish = reason.asString();
        answered = true;
        return true;
    }

    /** Parts one after the other, as they came: each is echoed back as it is. Of everything else the last counts. */
    private void gather(ObjectNode chunk) {
        if (gathered == null) {
            gathered = chunk.deepCopy();
            return;
        }
        var whole = gathered;
        chunk.properties().stream()
                .filter(member -> !member.getKey().equals("candidates"))
                .forEach(member -> whole.set(member.getKey(), member.getValue()));
        for (var piece : chunk.path("candidates")) {
            var candidate = candidate(whole, piece.path("index").asInt(0));
            piece.properties().stream()
                    .filter(member -> !member.getKey().equals("content"))
                    .forEach(member -> candidate.set(member.getKey(), member.getValue()));
            var content = candidate.withObjectProperty("content");
            if (piece.path("content").has("role")) {
                content.set("role", piece.path("content").path("role"));
            }
            piece.path("content").path("parts").forEach(part -> content.withArrayProperty("parts").add(part));
        }
    }

    private static ObjectNode candidate(ObjectNode whole, int index) {
        for (var candidate : whole.withArrayProperty("candidates")) {
            if (candidate.path("index").asInt(0) == index) {
                return candidate.asObject();
            }
        }
        return whole.withArrayProperty("candidates").addObject();
    }

    @Override
    public byte[] closing() {
        return streamed || !finished || gathered == null ? NOTHING : ModelJson.MAPPER.writeValueAsBytes(gathered);
    }
}
