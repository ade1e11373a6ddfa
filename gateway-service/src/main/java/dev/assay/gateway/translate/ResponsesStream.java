// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.translate.Conversation.ToolKind;
import tools.jackson.databind.node.ObjectNode;

/** The events of a response. */
final class ResponsesStream implements AnswerWriter {

    private final ResponsesShapes shapes;
    private boolean begun;
    private int sequence;
    private boolean partBegun;

    ResponsesStream(Asked asked) {
        this.shapes = new ResponsesShapes(asked);
    }

    @Override
    public void piece(Piece piece, Sink sink) {
        shapes.gathered.add(piece);
        switch (piece) {
            case Piece.Begin() -> begin(sink);
            case Piece.Open unused -> {
                begin(sink);
                partBegun = false;
                var added = ResponsesShapes.object().put("output_index", part().index);
                added.set("item", shapes.items.item(part(), false));
                send(sink, "response.output_item.added", added);
                if (part().is(Piece.Kind.TEXT) || part().is(Piece.Kind.REFUSAL)) {
                    beginPart(sink);
                }
            }
            case Piece.More(var text) -> more(sink, text);
            case Piece.Tokens(var tokens) -> {
                var delta = inContent().put("delta", "");
                delta.putArray("logprobs").addAll(tokens);
                send(sink, "response.output_text.delta", delta);
            }
            case Piece.Seal unused -> {}
            case Piece.Close() -> close(sink);
            case Piece.End end -> {
                begin(sink);
                var last = ResponsesShapes.object();
                last.set("response", shapes.response(end));
                send(sink, end.finish().incomplete() == null ? "response.completed" : "response.incomplete", last);
            }
        }
    }

    private void begin(Sink sink) {
        if (begun) {
            return;
        }
        begun = true;
        for (var name : new String[] {"response.created", "response.in_progress"}) {
            var event = ResponsesShapes.object();
            event.set("response", shapes.response(null));
            send(sink, name, event);
        }
    }

    private void beginPart(Sink sink) {
        if (!partBegun) {
            partBegun = true;
            var thought = part().is(Piece.Kind.THINKING);
            var added = thought ? inSummary() : inContent();
            added.set("part", thought ? ResponsesItems.summary("") : ResponsesItems.content(part(), ""));
            send(sink, thought ? "response.reasoning_summary_part.added" : "response.content_part.added", added);
        }
    }

    private void more(Sink sink, String text) {
        switch (part().kind) {
            case TEXT -> {
                var delta = inContent().put("delta", text);
                delta.putArray("logprobs");
                send(sink, "response.output_text.delta", delta);
            }
            case REFUSAL -> send(sink, "response.refusal.delta", inContent().put("delta", text));
            case THINKING -> {
                beginPart(sink);
                send(sink, "response.reasoning_summary_text.delta", inSummary().put("delta", text));
            }
            case TOOL -> {
                if (shapes.items.kind(part()) == ToolKind.FUNCTION) {
                    send(sink, "response.function_call_arguments.delta", inItem().put("delta", text));
                }
            }
        }
    }

    private void close(Sink sink) {
        var text = part().text.toString();
        switch (part().kind) {
            case TEXT -> {
                var done = inContent().put("text", text);
                done.putArray("logprobs").addAll(part().tokens);
                send(sink, "response.output_text.done", done);
            }
            case REFUSAL -> send(sink, "response.refusal.done", inContent().put("refusal", text));
            case THINKING -> {
                if (partBegun) {
                    send(sink, "response.reasoning_summary_text.done", inSummary().put("text", text));
                    var done = inSummary();
                    done.set("part", ResponsesItems.summary(text));
                    send(sink, "response.reasoning_summary_part.done", done);
                }
            }
            case TOOL -> closeCall(sink);
        }
        if (part().is(Piece.Kind.TEXT) || part().is(Piece.Kind.REFUSAL)) {
            var done = inContent();
            done.set("part", ResponsesItems.content(part(), text));
            send(sink, "response.content_part.done", done);
        }
        var done = ResponsesShapes.object().put("output_index", part().index);
        done.set("item", shapes.items.item(part(), true));
        send(sink, "response.output_item.done", done);
    }

    private void closeCall(Sink sink) {
        var arguments = part().arguments();
        switch (shapes.items.kind(part())) {
            case FUNCTION -> send(sink, "response.function_call_arguments.done",
                    inItem().put("name", shapes.items.item(part(), true).path("name").asString("")).put("arguments", arguments));
            case CUSTOM -> {
                var input = Emulated.input(arguments);
                send(sink, "response.custom_tool_call_input.delta", inItem().put("delta", input));
                send(sink, "response.custom_tool_call_input.done", inItem().put("input", input));
            }
            case SHELL -> {}
        }
    }

    private Gathered.Part part() {
        return shapes.gathered.open();
    }

    private ObjectNode inItem() {
        return ResponsesShapes.object().put("item_id", shapes.items.idOf(part())).put("output_index", part().index);
    }

    private ObjectNode inContent() {
        return inItem().put("content_index", 0);
    }

    private ObjectNode inSummary() {
        return inItem().put("summary_index", 0);
    }

    private void send(Sink sink, String type, ObjectNode data) {
        var event = ResponsesShapes.object().put("type", type).put("sequence_number", sequence++);
        event.setAll(data);
        sink.write(Frames.event(event));
    }
}
