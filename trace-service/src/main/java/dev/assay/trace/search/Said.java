// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.search;

import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What was said in one run, gathered entry by entry of its timeline. */
final class Said {

    /** A tsvector takes a mebibyte; so many characters never make more, whatever letters they are. */
    private static final int MOST = 250_000;

    private static final int MOST_OF_ERRORS = 20_000;
    private static final int MOST_TOOLS = 200;
    private static final int LONGEST_TOOL = 200;

    /** What an entry has beside what was said in it; and the messages of a prompt, which its text says too. */
    private static final Set<String> ASIDE = Set.of(
            "id", "parent_id", "call_id", "kind", "seq", "step", "started_at", "ended_at", "usage", "omitted_bytes", "messages", "trace_id");

    /** As the page of a run has it: longer than any text, and of no words. */
    private static final int LONGEST_DATA = 2_000;

    private final Set<String> tools = new TreeSet<>();
    private final Words words = new Words(MOST);
    private final Words errors = new Words(MOST_OF_ERRORS);
    private boolean hasHistory;

    /** @param error of the run, as it ended */
    Said(@Nullable String error) {
        if (error != null) {
            words.add(error);
            errors.add(error);
        }
    }

    boolean isFull() {
        return words.isFull();
    }

    void tool(String name) {
        if (tools.size() < MOST_TOOLS) {
            tools.add(name.length() > LONGEST_TOOL ? name.substring(0, LONGEST_TOOL) : name);
        }
    }

    void entry(JsonNode entry) {
        if (entry.path("error").isString()) {
            errors.add(entry.path("error").stringValue());
        } else if (entry.path("is_error").asBoolean(false)) {
            errors.add(entry.path("result_text").asString(""));
        }
        for (var member : entry.properties()) {
            switch (member.getKey()) {
                case "input_messages" -> history(member.getValue());
                case "subagent" -> entry(member.getValue());
                case "entries" -> member.getValue().forEach(this::entry);
                default -> {
                    if (!ASIDE.contains(member.getKey())) {
                        value(member.getKey(), member.getValue());
                    }
                }
            }
        }
    }

    /** Each turn repeats all that was said before it. */
    private void history(JsonNode messages) {
        if (hasHistory && !messages.isEmpty()) {
            value("", messages.path(messages.size() - 1));
        } else {
            value("", messages);
        }
        hasHistory = true;
    }

    private void value(String name, JsonNode value) {
        if (value.isString()) {
            var text = value.stringValue();
            if (!text.startsWith("data:") && !(name.equals("data") && text.length() > LONGEST_DATA)) {
                words.add(text);
            }
        } else if (value.isNumber()) {
            words.add(value.asString());
        } else if (value.isArray()) {
            value.forEach(one -> value(name, one));
        } else {
            value.properties().forEach(member -> value(member.getKey(), member.getValue()));
        }
    }

    Set<String> tools() {
        return tools;
    }

    String words() {
        return words.toString();
    }

    String errors() {
        return errors.toString();
    }
}
