// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.loop;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What two conversations are compared by: members in whatever order, 1 and 1.0 alike, drawn ids by the order in which they come up, and our
 * own words to the model by what they say, as the recordings have the client's. What Google takes in two spellings stands in one: some
 * names, and the alphabet of bytes.
 */
final class Neutral {

    private static final Pattern DRAWN = Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f-]{21}");
    private static final Map<String, String> ONE_SPELLING = Map.of("mime_type", "mimeType", "inline_data", "inlineData");

    private static final Set<String> BYTES = Set.of("data", "thoughtSignature");

    private record Words(Pattern ours, String said) {

        Words(String ours, String said) {
            this(Pattern.compile(ours, Pattern.DOTALL), said);
        }
    }

    private static final List<Words> WORDS = List.of(
            new Words("^the arguments for this ('.*?') call arrived .*?Received: (.*)\\. [^.]*\\.$", "<incomplete $1 $2>"),
            new Words("^Computer call (\\S+) failed, and [^\\n]*\\n(.*)$", "<stopped $1>\n$2"),
            new Words("^there is no screenshot to answer call (\\S+) with: (.*)$", "<no screenshot $1>\n$2"),
            new Words(
                    "^The output is too long: .*? first (\\d+) .*? last (\\d+) .*? the (\\d+) between[^\\n]*\\n"
                            + "(.*)\\.\\.\\. \\[\\d+ [^]]*] \\.\\.\\.",
                    "<cut $1 $2 $3>\n$4<cut>"),
            new Words("computer action ('.*?') failed: [^\\n]*", "computer action $1 failed: <why>"),
            new Words("^(<stopped .*?>\\n)?(actions must be .*|text is required for response|type is required)$", "$1<why>"),
            new Words("\\nNor is there a screenshot: .*", "<no screenshot either>"),
            new Words("^the model called for no command .*$", "<empty shell call>"),
            new Words("^the model gave no candidate .*$", "<no candidates>"),
            new Words("^the provider says that the model's function call was malformed$", "<malformed call>"),
            new Words("^the task's prompt has no turns.*$", "<no contents>"),
            new Words("^Connection error: the model's answer broke off.*$", "<broke off>"),
            new Words("^tool error: (the command ended without an exit status|the workspace .*)$", "tool error: <lost>"));

    private final Map<String, String> ids = new HashMap<>();

    /** @param ours whether the words are ours: those of the recordings are neutral already */
    @Nullable Object of(JsonNode node, boolean ours) {
        return switch (node.getNodeType()) {
            case OBJECT -> {
                var members = new TreeMap<String, @Nullable Object>();
                node.properties().forEach(member -> {
                    var name = ONE_SPELLING.getOrDefault(member.getKey(), member.getKey());
                    var value = of(member.getValue(), ours);
                    var isBytes = BYTES.contains(name) && value != null;
                    members.put(name, isBytes ? value.toString().replace('-', '+').replace('_', '/') : value);
                });
                yield members;
            }
            case ARRAY -> {
                var items = new ArrayList<@Nullable Object>();
                node.forEach(item -> items.add(of(item, ours)));
                yield items;
            }
            case STRING -> ours ? text(node.stringValue()) : node.stringValue();
            case NUMBER -> node.decimalValue().stripTrailingZeros().toPlainString();
            case BOOLEAN -> node.booleanValue();
            default -> null;
        };
    }

    private String text(String text) {
        var said = text;
        for (var words : WORDS) {
            said = words.ours().matcher(said).replaceAll(words.said());
        }
        return said.equals(ScriptedModel.TRACE)
                ? said
                : DRAWN.matcher(said).replaceAll(id -> ids.computeIfAbsent(id.group(), drawn -> "id-" + (ids.size() + 1)));
    }
}
