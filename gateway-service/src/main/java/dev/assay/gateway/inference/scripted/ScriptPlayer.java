// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference.scripted;

import java.util.ArrayList;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Finds what a script does next in a conversation. Pure but for the counting that {@code every} asks for, which is passed in. */
final class ScriptPlayer {

    private static final Pattern GROUP = Pattern.compile("\\$\\{([A-Za-z][A-Za-z0-9]*)}");
    private static final JsonMapper JSON = JsonMapper.shared();

    private ScriptPlayer() {}

    /**
     * @param timesFit counts one more fit of the rule with that index and gives the number of fits so far; asked only for rules with
     *     {@code every}
     */
    static Turn play(Script script, Dialogue conversation, IntUnaryOperator timesFit) {
        for (var index = 0; index < script.rules().size(); index++) {
            var rule = script.rules().get(index);
            var groups = rule.when().fit(conversation);
            if (groups.isPresent() && (rule.every() == 1 || timesFit.applyAsInt(index) % rule.every() == 0)) {
                return turn(rule, groups.get(), conversation.turn());
            }
        }
        return new Turn.Silence();
    }

    private static Turn turn(Rule rule, Map<String, String> groups, int turn) {
        if (rule.fail() != null) {
            return new Turn.Failure(rule.fail(), rule.delay());
        }
        var calls = new ArrayList<Turn.ToolCall>();
        for (var call : rule.calls()) {
            // The turn's number makes the id unique in its conversation, and the same whenever that is played again.
            var id = "call_" + turn + "_" + (calls.size() + 1);
            calls.add(new Turn.ToolCall(id, fill(call.tool(), groups), JSON.writeValueAsString(fill(call.arguments(), groups))));
        }
        return new Turn.Answer(
                rule.reasoning() == null ? null : fill(rule.reasoning(), groups),
                rule.say() == null ? null : fill(rule.say(), groups),
                calls,
                rule.delay());
    }

    /** A name that no group has stays as it is: shell commands have such names of their own. */
    static String fill(String text, Map<String, String> groups) {
        return GROUP.matcher(text).replaceAll(found -> Matcher.quoteReplacement(groups.getOrDefault(found.group(1), found.group())));
    }

    private static JsonNode fill(JsonNode node, Map<String, String> groups) {
        return switch (node) {
            case ObjectNode object -> {
                var filled = JsonNodeFactory.instance.objectNode();
                object.properties().forEach(entry -> filled.set(entry.getKey(), fill(entry.getValue(), groups)));
                yield filled;
            }
            case ArrayNode array -> {
                var filled = JsonNodeFactory.instance.arrayNode();
                array.forEach(item -> filled.add(fill(item, groups)));
                yield filled;
            }
            default -> node.isString() ? JsonNodeFactory.instance.stringNode(fill(node.asString(), groups)) : node;
        };
    }
}
