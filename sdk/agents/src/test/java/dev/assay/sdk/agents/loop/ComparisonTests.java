// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.sdk.agents.AgentResult;
import dev.assay.sdk.agents.AgentRun;
import dev.assay.sdk.agents.NoModelAnswerException;
import dev.assay.sdk.agents.PromptTurn;
import dev.assay.sdk.agents.chat.ChatDialect;
import dev.assay.sdk.agents.claude.ClaudeDialect;
import dev.assay.sdk.agents.ssh.FakeWorkspace;
import dev.assay.sdk.agents.ssh.SshWorkspace;
import dev.assay.sdk.agents.tool.ToolOutcome;
import dev.assay.sdk.agents.tool.ToolServer;
import dev.assay.sdk.agents.tool.WorkspaceFiles;
import dev.assay.sdk.protocol.Capability;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.step.Spans;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the published client's own agent asked of a model and told of itself, against what we do in the same conversation: request by
 * request, step by step. The scenarios and what was recorded of them are in {@code comparison/}, with the script that records.
 */
class ComparisonTests {

    private static final Path SCENARIOS = Path.of("src/test/resources/comparison");
    private static final String TRACE = "0123456789abcdef0123456789abcdef";

    private static final Set<String> OWN =
            Set.of("bash", "edit", "glob", "grep", "read", "write", "str_replace_based_edit_tool", "computer");

    private static final Map<String, String> WORDS = Map.ofEntries(
            Map.entry("there is nothing to change: .*", "<the same>"),
            Map.entry("the file exists: .*", "<exists>"),
            Map.entry("there is no oldString in ", "<absent> "),
            Map.entry("oldString stands (\\d+) times in (.*): .*", "<several> $1 $2"),
            Map.entry("offset (\\d+) is beyond .* (\\d+) lines", "<beyond> $1 $2"),
            Map.entry("there is nothing to restart: .*", "<no restart>"),
            Map.entry("say in command .*", "<no command>"),
            Map.entry("the provider refused to answer (\\(.*\\))", "<refused> $1"),
            Map.entry("\\[an earlier image.*]", "<an image before>"),
            Map.entry("The arguments of your last tool call .*\\nThis is what came.*?: ", "<no JSON> "),
            Map.entry("(type|key|hold_key) needs `text`.*", "<no text> $1"),
            Map.entry("zoom needs .*", "<no region>"),
            Map.entry("a drag needs .*", "<no way>"),
            Map.entry("insert needs `insert_line`.*", "<no number>"),
            Map.entry("insert_line (-?\\d+) is not in .* (\\d+) lines", "<no line> $1 $2"));

    @TempDir
    private Path folder;

    static Stream<Path> scenarios() throws IOException {
        return Stream.of(new ClaudeDialect(), new ChatDialect()).map(Dialect::type).flatMap(ComparisonTests::scenarios);
    }

