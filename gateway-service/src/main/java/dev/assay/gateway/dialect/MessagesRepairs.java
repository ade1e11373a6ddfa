// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** What Anthropic refuses of a call though clients send it: a choice among no tools, and more marks for the cache than it takes. */
final class MessagesRepairs {

    /** Of the places of marks those count least that come first here. */
    static final int TOOLS = 0;

    static final int IN_THE_SYSTEM = 1;
    static final int IN_A_MESSAGE = 2;

    /** So many marks of what is to be cached does Anthropic take. */
    private static final int MOST_MARKS = 4;

    private static final byte[] NOTHING = {};
    private static final byte[] NULL = Dialect.utf8("null");

    /** Where a member of the top level stands: its name, and the first byte behind its value. */
    private record Named(int from, int to) {}

    /** A mark of what is to be cached, and in which order they count. */
    private record Mark(int place, int from, int to) {}

    private final Body body;
    private final JsonParser in;
    private final List<Mark> marks = new ArrayList<>();
    private @Nullable Named emptyTools;
    private @Nullable Named toolChoice;

    /** @param in walks over the body; whoever calls has it at the value that is to be looked at */
    MessagesRepairs(Body body, JsonParser in) {
        this.body = body;
        this.in = in;
    }

    /**
     * Looks at a member of the top level to its end.
     *
     * @param name {@code tools}, {@code tool_choice} or {@code system}
     * @param from where its name begins
     */
    void member(String name, int from) {
        switch (name) {
            case "tool_choice" -> {
                in.skipChildren();
                toolChoice = new Named(from, HeadScan.end(in));
            }
            case "tools" -> {
                if (blocks(TOOLS) == 0) {
                    emptyTools = new Named(from, HeadScan.end(in));
                }
            }
            default -> blocks(IN_THE_SYSTEM);
        }
    }

    /**
     * Finds the marks in a list of blocks, or of tools. What tools were called with, and the schemas of their parameters, are the client's
     * own: a member of that name there is no mark.
     *
     * @return how many there are; -1: this is no list
     */
    int blocks(int place) {
        if (in.currentToken() != JsonToken.START_ARRAY) {
            return -1;
        }
        var count = 0;
        for (; in.nextToken() != JsonToken.END_ARRAY; count++) {
            if (in.currentToken() == JsonToken.START_OBJECT) {
                block(place);
            }
            in.skipChildren();
        }
        return count;
    }

    private void block(int place) {
        while (in.nextToken() == JsonToken.PROPERTY_NAME) {
            var name = in.currentName();
            var value = in.nextToken();
            switch (name) {
                case "cache_control" -> {
                    if (value == JsonToken.START_OBJECT) {
                        var from = HeadScan.begin(in);
                        in.skipChildren();
                        marks.add(new Mark(place, from, HeadScan.end(in)));
                    }
                }
                case "content" -> blocks(place);
                case "source" -> {
                    if (value == JsonToken.START_OBJECT) {
                        block(place);
                    }
                }
                default -> {}
            }
            in.skipChildren();
        }
    }

    /** In no order. */
    List<Body.Splice> splices() {
        var repairs = new ArrayList<Body.Splice>();
        marks.stream()
                .sorted(Comparator.comparingInt(Mark::place))
                .limit(Math.max(0, marks.size() - MOST_MARKS))
                .forEach(mark -> repairs.add(new Body.Splice(mark.from(), mark.to(), NULL)));
        if (emptyTools != null) {
            var leave = new ArrayList<>(List.of(emptyTools));
            if (toolChoice != null) {
                leave.add(toolChoice);
            }
            leave.sort(Comparator.comparingInt(Named::from));
            repairs.addAll(without(leave));
        }
        return repairs;
    }

    /** Takes members out, each with a comma; the last of an object with that of whoever is the last then. */
    private List<Body.Splice> without(List<Named> members) {
        var bytes = body.bytes();
        var splices = new ArrayList<Body.Splice>();
        for (var member : members) {
            var next = pastBlanks(member.to());
            if (bytes[next] == ',') {
                splices.add(new Body.Splice(member.from(), pastBlanks(next + 1), NOTHING));
                continue;
            }
            var from = member.from();
            if (!splices.isEmpty() && splices.getLast().to() == from) {
                from = splices.removeLast().from();
            }
            var before = from;
            while (isBlank(bytes[before - 1])) {
                before--;
            }
            splices.add(new Body.Splice(bytes[before - 1] == ',' ? before - 1 : from, member.to(), NOTHING));
        }
        return splices;
    }

    private int pastBlanks(int at) {
        while (isBlank(body.bytes()[at])) {
            at++;
        }
        return at;
    }

    private static boolean isBlank(byte octet) {
        return octet == ' ' || octet == '\n' || octet == '\r' || octet == '\t';
    }
}
