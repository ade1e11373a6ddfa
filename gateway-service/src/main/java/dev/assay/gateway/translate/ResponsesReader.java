// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.dialect.Usage;
import dev.assay.gateway.dialect.Usages;
import dev.assay.gateway.translate.Piece.Kind;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads answers of Responses. */
final class ResponsesReader implements AnswerReader {

    private final Blocks blocks = new Blocks();
    /** Whether anything of the item that is going on has been told: some servers send it only when it is done. */
    private boolean said;
    private boolean refused;
    private Finish finish = Finish.OTHER;
    private @Nullable Usage usage;

    @Override
    public void event(JsonNode data, Consumer<Piece> out) {
        switch (data.path("type").asString("")) {
            case "response.created" -> blocks.begin(out);
            case "response.output_item.added" -> {
                blocks.close(out);
                said = false;
                if (data.path("item").path("type").asString("").equals("function_call")) {
                    begin(data.path("item"), out);
                }
            }
            case "response.output_text.delta" -> {
                say(Kind.TEXT, data, out);
                blocks.tokens(data.path("logprobs"), out);
            }
            case "response.refusal.delta" -> {
                refused = true;
                say(Kind.REFUSAL, data, out);
            }
            case "response.reasoning_summary_text.delta", "response.reasoning_text.delta" -> say(Kind.THINKING, data, out);
            case "response.function_call_arguments.delta" -> say(Kind.TOOL, data, out);
            case "response.output_item.done" -> {
                if (!said) {
                    item(data.path("item"), out);
                }
                blocks.close(out);
                said = false;
            }
            case "response.completed", "response.incomplete" -> rest(data.path("response"));
            default -> {}
        }
    }

    private void say(Kind kind, JsonNode data, Consumer<Piece> out) {
        var delta = data.path("delta").asString("");
        if (kind == Kind.TOOL && !blocks.isOpen(Kind.TOOL)) {
            return;
        }
        said |= !delta.isEmpty();
        blocks.say(kind, delta, out);
    }

    private void begin(JsonNode call, Consumer<Piece> out) {
        var id = call.path("call_id").asString("");
        blocks.open(Kind.TOOL, id.isBlank() ? "call_" + Ids.random() : id, call.path("name").asString(""), out);
    }

    private void item(JsonNode item, Consumer<Piece> out) {
        switch (item.path("type").asString("")) {
            case "message" -> {
                for (var part : item.path("content")) {
                    if (part.path("refusal").isString()) {
                        refused = true;
                        blocks.say(Kind.REFUSAL, part.path("refusal").asString(), out);
                    } else {
                        blocks.say(Kind.TEXT, part.path("text").asString(""), out);
                        blocks.tokens(part.path("logprobs"), out);
                    }
                }
            }
            case "reasoning" -> {
                for (var part : item.path("summary").isEmpty() ? item.path("content") : item.path("summary")) {
                    blocks.say(Kind.THINKING, part.path("text").asString(""), out);
                }
            }
            case "function_call" -> {
                if (!blocks.isOpen(Kind.TOOL)) {
                    begin(item, out);
                }
                blocks.say(Kind.TOOL, item.path("arguments").asString(""), out);
            }
            // Work of the provider's own, which no call that was translated asks for.
            default -> {}
        }
    }

    private void rest(JsonNode response) {
        usage = Usages.responses(response.path("usage"));
        finish = switch (response.path("incomplete_details").path("reason").asString("")) {
            case "" -> Finish.STOP;
            case "content_filter" -> Finish.FILTERED;
            default -> Finish.LENGTH;
        };
    }

    @Override
    public void whole(JsonNode body, Consumer<Piece> out) {
        blocks.begin(out);
        for (var item : body.path("output")) {
            item(item, out);
            blocks.close(out);
        }
        rest(body);
    }

    @Override
    public void end(Consumer<Piece> out) {
        blocks.begin(out);
        blocks.close(out);
        var why = finish == Finish.STOP && refused && !blocks.called() ? Finish.REFUSED : finish.having(blocks.called());
        out.accept(new Piece.End(why, null, usage));
    }
}
