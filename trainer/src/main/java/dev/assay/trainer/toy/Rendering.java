// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.toy;

import dev.assay.trainer.engine.Conversation;
import dev.assay.trainer.engine.Conversation.Message;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A conversation as the toy reads it: of each message a mark, its text, its calls, the end; then the mark of an answer. A call that can be
 * chosen is its one token, any other is the text {@code name(arguments)}. An answer that is read again is so, token by token, what was
 * sampled, unless that was no UTF-8, broken off, or of another order.
 */
final class Rendering {

    /** What is no byte is compared as a character that no text has: a lone surrogate. */
    private static final int BEYOND_TEXT = Character.MIN_SURROGATE - Vocabulary.CALL;

    private Rendering() {}

    static int[] of(Conversation conversation) {
        var choices = Choices.among(conversation.tools());
        var messages = conversation.messages();
        var begun = IntStream.empty();
        int from = 0;
        if (conversation.before() instanceof Conversation.Before(int[] ids, int covered) && covered <= messages.size()) {
            var whole = ended(ids);
            if (says(whole, messages.subList(0, covered), choices)) {
                begun = Arrays.stream(whole);
                from = covered;
            }
        }
        var rest = of(messages.subList(from, messages.size()), choices);
        return IntStream.concat(IntStream.concat(begun, rest), IntStream.of(choices.mark())).toArray();
    }

    private static IntStream of(List<Message> messages, Choices choices) {
        return messages.stream().flatMapToInt(message -> of(message, choices));
    }

    private static IntStream of(Message message, Choices choices) {
        int mark = switch (message.role()) {
            case SYSTEM -> Vocabulary.SYSTEM;
            case USER -> Vocabulary.USER;
            case TOOL -> Vocabulary.TOOL;
            case ASSISTANT -> choices.mark();
        };
        var calls = message.calls().stream().flatMapToInt(call -> {
            var token = choices.token(call);
            return token == null ? Arrays.stream(Vocabulary.tokens(call.name() + "(" + call.arguments() + ")")) : IntStream.of(token);
        });
        return IntStream.concat(
                IntStream.concat(IntStream.of(mark), Arrays.stream(Vocabulary.tokens(message.text()))),
                IntStream.concat(calls, IntStream.of(Vocabulary.END)));
    }

    /** An answer that was broken off ends where the next message begins. */
    private static int[] ended(int[] ids) {
        if (ids.length > 0 && ids[ids.length - 1] == Vocabulary.END) {
            return ids;
        }
        var longer = Arrays.copyOf(ids, ids.length + 1);
        longer[ids.length] = Vocabulary.END;
        return longer;
    }

    private static boolean says(int[] ids, List<Message> messages, Choices choices) {
        return Arrays.stream(ids).allMatch(id -> id >= 0 && id < Vocabulary.SIZE)
                && shown(ids).equals(shown(of(messages, choices).toArray()));
    }

    /** Bytes as the text that they are. */
    private static String shown(int[] ids) {
        var shown = new StringBuilder();
        for (int from = 0, to; from < ids.length; from = to) {
            to = from;
            while (to < ids.length && ids[to] < Vocabulary.CALL) {
                to++;
            }
            shown.append(Vocabulary.text(Arrays.copyOfRange(ids, from, to)));
            if (to < ids.length) {
                shown.appendCodePoint(BEYOND_TEXT + ids[to++]);
            }
        }
        return shown.toString();
    }
}
