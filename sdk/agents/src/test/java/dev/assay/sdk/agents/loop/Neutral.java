// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What two conversations are compared by: members in whatever order, 1 and 1.0 alike, drawn ids by the order in which they come up, and our
 * own words to the model by what they say, as the recordings have the client's. What Google takes in two spellings stands in one: some
 * names, and the alphabet of bytes. What Claude is shown is compared by its size, for the two sides' encoders differ.
 */
final class Neutral {

    private static final Pattern DRAWN = Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f-]{21}");
    private static final Map<String, String> ONE_SPELLING = Map.of("mime_type", "mimeType", "inline_data", "inlineData");

    /** Tools of the dialects' own, whose descriptions are everybody's own. */
    private static final Set<String> OWN = Set.of(
            "bash", "edit", "glob", "grep", "read", "write", "str_replace_based_edit_tool", "computer", "run_shell_command",
            "replace", "write_file", "read_file", "grep_search", "list_directory");

    private record Words(Pattern ours, String said) {

        Words(String ours, String said) {
            this(Pattern.compile(ours), said);
        }
    }

    private static final List<Words> WORDS = List.of(
            new Words("there is nothing to change: .*", "<the same>"),
            new Words("the file exists: .*", "<exists>"),
            new Words("there is no old(_s|S)tring in ", "<absent> "),
            new Words("oldString stands (\\d+) times in (.*): .*", "<several> $1 $2"),
            new Words("offset (\\d+) is beyond .* (\\d+) lines", "<beyond> $1 $2"),
            new Words("there is nothing to restart: .*", "<no restart>"),
            new Words("say in command .*", "<no command>"),
            new Words("the provider refused to answer (\\(.*\\))", "<refused> $1"),
            new Words("\\[an earlier image.*]", "<an image before>"),
            new Words("The arguments of your last tool call .*\\nThis is what came.*?: ", "<no JSON> "),
            new Words("the arguments of the model's tool call are no JSON: ", "<no JSON at last> "),
            new Words("Claude can be told of no content like this: .*", "<unknown block>"),
            new Words("(type|key|hold_key) needs `text`.*", "<no text> $1"),
            new Words("zoom needs .*", "<no region>"),
            new Words("a screen knows no action .*", "<no such action>"),
            new Words("insert needs `insert_line`.*", "<no number>"),
            new Words("insert_line (-?\\d+) is not in .* (\\d+) lines", "<no line> $1 $2"),
            new Words("(\\w+) must be a whole number from 1 on", "<$1 from 1 on>"),
            new Words("(?s)the call of ('.*?') was not made: .*?What came of them: (.*)\\. [^.]*\\.$", "<incomplete $1 $2>"),
            new Words("(?s)^Computer call (\\S+) failed, and [^\\n]*\\n(.*)$", "<stopped $1>\n$2"),
            new Words("(?s)^there is no screenshot to answer call (\\S+) with: (.*)$", "<no screenshot $1>\n$2"),
            new Words(
                    "(?s)^The output is too long: .*? first (\\d+) .*? last (\\d+) .*? the (\\d+) between[^\\n]*\\n"
                            + "(.*)\\.\\.\\. \\[\\d+ [^]]*] \\.\\.\\.",
                    "<cut $1 $2 $3>\n$4<cut>"),
            new Words("computer action ('.*?') failed: [^\\n]*", "computer action $1 failed: <why>"),
            new Words("^(<stopped .*?>\n)?(actions must hold .*|each of actions .*|an action needs .*|a response needs .*)$", "$1<why>"),
            new Words("\\nNor is there a screenshot: .*", "<no screenshot either>"),
            new Words("^the model called for no command .*$", "<empty shell call>"),
            new Words("^the model gave no candidate .*$", "<no candidates>"),
            new Words("^the provider says that the model's function call was malformed$", "<malformed call>"),
            new Words("^the task's prompt has no turns.*$", "<no contents>"),
            new Words("^Connection error: the model's answer broke off.*$", "<broke off>"),
            new Words("^tool error: (nothing was told of how the command ended|the workspace .*)$", "tool error: <lost>"));

    private final boolean seen;
    private final boolean ours;
    private final Map<String, String> ids = new HashMap<>();

    /** @param ours whether the words are ours: those of the recordings are neutral already */
    Neutral(String dialect, boolean ours) {
        this.seen = dialect.equals("claude");
        this.ours = ours;
    }

    @Nullable Object of(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> members((ObjectNode) node);
            case ARRAY -> {
                var items = new ArrayList<@Nullable Object>();
                node.forEach(item -> items.add(of(item)));
                yield items;
            }
            case STRING -> ours ? text(node.stringValue()) : node.stringValue();
            case NUMBER -> node.decimalValue().stripTrailingZeros().toPlainString();
            case BOOLEAN -> node.booleanValue();
            default -> null;
        };
    }

    private Map<String, @Nullable Object> members(ObjectNode node) {
        var members = new TreeMap<String, @Nullable Object>();
        for (var member : (ours && isOwn(node) ? undescribed(node) : node).properties()) {
            var name = ONE_SPELLING.getOrDefault(member.getKey(), member.getKey());
            var value = of(member.getValue());
            members.put(name, switch (name) {
                case "data", "thoughtSignature" -> value == null ? null : bytes(value.toString());
                // the client's own dump is without them
                case "raw" -> withoutNulls(value);
                // a set on their side
                case "anthropic-beta" -> new TreeSet<>(Arrays.asList(String.valueOf(value).split(",")));
                default -> value;
            });
        }
        return members;
    }

    private static JsonNode schema(ObjectNode tool) {
        return Stream.of("parameters", "input_schema", "parameters_json_schema").map(tool::path).filter(JsonNode::isObject).findFirst()
                .orElse(tool.path(""));
    }

    private static boolean isOwn(ObjectNode tool) {
        return OWN.contains(tool.path("name").asString("")) && schema(tool).isObject();
    }

    private static ObjectNode undescribed(ObjectNode tool) {
        var copy = tool.deepCopy();
        assertThat(copy.remove("description").asString("")).as("a description").isNotBlank();
        schema(copy).path("properties").forEach(property ->
                assertThat(((ObjectNode) property).remove("description").asString("")).as("a description").isNotBlank());
        return copy;
    }

    private static @Nullable Object withoutNulls(@Nullable Object value) {
        return switch (value) {
            case List<?> items -> items.stream().map(Neutral::withoutNulls).toList();
            case Map<?, ?> members -> {
                var kept = new TreeMap<String, @Nullable Object>();
                members.forEach((name, member) -> {
                    if (member != null) {
                        kept.put(name.toString(), withoutNulls(member));
                    }
                });
                yield kept;
            }
            case null, default -> value;
        };
    }

    private String bytes(String base64) {
        var plain = base64.replace('-', '+').replace('_', '/');
        try {
            var image = seen ? ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(plain))) : null;
            return image == null ? plain : "an image of " + image.getWidth() + " by " + image.getHeight();
        } catch (IOException | IllegalArgumentException e) {
            return plain;
        }
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
