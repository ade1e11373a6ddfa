// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.step.Spans;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What the programs write, and what comes of it: {@code *-steps.json} is what the published client's own agents made of the same lines. */
class CliEventsTests {

    private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");
    private static final String MESSAGE = """
            {"type":"assistant","message":{"model":"m","content":[{"type":"%s"%s}],"stop_reason":null,"usage":{"input_tokens":1,"output_tokens":1}}}
            """;
    private static final String RESULT = "{\"type\":\"result\",\"subtype\":\"success\",\"is_error\":false,\"result\":\"4\"}";

    private final List<ObjectNode> spans = new ArrayList<>();
    private final Spans numbering = new Spans("a".repeat(32));
    private final CliTrace trace = new CliTrace((step, from, to) -> spans.add(numbering.next(step, from, to)));

    @Test
    void claudesTimelineIsTheClientsOwn() throws Exception {
        compare(new ClaudeEvents(trace), "claude");
    }

    @Test
    void codexsTimelineIsTheClientsOwn() throws Exception {
        compare(new CodexEvents(trace, "gpt-5.6-sol"), "codex");
    }

    private void compare(CliEvents events, String program) throws Exception {
        for (var line : resource(program + ".jsonl").lines().toList()) {
            events.line(line, NOW);
        }
        events.end(0, "");

        var recorded = Json.MAPPER.readTree(resource(program + "-steps.json"));
        var told = Json.array();
        spans.forEach(span -> {
            var payload = (ObjectNode) span.path("attributes").path("hud.payload");
            payload.remove(List.of("started_at", "ended_at"));
            told.addObject()
                    .<ObjectNode>set("name", span.path("name"))
                    .<ObjectNode>set("status_code", span.path("status_code"))
                    .set("payload", payload);
        });
        // as it is on the wire: kinds of numbers are the reader's
        var onTheWire = Json.MAPPER.readTree(told.toString());
        for (var at = 0; at < recorded.path("steps").size(); at++) {
            assertThat(onTheWire.path(at)).as("step %s", at + 1).isEqualTo(recorded.path("steps").path(at));
        }
        assertThat(onTheWire).hasSameSizeAs(recorded.path("steps"));
        assertThat(trace.content()).isEqualTo(recorded.path("content").stringValue());
        assertThat((JsonNode) trace.extra()).isEqualTo(recorded.path("extra"));
    }

