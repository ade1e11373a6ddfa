// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.dialect.Usage;
import dev.assay.gateway.dialect.Usages;
import dev.assay.gateway.translate.Piece.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads answers of Chat Completions. The first call of a tool is told as it comes; of others, and of what is said behind it, nothing is
 * told before the end, since their pieces may come between each other.
 */
final class ChatReader implements AnswerReader {

    private static final class Call {
        String id = "";
        String name = "";
        final StringBuilder arguments = new StringBuilder();
    }

    private record Held(Kind kind, String text) {}

    private final Blocks blocks = new Blocks();
    private final TreeMap<Integer, Call> calls = new TreeMap<>();
    private final List<Held> held = new ArrayList<>();
    private @Nullable Integer told;
    private boolean refused;
    private Finish finish = Finish.OTHER;
    private @Nullable Usage usage;

    @Override
    public void event(JsonNode data, Consumer<Piece> out) {
        blocks.begin(out);
        var choice = data.path("choices").path(0);
        said(choice.path("delta"), choice.path("logprobs").path("content"), out);
        rest(data, choice);
    }

    @Override
    public void whole(JsonNode body, Consumer<Piece> out) {
        blocks.begin(out);
        var choice = body.path("choices").path(0);
        said(choice.path("message"), choice.path("logprobs").path("content"), out);
        rest(body, choice);
    }

    private void rest(JsonNode data, JsonNode choice) {
        if (!choice.path("finish_reason").asString("").isEmpty()) {
            finish = Finish.ofChat(choice.path("finish_reason").asString());
        }
        if (data.path("usage").isObject()) {
            usage = Usages.chat(data.path("usage"));
        }
    }

    private void said(JsonNode message, JsonNode tokens, Consumer<Piece> out) {
        var thought = message.path("reasoning_content").isString() ? message.path("reasoning_content") : message.path("reasoning");
        say(Kind.THINKING, thought.asString(""), out);
        say(Kind.TEXT, text(message.path("content")), out);
        blocks.tokens(tokens, out);
        if (message.path("refusal").isString()) {
            refused = true;
            say(Kind.REFUSAL, message.path("refusal").asString(), out);
        }
        for (var piece : message.path("tool_calls")) {
            call(piece, out);
        }
    }

    private void say(Kind kind, String text, Consumer<Piece> out) {
        if (told == null) {
            blocks.say(kind, text, out);
        } else if (!text.isEmpty()) {
            held.add(new Held(kind, text));
        }
    }

    private void call(JsonNode piece, Consumer<Piece> out) {
        var function = piece.path("function");
        var named = !function.path("name").asString("").isEmpty();
        var index = piece.path("index").isInt() ? piece.path("index").asInt() : named || calls.isEmpty() ? calls.size() : calls.lastKey();
        var call = calls.computeIfAbsent(index, unused -> new Call());
        if (call.id.isEmpty()) {
            call.id = piece.path("id").asString("");
        }
        if (call.name.isEmpty()) {
            call.name = function.path("name").asString("");
        }
        var arguments = Blocks.arguments(function.path("arguments"));
        if (told == null && !call.name.isEmpty()) {
            told = index;
            blocks.open(Kind.TOOL, call.id.isBlank() ? "call_" + Ids.random() : call.id, call.name, out);
        }
        if (told != null && told.equals(index)) {
            if (!arguments.isEmpty()) {
                out.accept(new Piece.More(arguments));
            }
        } else {
            call.arguments.append(arguments);
        }
    }

    /** Some servers answer in parts, as they are asked. */
    private static String text(JsonNode content) {
        var text = new StringBuilder(content.asString(""));
        for (var part : content) {
            text.append(part.path("text").asString(""));
        }
        return text.toString();
    }

    @Override
    public void end(Consumer<Piece> out) {
        blocks.begin(out);
        blocks.close(out);
        held.forEach(more -> blocks.say(more.kind(), more.text(), out));
        blocks.close(out);
        calls.forEach((index, call) -> {
            if (!index.equals(told)) {
                blocks.call(call.id, call.name, call.arguments.toString(), out);
            }
        });
        var why = finish == Finish.STOP && refused ? Finish.REFUSED : finish.having(blocks.called());
        out.accept(new Piece.End(why, null, usage));
    }
}
