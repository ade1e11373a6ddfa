// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference.scripted;

import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.dialect.Usage;
import dev.assay.gateway.translate.Asked;
import dev.assay.gateway.translate.Finish;
import dev.assay.gateway.translate.Losses;
import dev.assay.gateway.translate.Piece;
import dev.assay.gateway.translate.Translations;
import java.io.ByteArrayOutputStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/**
 * Plays one call of a script. Every answer says that it is no model's: its model is {@code scripted/…}, and in Chat its fingerprint too.
 * Its token counts are no tokens: a quarter of the characters, rounded up, so that the same conversation always counts the same.
 */
@Component
class Performance {

    /** How many characters of a text a piece of a stream has. */
    private static final int PIECE = 16;

    private final Scripts scripts;
    private final Clock clock;

    Performance(Scripts scripts, Clock clock) {
        this.scripts = scripts;
        this.clock = clock;
    }

    /** What is to be done now. */
    record Cue(Turn turn, Asked asked, Dialogue dialogue) {}

    /**
     * @param body of a call in that dialect
     * @throws ModelErrorException if the call cannot be read, or the script not found or not read
     */
    Cue cue(Dialect dialect, ObjectNode body, boolean streamed, String script) {
        var loaded = scripts.named(script);
        var conversation = Translations.conversation(dialect, body, streamed, Losses.lenient(dialect));
        var dialogue = Dialogue.of(conversation);
        var turn = ScriptPlayer.play(loaded.script(), dialogue, loaded.counter());
        return new Cue(turn, new Asked(dialect, conversation, body, "scripted/" + script, clock.instant(), "scripted"), dialogue);
    }

    /**
     * The answer's bytes, streamed or whole as the call wants it.
     *
     * @throws ModelErrorException if the script fails the call, or does not know what to say
     */
    static byte[] play(Cue cue) {
        return switch (cue.turn()) {
            case Turn.Failure(var failure, var unused) ->
                throw new ModelErrorException(ModelError.of(failure.status(), failure.message()).retryAfter(failure.retryAfter()));
            case Turn.Silence() ->
                throw new ModelErrorException(ModelError.of(400, "No rule of the script " + cue.asked().model()
                        + " fits this conversation: a last rule without `when` always does."));
            case Turn.Answer answer -> {
                var bytes = new ByteArrayOutputStream();
                var writer = cue.asked().writer();
                say(answer, cue.dialogue(), piece -> writer.piece(piece, bytes::writeBytes));
                yield bytes.toByteArray();
            }
        };
    }

    private static void say(Turn.Answer answer, Dialogue dialogue, Consumer<Piece> out) {
        out.accept(new Piece.Begin());
        block(Piece.Kind.THINKING, answer.reasoning(), null, out);
        block(Piece.Kind.TEXT, answer.text(), null, out);
        for (var call : answer.calls()) {
            block(Piece.Kind.TOOL, call.arguments(), call, out);
        }
        var said = answer.calls().stream().mapToInt(call -> call.tool().length() + call.arguments().length()).sum()
                + length(answer.text()) + length(answer.reasoning());
        var heard = dialogue.messages().stream().mapToInt(message -> message.text().length()).sum();
        out.accept(new Piece.End(
                answer.calls().isEmpty() ? Finish.STOP : Finish.TOOLS,
                null,
                new Usage(quarter(heard), 0, 0, 0, quarter(said), quarter(length(answer.reasoning())), 0, false)));
    }

    private static void block(
            Piece.Kind kind,
            @Nullable String text,
            Turn.@Nullable ToolCall call,
            Consumer<Piece> out) {
        if (text == null) {
            return;
        }
        out.accept(new Piece.Open(kind, call == null ? null : call.id(), call == null ? null : call.tool()));
        pieces(text).forEach(piece -> out.accept(new Piece.More(piece)));
        out.accept(new Piece.Close());
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    private static int quarter(int characters) {
        return Math.ceilDiv(characters, 4);
    }

    /** Cut between code points, never inside one. */
    private static List<String> pieces(String text) {
        var pieces = new ArrayList<String>();
        for (var start = 0; start < text.length(); ) {
            var end = Math.min(text.length(), start + PIECE);
            if (end < text.length() && Character.isLowSurrogate(text.charAt(end))) {
                end++;
            }
            pieces.add(text.substring(start, end));
            start = end;
        }
        return pieces;
    }
}