    /** In order: what was said, the status, what was written as errors, and how that ends; the best reason wins. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "fine", textBlock = """
            answer,result        | 0   | ``         | fine
            answer,result        | 1   | ``         | fine
            answer,result        | 1   | broken     | broken
            answer               | 0   | ``         | claude CLI ended and told no result
            answer               | 137 | ``         | claude CLI ended with status 137
            answer               | 137 | Killed     | Killed
            call,result          | 0   | ``         | claude CLI never told what came of its calls t1
            answer,failure       | 1   | noise      | API Error: 400 not today
            """)
    void claudesEndIsTold(String said, int status, String errors, @Nullable String problem) throws Exception {
        var events = new ClaudeEvents(trace);
        for (var what : said.split(",")) {
            events.line(switch (what) {
                case "answer" -> MESSAGE.formatted("text", ",\"text\":\"4\"");
                case "call" -> MESSAGE.formatted("tool_use", ",\"id\":\"t1\",\"name\":\"Bash\",\"input\":{}");
                case "failure" -> RESULT.replace("false", "true").replace("\"4\"", "\"API Error: 400 not today\"");
                default -> RESULT;
            }, NOW);
        }
        ends(events, status, errors, problem);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "fine", textBlock = """
            {"type":"turn.completed","usage":{}}                          | 0   | noise | fine
            {"type":"turn.completed","usage":{}}                          | 137 | ``    | codex CLI ended with status 137
            {"type":"turn.started"}                                       | 0   | ``    | codex CLI ended before its turn was complete
            {"type":"turn.failed","error":{"message":"stream ended"}}     | 1   | noise | stream ended
            {"type":"error","message":"Reconnecting... 1/5"}              | 0   | ``    | Reconnecting... 1/5
            """)
    void codexsEndIsTold(String said, int status, String errors, @Nullable String problem) throws Exception {
        var events = new CodexEvents(trace, "m");
        events.line(said, NOW);
        ends(events, status, errors, problem);
    }

    private static void ends(CliEvents events, int status, String errors, @Nullable String problem) {
        if (problem == null) {
            assertThatCode(() -> events.end(status, errors)).doesNotThrowAnyException();
        } else {
            assertThatThrownBy(() -> events.end(status, errors)).isInstanceOf(CliException.class).hasMessage(problem);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            node: command not found                                                   | no JSON object: 'node: command not found'
            [1]                                                                       | no JSON object
            {"type":"assistant","message":{"content":"text"}}                         | a message without content
            {"type":"user","message":{"content":[{"type":"tool_result"}]}}            | without its 'tool_use_id'
            {"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"x"}]}} | a call 'x' that nobody made
            """)
    void whatIsNoEventOfClaudesIsNamed(String line, String reason) {
        assertThatThrownBy(() -> new ClaudeEvents(trace).line(line, NOW)).isInstanceOf(CliException.class).hasMessageContaining(reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            Usage: codex                                                              | no JSON object: 'Usage: codex'
            {"type":"item.completed","item":{"type":"reasoning"}}                     | without its 'id'
            {"type":"item.completed","item":{"id":"i","type":"agent_message"}}        | without its 'text'
            """)
    void whatIsNoEventOfCodexsIsNamed(String line, String reason) {
        assertThatThrownBy(() -> new CodexEvents(trace, "m").line(line, NOW)).isInstanceOf(CliException.class).hasMessageContaining(reason);
    }

    /** The program makes up a message of its own where no model answered. */
    @Test
    void aMessageOfTheProgramsOwnIsNoAnswerOfAModel() throws Exception {
        new ClaudeEvents(trace).line(MESSAGE.formatted("text", ",\"text\":\"API Error\"").replace("\"m\"", "\"<synthetic>\""), NOW);
        assertThat(trace.wasAnswered()).isFalse();

        new ClaudeEvents(trace).line(MESSAGE.formatted("text", ",\"text\":\"4\""), NOW);
        assertThat(trace.wasAnswered()).isTrue();
    }

    /** "yes" ends at the bound and not in an hour: no line costs more for those before it. */
    @Test
    void aCommandsAnswerIsBoundedAndWrittenOnce() throws Exception {
        var events = new CommandCli().events(null, trace);
        for (var lines = 0; lines < 1 << 21; lines++) {
            events.line("y", NOW);
        }
        assertThat(trace.content()).hasSize((1 << 22) - 1);
        assertThatThrownBy(() -> events.line("yy", NOW)).isInstanceOf(CliException.class).hasMessageContaining("an answer of more than");
    }

    /** Whatever ends it then, its time or itself: what it had is graded. */
    @Test
    void aCommandHasAnsweredOnceItWrites() throws Exception {
        var events = new CommandCli().events(null, trace);
        events.line("", NOW);
        assertThat(trace.wasAnswered()).isFalse();

        events.line("so far", NOW);
        assertThat(trace.wasAnswered()).isTrue();
        assertThat(trace.content()).isEqualTo("\nso far");
    }

    @Test
    void whatIsBegunAndNeverEndedDoesNotFillTheMemory() throws Exception {
        var codex = new CodexEvents(trace, "m");
        assertThatThrownBy(() -> {
            for (var item = 0; item < 1_001; item++) {
                codex.line("{\"type\":\"item.started\",\"item\":{\"id\":\"" + item + "\"}}", NOW);
            }
        }).isInstanceOf(CliException.class).hasMessageContaining("at most 1000");
        var claude = new ClaudeEvents(trace);
        var written = "x".repeat(6 << 20);
        assertThatThrownBy(() -> {
            for (var call = 0; call < 3; call++) {
                claude.line(MESSAGE.formatted("tool_use", ",\"id\":\"t" + call + "\",\"name\":\"Write\",\"input\":{\"text\":\"" + written + "\"}"), NOW);
            }
        }).isInstanceOf(CliException.class).hasMessageContaining("of 16777216 characters");
    }

    private static String resource(String name) throws IOException {
        try (var file = Objects.requireNonNull(CliEventsTests.class.getResourceAsStream("/cli/" + name))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
