// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.dialect.ModelJson;
import dev.assay.gateway.dialect.Usages;
import dev.assay.gateway.translate.Piece.Kind;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads answers of Messages. */
final class MessagesReader implements AnswerReader {

    private static final String REFUSED = "The model refused to answer.";

    private final Blocks blocks = new Blocks();
    private final ObjectNode usage = ModelJson.MAPPER.createObjectNode();
    private boolean saidInput;
    private JsonNode input = ModelJson.MAPPER.missingNode();
    private Finish finish = Finish.OTHER;
    private @Nullable String stopSequence;
    private @Nullable String refusal;

    @Override
    public void event(JsonNode data, Consumer<Piece> out) {
        switch (data.path("type").asString("")) {
            case "message_start" -> {
                blocks.begin(out);
                count(data.path("message").path("usage"));
            }
            case "content_block_start" -> begin(data.path("content_block"), out);
            case "content_block_delta" -> delta(data.path("delta"), out);
            case "content_block_stop" -> close(out);
            case "message_delta" -> {
                stop(data.path("delta"));
                count(data.path("usage"));
            }
            default -> {}
        }
    }

    @Override
    public void whole(JsonNode body, Consumer<Piece> out) {
        blocks.begin(out);
        for (var block : body.path("content")) {
            begin(block, out);
            close(out);
        }
        stop(body);
        count(body.path("usage"));
    }

    private void begin(JsonNode block, Consumer<Piece> out) {
        switch (block.path("type").asString("")) {
            case "text" -> {
                blocks.open(Kind.TEXT, null, null, out);
                blocks.say(Kind.TEXT, block.path("text").asString(""), out);
            }
            case "thinking" -> {
                blocks.open(Kind.THINKING, null, null, out);
                blocks.say(Kind.THINKING, block.path("thinking").asString(""), out);
                seal(block.path("signature").asString(""), false, out);
            }
            case "redacted_thinking" -> {
                blocks.open(Kind.THINKING, null, null, out);
                seal(block.path("data").asString(""), true, out);
            }
            case "tool_use" -> {
                blocks.open(Kind.TOOL, block.path("id").asString(""), block.path("name").asString(""), out);
                input = block.path("input");
                saidInput = false;
            }
            // Work of the provider's own, which no call that was translated asks for.
            default -> blocks.close(out);
        }
    }

    private void delta(JsonNode delta, Consumer<Piece> out) {
        switch (delta.path("type").asString("")) {
            case "text_delta" -> blocks.say(Kind.TEXT, delta.path("text").asString(""), out);
            case "thinking_delta" -> blocks.say(Kind.THINKING, delta.path("thinking").asString(""), out);
            case "signature_delta" -> seal(delta.path("signature").asString(""), false, out);
            case "input_json_delta" -> {
                if (blocks.isOpen(Kind.TOOL)) {
                    saidInput |= !delta.path("partial_json").asString("").isEmpty();
                    blocks.say(Kind.TOOL, delta.path("partial_json").asString(""), out);
                }
            }
            default -> {}
        }
    }

    /** Of a thought that is going on: some servers sign one that they did not begin. */
    private void seal(String seal, boolean hidden, Consumer<Piece> out) {
        if (!seal.isEmpty() && blocks.isOpen(Kind.THINKING)) {
            out.accept(new Piece.Seal(seal, hidden));
        }
    }

    /** Some servers say a call's input where it begins, and nothing after that. */
    private void close(Consumer<Piece> out) {
        if (!saidInput && input.isObject() && blocks.isOpen(Kind.TOOL)) {
            blocks.say(Kind.TOOL, ModelJson.MAPPER.writeValueAsString(input), out);
        }
        input = ModelJson.MAPPER.missingNode();
        blocks.close(out);
    }

    private void stop(JsonNode told) {
        if (!told.path("stop_reason").asString("").isEmpty()) {
            finish = Finish.ofMessages(told.path("stop_reason").asString());
        }
        if (told.path("stop_sequence").isString()) {
            stopSequence = told.path("stop_sequence").asString();
        }
        if (told.path("stop_details").path("explanation").isString()) {
            refusal = told.path("stop_details").path("explanation").asString();
        }
    }

    /** What is told last counts, member by member. */
    private void count(JsonNode told) {
        told.properties().stream().filter(member -> !member.getValue().isNull())
                .forEach(member -> usage.set(member.getKey(), member.getValue()));
    }

    @Override
    public void end(Consumer<Piece> out) {
        blocks.begin(out);
        blocks.close(out);
        if (finish == Finish.REFUSED) {
            blocks.say(Kind.REFUSAL, refusal == null ? REFUSED : refusal, out);
            blocks.close(out);
        }
        out.accept(new Piece.End(finish.having(blocks.called()), stopSequence, Usages.messages(usage)));
    }
}
