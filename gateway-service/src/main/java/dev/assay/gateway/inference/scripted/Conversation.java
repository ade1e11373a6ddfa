// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference.scripted;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** The messages of a call, so far as a script looks at them: who said which text. */
record Conversation(List<Message> messages) {

    record Message(String role, String text) {}

    /** Reads a call's {@code messages}. Of content in parts, the texts count, one line each. */
    static Conversation of(JsonNode messages) {
        var read = new ArrayList<Message>();
        for (var message : messages) {
            read.add(new Message(message.path("role").asString(""), text(message.path("content"))));
        }
        return new Conversation(List.copyOf(read));
    }

    String lastRole() {
        return messages.isEmpty() ? "" : messages.getLast().role();
    }

    String lastText() {
        return messages.isEmpty() ? "" : messages.getLast().text();
    }

    String allText() {
        return messages.stream().map(Message::text).collect(Collectors.joining("\n"));
    }

    /** The number of the assistant's turn that comes next. */
    int turn() {
        return 1 + (int) messages.stream().filter(message -> message.role().equals("assistant")).count();
    }

    private static String text(JsonNode content) {
        if (content.isString()) {
            return content.asString();
        }
        var texts = new ArrayList<String>();
        for (var part : content) {
            if (part.path("text").isString()) {
                texts.add(part.path("text").asString());
            }
        }
        return String.join("\n", texts);
    }
}