    private static Stream<Path> scenarios(String type) {
        try (var files = Files.list(SCENARIOS.resolve(type))) {
            return files.sorted().toList().stream();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Dialect dialect(String type) {
        return switch (type) {
            case "claude" -> new ClaudeDialect();
            case "openai_compatible" -> new ChatDialect();
            default -> throw new IllegalArgumentException(type);
        };
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void theSameConversationIsTheSameRequestsAndTheSameSteps(Path file) throws Exception {
        var scenario = Json.MAPPER.readTree(file);
        for (var content : scenario.path("files").properties()) {
            var data = content.getValue();
            Files.write(folder.resolve(content.getKey()), data.isString() ? data.stringValue().getBytes(StandardCharsets.UTF_8)
                    : Base64.getDecoder().decode(data.path("base64").stringValue()));
        }
        var steps = new ArrayList<JsonNode>();
        var spans = new Spans("x");
        try (var model = new PlayedModel(scenario.path("answers"));
                var shell = new FakeWorkspace(folder);
                var connections = new Opened(scenario, shell)) {
            var harness = new ToolHarness(
                    dialect(scenario.path("agent").stringValue()), null, Clock.systemUTC(), connections::open);
            var run = new AgentRun(
                    TRACE, null, scenario.path("config"), PromptTurn.of(scenario.get("prompt")), capabilities(scenario),
                    FakeWorkspace::route, model.endpoint(TRACE),
                    (step, startedAt, endedAt) -> steps.add(
                            spans.next(step, startedAt, endedAt).path("attributes").path("hud.payload")));
            var result = run(harness, run);

            var recorded = scenario.path("recorded");
            assertThat(model.requests).hasSameSizeAs(recorded.path("requests"));
            for (var i = 0; i < model.requests.size(); i++) {
                assertThat(pretty(model.requests.get(i))).as("request %d", i).isEqualTo(pretty(recorded.path("requests").path(i)));
            }
            assertThat(steps).hasSameSizeAs(recorded.path("steps"));
            for (var i = 0; i < steps.size(); i++) {
                assertThat(pretty(steps.get(i))).as("step %d", i).isEqualTo(pretty(recorded.path("steps").path(i)));
            }
            assertThat(result.content()).isEqualTo(recorded.path("result").path("content").asStringOpt().orElse(null));
            assertThat(result.status()).isEqualTo(recorded.path("result").path("status").asStringOpt().orElse(null));
            assertThat(result.stopReason()).isEqualTo(recorded.path("result").path("stop_reason").asStringOpt().orElse(null));
        }
    }

    /** A run of which no model call was answered is not graded by us; the client grades it as an agent that said nothing. */
    private static AgentResult run(ToolHarness harness, AgentRun run) throws Exception {
        try {
            return harness.run(run);
        } catch (NoModelAnswerException e) {
            return AgentResult.failed(null, e.stopReason(), String.valueOf(e.getMessage()));
        }
    }

    private static List<Capability> capabilities(JsonNode scenario) {
        return scenario.path("capabilities").valueStream()
                .map(named -> new Capability(named.path(0).stringValue(), named.path(1).stringValue(), "tcp://127.0.0.1:1"))
                .toList();
    }

    /** Sorted by name, without what the two sides cannot have in common. */
    private static String pretty(JsonNode node) {
        return comparable(node).toPrettyString();
    }

    private static JsonNode comparable(JsonNode node) {
        return switch (node) {
            case ArrayNode array -> Json.array().addAll(array.valueStream().map(ComparisonTests::comparable).toList());
            case ObjectNode object -> {
                var sorted = Json.object();
                var own = OWN.contains(object.path("name").asString("")) && (object.has("parameters") || object.has("input_schema"));
                (own ? undescribed(object) : object).properties().stream().sorted(Map.Entry.comparingByKey()).forEach(member -> {
                    switch (member.getKey()) {
                        case "step_id", "started_at", "ended_at" -> { }
                        case "data" -> sorted.set("data", Json.tree(size(member.getValue().asString())));
                        // the client's own dump is without them
                        case "raw" -> sorted.set("raw", comparable(withoutNulls(member.getValue())));
                        // a set on their side
                        case "anthropic-beta" -> sorted.set("anthropic-beta", Json.tree(
                                Stream.of(member.getValue().asString().split(",")).sorted().toList()));
                        default -> sorted.set(member.getKey(), comparable(member.getValue()));
                    }
                });
                yield sorted;
            }
            default -> node.isNumber() ? Json.tree(node.doubleValue()) : node.isString() ? Json.tree(told(node.stringValue())) : node;
        };
    }

    /** Our words to the model by what they say, as the recordings have the client's; and where those are its language's or a library's own. */
    private static String told(String text) {
        var said = text;
        for (var words : WORDS.entrySet()) {
            said = said.replaceAll(words.getKey(), words.getValue());
        }
        return said.replaceAll("Error: [^.]*\\. JSON:", "Error: …. JSON:")
                .replaceAll("(cannot identify image file) <.*>", "$1")
                .replaceAll("(Unknown content block type: ).*", "$1…");
    }

    /** What our tools are called by is compared, and not how they are described. */
    private static ObjectNode undescribed(ObjectNode tool) {
        var copy = tool.deepCopy();
        copy.remove("description");
        for (var schema : List.of(copy.path("parameters"), copy.path("input_schema"))) {
            schema.path("properties").forEach(property -> ((ObjectNode) property).remove("description"));
        }
        return copy;
    }

    private static JsonNode withoutNulls(JsonNode node) {
        return switch (node) {
            case ArrayNode array -> Json.array().addAll(array.valueStream().map(ComparisonTests::withoutNulls).toList());
            case ObjectNode object -> {
                var kept = Json.object();
                object.properties().stream().filter(member -> !member.getValue().isNull())
                        .forEach(member -> kept.set(member.getKey(), withoutNulls(member.getValue())));
                yield kept;
            }
            default -> node;
        };
    }

    /** An image is compared by its size: the two sides' encoders differ. */
    private static String size(String base64) {
        try {
            var image = ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(base64)));
            return image == null ? base64 : "an image of " + image.getWidth() + " by " + image.getHeight();
        } catch (IOException | IllegalArgumentException e) {
            return base64;
        }
    }

    /** What the scenario has, opened: a real shell, the rest played. */
    private record Opened(JsonNode scenario, FakeWorkspace shell, List<SshWorkspace> dialled) implements AutoCloseable {

        Opened(JsonNode scenario, FakeWorkspace shell) {
            this(scenario, shell, new ArrayList<>());
        }

        Connections open(AgentRun run, Set<String> protocols, JsonNode encoding) throws Exception {
            WorkspaceFiles files = null;
            PlayedScreen screen = null;
            var servers = new LinkedHashMap<String, ToolServer>();
            for (var capability : run.capabilities()) {
                if (!protocols.contains(capability.protocol())) {
                    continue;
                }
                switch (capability.protocol()) {
                    case Connections.SSH -> {
                        if (files == null) {
                            dialled.add(SshWorkspace.connect(shell.capability(), FakeWorkspace::route));
                            files = new WorkspaceFiles(dialled.getLast());
                        }
                    }
                    case Connections.RFB -> screen = new PlayedScreen(scenario.path("screen"));
                    default -> servers.put(capability.name(), new Server(scenario.path("servers").path(capability.name())));
                }
            }
            return Connections.of(files, screen, servers);
        }

        @Override
        public void close() {
            dialled.forEach(SshWorkspace::close);
        }
    }

    private record Server(JsonNode told) implements ToolServer {

        @Override
        public List<Listed> tools() {
            return told.path("tools").valueStream()
                    .map(tool -> new Listed(
                            tool.path("name").stringValue(), tool.path("description").asStringOpt().orElse(null), tool.path("inputSchema")))
                    .toList();
        }

        @Override
        public ToolOutcome call(String tool, JsonNode arguments) {
            var result = told.path("results").path(tool);
            return new ToolOutcome(
                    result.path("content").valueStream().toList(), result.get("structuredContent"), result.path("isError").asBoolean(false),
                    result.get("_meta"));
        }

        @Override
        public void close() {}
    }
}
