// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.sdk.agents.AgentResult;
import dev.assay.sdk.agents.AgentRun;
import dev.assay.sdk.agents.NoModelAnswerException;
import dev.assay.sdk.agents.PromptTurn;
import dev.assay.sdk.agents.chat.ChatDialect;
import dev.assay.sdk.agents.claude.ClaudeDialect;
import dev.assay.sdk.agents.gemini.GeminiDialect;
import dev.assay.sdk.agents.model.ModelHttp;
import dev.assay.sdk.agents.model.QuickModels;
import dev.assay.sdk.agents.openai.OpenAiDialect;
import dev.assay.sdk.agents.ssh.FakeWorkspace;
import dev.assay.sdk.agents.tool.ScreenVerbs;
import dev.assay.sdk.agents.tool.ToolServer;
import dev.assay.sdk.agents.tool.WorkspaceFiles;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.step.Spans;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Ours against the published client's own agents, in the same conversations. */
@Timeout(60)
class RecordedConversationsTests {

    private static final List<Dialect> DIALECTS = List.of(new ClaudeDialect(), new OpenAiDialect(), new GeminiDialect(), new ChatDialect());

    /** Where we mean to be different. */
    private static final Map<String, String> DIFFERENT = Map.of(
            "openai usage without details", "the client's run breaks over a count that the provider leaves out, ours has no such count");

    private static ScriptedWorkspace workspace;

    private final ArrayNode did = Json.array();
    private final ArrayNode steps = Json.array();
    private final Spans spans = new Spans(ScriptedModel.TRACE);

    @TempDir
    private Path folder;

    @BeforeAll
    static void serve() throws Exception {
        workspace = new ScriptedWorkspace();
    }

    @AfterAll
    static void stop() throws Exception {
        workspace.close();
    }

    static Stream<RecordedConversation> conversations() {
        return DIALECTS.stream()
                .flatMap(dialect -> RecordedConversation.of(dialect.type()).stream())
                .filter(recorded -> !DIFFERENT.containsKey(recorded.toString()));
    }

    @ParameterizedTest
    @MethodSource("conversations")
    void isAsTheClientsOwnAgentHasIt(RecordedConversation recorded) throws Exception {
        try (var model = new ScriptedModel(recorded.part("answers"))) {
            var ending = ending(recorded, model);
            same("what was asked", recorded, "requests", model.asked);
            same("what was done", recorded, "did", did);
            same("what was kept", recorded, "steps", steps);
            assertThat(ending).as("how it ended").isEqualTo(recorded.part("ending"));
        }
    }

    private static void same(String what, RecordedConversation recorded, String part, JsonNode ours) {
        var theirs = new Neutral(recorded.dialect(), false).of(recorded.part(part));
        assertThat(new Neutral(recorded.dialect(), true).of(ours)).as(what).isEqualTo(theirs);
    }

    private JsonNode ending(RecordedConversation recorded, ScriptedModel model) throws Exception {
        var dialect = DIALECTS.stream().filter(one -> one.type().equals(recorded.dialect())).findFirst().orElseThrow();
        var config = ((ObjectNode) recorded.part("config").deepCopy());
        if (!recorded.part("hosted").isEmpty()) {
            config.set("hosted_tools", hosted(recorded));
        }
        var run = new AgentRun(
                "2b0e365b20f64f3bb114738e592b4f44", null, config, PromptTurn.of(recorded.part("prompt")), List.of(), FakeWorkspace::route,
                model.endpoint(), (step, startedAt, endedAt) -> steps.add(kept(spans.next(step, startedAt, endedAt))));
        try {
            var http = QuickModels.at(run.model(), dialect.wire());
            var result = run(dialect, run, http, connections(recorded, dialect));
            return ending(result.status(), result.stopReason(), result.content());
        } catch (NoModelAnswerException e) {
            return ending(AgentResult.ERROR, null, null);
        } catch (IOException e) {
            // the client raises, too, what kept the run from beginning
            did.addObject().put("raised", "ValueError");
            return ending(null, null, null);
        }
    }

    /** As each provider wants them declared; the recordings name them as the client does. */
    private static JsonNode hosted(RecordedConversation recorded) {
        var hosted = Json.array();
        recorded.part("hosted").properties().forEach(tool -> {
            switch (tool.getKey()) {
                case "google_search" -> hosted.addObject().putObject("googleSearch");
                case "url_context" -> hosted.addObject().putObject("urlContext");
                case "code_execution" -> hosted.addObject().putObject("codeExecution");
                default -> hosted.addObject().put("type", tool.getKey()).setAll((ObjectNode) tool.getValue());
            }
        });
        return hosted;
    }

    private AgentResult run(Dialect dialect, AgentRun run, ModelHttp http, Connections connections) throws Exception {
        var offers = dialect.offers(connections, run);
        var conversation = dialect.open(http, run, offers);
        var tools = offers.stream().map(Offer::tool).toList();
        var settings = LoopSettings.of(run.config(), dialect.defaults());
        return new ToolLoop(conversation, tools, FollowUp.NEVER, settings, run.steps(), Clock.systemUTC()).run();
    }

    /** The first workspace and the first screen, and all servers, as far as the dialect works with them. */
    private Connections connections(RecordedConversation recorded, Dialect dialect) throws IOException {
        WorkspaceFiles shell = null;
        ScreenVerbs screen = null;
        var servers = new LinkedHashMap<String, ToolServer>();
        for (var script : recorded.part("capabilities")) {
            var protocol = script.path("protocol").asString();
            if (!dialect.protocols().contains(protocol)) {
                continue;
            }
            switch (protocol) {
                case Connections.SSH -> shell = shell == null ? workspace.playing(script, did, folder) : shell;
                case Connections.RFB -> {
                    var encoding = recorded.part("config").path("screenshot_encoding").path("mime_type").asString("image/png");
                    screen = new ScriptedScreen(script, encoding, did);
                }
                default -> servers.put(script.path("name").asString(), new ScriptedServer(script, did));
            }
        }
        return Connections.of(shell, screen, servers);
    }

    private static JsonNode kept(ObjectNode span) {
        var payload = (ObjectNode) Json.MAPPER.readTree(span.path("attributes").path("hud.payload").toString());
        payload.remove(List.of("started_at", "ended_at"));
        return payload;
    }

    private static JsonNode ending(String status, String stopReason, String content) {
        return Json.object().put("status", status).put("stop_reason", stopReason).put("content", content);
    }
}
