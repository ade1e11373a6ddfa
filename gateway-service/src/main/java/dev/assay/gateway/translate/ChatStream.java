// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.translate.Conversation.ToolKind;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The chunks of a Chat Completion. */
final class ChatStream implements AnswerWriter {

    private final ChatShapes shapes;
    private final Gathered gathered = new Gathered();
    private boolean begun;
    private int calls;
    private int details;

    ChatStream(Asked asked) {
        this.shapes = new ChatShapes(asked);
    }

    @Override
    public void piece(Piece piece, Sink sink) {
        gathered.add(piece);
        switch (piece) {
            case Piece.Begin() -> {}
            case Piece.Open open -> {
                begin(sink, open.kind() == Piece.Kind.TOOL);
                if (open.kind() == Piece.Kind.TOOL) {
                    calls++;
                    if (!isCustom()) {
                        var call = ChatShapes.object().put("index", calls - 1).put("id", open.callId()).put("type", "function");
                        call.putObject("function").put("name", shapes.tools.said(open.tool())).put("arguments", "");
                        delta(sink, calling(call));
                    }
                }
            }
            case Piece.More(var text) -> more(sink, text);
            case Piece.Tokens(var tokens) -> chunk(sink, ChatShapes.object(), ChatShapes.logprobs(tokens), null);
            case Piece.Close() -> close(sink);
            case Piece.Seal unused -> {}
            case Piece.End end -> end(sink, end);
        }
    }

    private void begin(Sink sink, boolean withoutText) {
        if (begun) {
            return;
        }
        begun = true;
        var first = ChatShapes.object().put("role", "assistant");
        delta(sink, withoutText ? first.putNull("content") : first.put("content", ""));
    }

    private void more(Sink sink, String text) {
        switch (gathered.open().kind) {
            case TEXT -> delta(sink, ChatShapes.object().put("content", text));
            case REFUSAL -> delta(sink, ChatShapes.object().put("refusal", text));
            case THINKING -> delta(sink, ChatShapes.object().put("reasoning_content", text));
            case TOOL -> {
                if (!isCustom()) {
                    var call = ChatShapes.object().put("index", calls - 1);
                    call.putObject("function").put("arguments", text);
                    delta(sink, calling(call));
                }
            }
        }
    }

    private void close(Sink sink) {
        var part = gathered.open();
        if (part.is(Piece.Kind.TOOL)) {
            if (isCustom()) {
                delta(sink, calling(shapes.call(part).put("index", calls - 1)));
            } else if (part.text.toString().isBlank()) {
                var call = ChatShapes.object().put("index", calls - 1);
                call.putObject("function").put("arguments", "{}");
                delta(sink, calling(call));
            }
        } else if (part.seal != null) {
            var delta = ChatShapes.object();
            delta.putArray("reasoning_details").add(ChatShapes.detail(part, details++));
            delta(sink, delta);
        }
    }

    private void end(Sink sink, Piece.End end) {
        begin(sink, false);
        chunk(sink, ChatShapes.object(), null, end.finish().chat);
        if (shapes.asked.call().usageInStream() && end.usage() != null) {
            var last = shapes.envelope("chat.completion.chunk");
            last.putArray("choices");
            last.set("usage", Counts.chat(end.usage()));
            sink.write(Frames.data(last));
        }
        sink.write(Frames.DONE);
    }

    /** Its input is made of arguments that have to be whole first. */
    private boolean isCustom() {
        return shapes.tools.kind(String.valueOf(gathered.open().tool)) == ToolKind.CUSTOM;
    }

    private static ObjectNode calling(ObjectNode call) {
        var delta = ChatShapes.object();
        delta.putArray("tool_calls").add(call);
        return delta;
    }

    private void delta(Sink sink, ObjectNode delta) {
        chunk(sink, delta, null, null);
    }

    private void chunk(Sink sink, ObjectNode delta, @Nullable JsonNode logprobs, @Nullable String finish) {
        var chunk = shapes.envelope("chat.completion.chunk");
        var choice = chunk.putArray("choices").addObject().put("index", 0);
        choice.set("delta", delta);
        choice.set("logprobs", logprobs == null ? ChatShapes.logprobs(List.of()) : logprobs);
        choice.put("finish_reason", finish);
        sink.write(Frames.data(chunk));
    }
}
