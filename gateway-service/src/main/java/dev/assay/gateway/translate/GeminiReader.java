// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.dialect.Usage;
import dev.assay.gateway.dialect.Usages;
import dev.assay.gateway.translate.Piece.Kind;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads Gemini's answers: a stream's events are answers like a whole one. */
final class GeminiReader implements AnswerReader {

    private final Blocks blocks = new Blocks();
    private Finish finish = Finish.OTHER;
    private @Nullable Usage usage;

    @Override
    public void event(JsonNode data, Consumer<Piece> out) {
        blocks.begin(out);
        var candidate = data.path("candidates").path(0);
        for (var part : candidate.path("content").path("parts")) {
            part(part, out);
        }
        if (!candidate.path("finishReason").asString("").isEmpty()) {
            finish = Finish.ofGemini(candidate.path("finishReason").asString());
        } else if (data.path("candidates").isEmpty() && data.path("promptFeedback").path("blockReason").isString()) {
            finish = Finish.FILTERED;
        }
        if (data.path("usageMetadata").isObject()) {
            usage = Usages.gemini(data.path("usageMetadata"));
        }
    }

    private void part(JsonNode part, Consumer<Piece> out) {
        var call = part.path("functionCall");
        if (call.isObject()) {
            var said = call.path("id").asString("");
            var id = said.isBlank() ? "call_" + Ids.random() : said;
            var seal = part.path("thoughtSignature").asString("");
            var name = call.path("name").asString("");
            blocks.call(seal.isEmpty() ? id : Ids.sealed(id, seal), name, Blocks.arguments(call.path("args")), out);
        } else {
            blocks.say(part.path("thought").asBoolean(false) ? Kind.THINKING : Kind.TEXT, part.path("text").asString(""), out);
        }
    }

    @Override
    public void whole(JsonNode body, Consumer<Piece> out) {
        event(body, out);
    }

    @Override
    public void end(Consumer<Piece> out) {
        blocks.begin(out);
        blocks.close(out);
        out.accept(new Piece.End(finish.having(blocks.called()), null, usage));
    }
}
