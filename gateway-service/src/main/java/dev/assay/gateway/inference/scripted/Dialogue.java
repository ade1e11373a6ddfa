// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference.scripted;

import dev.assay.gateway.translate.Block;
import dev.assay.gateway.translate.Conversation;
import dev.assay.gateway.translate.Conversation.Speaker;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collector;
import java.util.stream.Collectors;

/**
 * A call, so far as a script looks at it: who said which text, in the same words whatever dialect it came in, and what may be called.
 *
 * @param messages roles are {@code system}, {@code user}, {@code assistant} and, for the result of a call, {@code tool}
 * @param tools the names of the tools that are offered
 */
record Dialogue(List<Message> messages, Set<String> tools) {

    record Message(String role, String text) {}

    /** Of a message in parts, the texts count, one line each. */
    static Dialogue of(Conversation conversation) {
        var messages = new ArrayList<Message>();
        for (var turn : conversation.turns()) {
            var said = new ArrayList<String>();
            var others = 0;
            for (var block : turn.blocks()) {
                if (block instanceof Block.ToolResult result) {
                    messages.add(new Message("tool", result.blocks().stream().flatMap(inside -> text(inside).stream()).collect(lines())));
                } else {
                    others++;
                    said.addAll(text(block));
                }
            }
            if (others > 0 || turn.blocks().isEmpty()) {
                messages.add(new Message(role(turn.speaker()), String.join("\n", said)));
            }
        }
        return new Dialogue(
                List.copyOf(messages),
                conversation.tools().stream().map(Conversation.ToolDeclaration::name).collect(Collectors.toUnmodifiableSet()));
    }

    String lastRole() {
        return messages.isEmpty() ? "" : messages.getLast().role();
    }

    String lastText() {
        return messages.isEmpty() ? "" : messages.getLast().text();
    }

    String allText() {
        return messages.stream().map(Message::text).collect(lines());
    }

    /** The number of the assistant's turn that comes next. */
    int turn() {
        return 1 + (int) messages.stream().filter(message -> message.role().equals("assistant")).count();
    }

    private static String role(Speaker speaker) {
        return switch (speaker) {
            case SYSTEM -> "system";
            case USER -> "user";
            case ASSISTANT -> "assistant";
        };
    }

    private static List<String> text(Block block) {
        return block instanceof Block.Text(var text) ? List.of(text) : List.of();
    }

    private static Collector<CharSequence, ?, String> lines() {
        return Collectors.joining("\n");
    }
}
