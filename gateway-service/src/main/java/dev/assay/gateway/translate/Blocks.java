// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.dialect.ModelJson;
import dev.assay.gateway.translate.Piece.Kind;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Which block of an answer is open while it is read: one at a time, one behind the other. */
final class Blocks {

    private boolean begun;
    private @Nullable Kind open;
    private boolean calls;

    void begin(Consumer<Piece> out) {
        if (!begun) {
            begun = true;
            out.accept(new Piece.Begin());
        }
    }

    /** More of a text, a thought or a refusal. What is of another kind ends the block before. */
    void say(Kind kind, String text, Consumer<Piece> out) {
        if (text.isEmpty()) {
            return;
        }
        if (open != kind) {
            open(kind, null, null, out);
        }
        out.accept(new Piece.More(text));
    }

    /** Log-probabilities count for a text alone: no dialect has a place for those of a call. */
    void tokens(JsonNode tokens, Consumer<Piece> out) {
        if (open == Kind.TEXT && tokens.isArray() && !tokens.isEmpty()) {
            out.accept(new Piece.Tokens(tokens.valueStream().toList()));
        }
    }

    void open(Kind kind, @Nullable String callId, @Nullable String tool, Consumer<Piece> out) {
        begin(out);
        close(out);
        open = kind;
        calls |= kind == Kind.TOOL;
        out.accept(new Piece.Open(kind, callId, tool));
    }

    void call(String id, String tool, String arguments, Consumer<Piece> out) {
        open(Kind.TOOL, id.isBlank() ? "call_" + Ids.random() : id, tool, out);
        out.accept(new Piece.More(arguments.isBlank() ? "{}" : arguments));
        close(out);
    }

    void close(Consumer<Piece> out) {
        if (open != null) {
            open = null;
            out.accept(new Piece.Close());
        }
    }

    boolean isOpen(Kind kind) {
        return open == kind;
    }

    /** Whether any tool was called: some providers say of that only that they stopped. */
    boolean called() {
        return calls;
    }

    /** Arguments are a text that holds JSON. Some providers send the JSON itself. */
    static String arguments(JsonNode arguments) {
        return arguments.isString()
                ? arguments.asString()
                : arguments.isMissingNode() || arguments.isNull() ? "" : ModelJson.MAPPER.writeValueAsString(arguments);
    }
}
