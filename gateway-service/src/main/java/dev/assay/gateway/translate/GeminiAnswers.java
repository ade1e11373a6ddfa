// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.dialect.ModelJson;
import dev.assay.gateway.translate.Block.Arguments;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Gemini's answers: each event of a stream is an answer of its own, so that both are made of the same parts. A call is never cut. */
final class GeminiAnswers implements AnswerWriter {

    private final Asked asked;
    private final Emulated tools;
    private final String id = Ids.random();
    private final Gathered gathered = new Gathered();
    private boolean malformed;

    GeminiAnswers(Asked asked) {
        this.asked = asked;
        this.tools = new Emulated(asked.call().tools());
    }

    @Override
    public void piece(Piece piece, Sink sink) {
        gathered.add(piece);
        switch (piece) {
            case Piece.More(var text) -> {
                if (asked.call().streamed() && !gathered.open().is(Piece.Kind.TOOL) && !text.isEmpty()) {
                    sink.write(Frames.data(answer(text(gathered.open().kind, text))));
                }
            }
            case Piece.Close() -> {
                var call = gathered.open().is(Piece.Kind.TOOL) ? call(gathered.open()) : null;
                if (asked.call().streamed() && call != null) {
                    sink.write(Frames.data(answer(call)));
                }
            }
            case Piece.End end -> sink.write(asked.call().streamed() ? Frames.data(last(end)) : Frames.body(whole(end)));
            default -> {}
        }
    }

    private ObjectNode whole(Piece.End end) {
        var answer = last(end);
        var parts = answer.at("/candidates/0/content/parts").asArray();
        for (var part : gathered.parts) {
            var made = part.is(Piece.Kind.TOOL) ? call(part) : part.text.isEmpty() ? null : text(part.kind, part.text.toString());
            if (made != null) {
                parts.add(made);
            }
        }
        return answer;
    }

    private ObjectNode last(Piece.End end) {
        var answer = answer(null);
        var candidate = answer.path("candidates").path(0).asObject();
        candidate.put("finishReason", malformed ? Finish.MALFORMED_CALL.gemini : end.finish().gemini);
        if (end.usage() != null) {
            answer.set("usageMetadata", Counts.gemini(end.usage()));
        }
        return answer;
    }

    private ObjectNode answer(@Nullable ObjectNode part) {
        var answer = object();
        var candidate = answer.putArray("candidates").addObject();
        var parts = candidate.putObject("content").put("role", "model").putArray("parts");
        if (part != null) {
            parts.add(part);
        }
        candidate.put("index", 0);
        return answer.put("modelVersion", asked.model()).put("responseId", id);
    }

    private static ObjectNode text(Piece.Kind kind, String text) {
        var part = object().put("text", text);
        return kind == Piece.Kind.THINKING ? part.put("thought", true) : part;
    }

    /** Null: its arguments are no object, which the end of the answer says. */
    private @Nullable ObjectNode call(Gathered.Part part) {
        if (!(Emulated.arguments(part.arguments()) instanceof Arguments.Json(var arguments))) {
            malformed = true;
            return null;
        }
        var made = object();
        made.putObject("functionCall").put("id", part.callId).put("name", tools.said(part.tool)).set("args", arguments);
        return made;
    }

    private static ObjectNode object() {
        return ModelJson.MAPPER.createObjectNode();
    }
}
