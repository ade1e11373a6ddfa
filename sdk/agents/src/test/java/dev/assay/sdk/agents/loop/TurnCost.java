// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.loop;

import com.sun.management.OperatingSystemMXBean;
import dev.assay.sdk.agents.AgentRun;
import dev.assay.sdk.agents.ModelEndpoint;
import dev.assay.sdk.agents.PromptTurn;
import dev.assay.sdk.agents.chat.ChatDialect;
import dev.assay.sdk.agents.claude.ClaudeDialect;
import dev.assay.sdk.agents.gemini.GeminiDialect;
import dev.assay.sdk.agents.openai.OpenAiDialect;
import dev.assay.sdk.agents.tool.ToolOutcome;
import dev.assay.sdk.agents.tool.ToolServer;
import dev.assay.sdk.protocol.Json;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * What a turn costs on our side: the time from the last byte of a model's answer to the first of the next request, and the processor's,
 * its server's share in this program taken off. Asserts nothing, and runs only when it is named:
 * {@code mvn -pl sdk/agents test -Dtest=TurnCost}. Runs of twenty turns, each with a call of a tool that does nothing.
 */
class TurnCost {

    private static final int TURNS = 20;
    private static final int WARM_UP = 150;
    private static final int RUNS = 150;

    @ParameterizedTest
    @ValueSource(strings = {"claude", "openai", "gemini", "openai_compatible"})
    void ofADialect(String type) throws Exception {
        try (var model = new Model(type)) {
            runs(type, model, WARM_UP);
            model.gaps = new long[RUNS * (TURNS - 1)];
            model.seen = 0;
            var begun = processor() - model.processor();
            runs(type, model, RUNS);
            var used = processor() - model.processor() - begun;
            var gaps = model.gaps;
            Arrays.sort(gaps);
            System.out.printf(
                    Locale.ROOT, "%-18s between an answer and the next request: median %d us, 99 %% below %d us; processor %d us a turn%n",
                    type, gaps[gaps.length / 2] / 1000, gaps[gaps.length * 99 / 100] / 1000, used / 1000 / (RUNS * TURNS));
        }
    }

    private static long processor() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private static void runs(String type, Model model, int count) throws Exception {
        var dialect = switch (type) {
            case "claude" -> new ClaudeDialect();
            case "openai" -> new OpenAiDialect();
            case "gemini" -> new GeminiDialect();
            default -> new ChatDialect();
        };
        var harness = new ToolHarness(
                dialect, null, Clock.systemUTC(), (run, protocols, encoding) -> Connections.of(null, null, Map.of("tools", new Nothing())));
        for (var i = 0; i < count; i++) {
            model.answered = 0;
            var result = harness.run(new AgentRun(
                    "0".repeat(32), null, Json.object().put("max_steps", TURNS).put("model", "claude-x"), PromptTurn.of(Json.tree("Go.")),
                    List.of(), capability -> { throw new IOException("no way"); }, new ModelEndpoint(model.url(), "k", Map.of()),
                    (step, startedAt, endedAt) -> { }, null));
            if (!"max_steps".equals(result.stopReason())) {
                throw new IllegalStateException(String.valueOf(result));
            }
        }
    }

    private record Nothing() implements ToolServer {

        @Override
        public List<Listed> tools() {
            return List.of(new Listed("nothing", "Does nothing.", Json.object().put("type", "object")));
        }

        @Override
        public ToolOutcome call(String tool, JsonNode arguments) {
            return ToolOutcome.text("done");
        }

        @Override
        public void close() {}
    }

    /** Answers each request at once with a call; one connection at a time. */
    private static final class Model implements AutoCloseable {

        private static final Map<String, String> ANSWERS = Map.of(
                "openai_compatible", """
                {"id":"r","model":"m","choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant","content":null,
                "tool_calls":[{"id":"c","type":"function","function":{"name":"nothing","arguments":"{}"}}]}}]}""",
                "openai", """
                {"id":"r","model":"m","object":"response","status":"completed","output":[{"type":"function_call","id":"f","call_id":"c",
                "name":"nothing","arguments":"{}","status":"completed"}],"usage":{"input_tokens":1,"output_tokens":1}}""",
                "gemini", """
                data: {"candidates":[{"content":{"role":"model","parts":[{"functionCall":{"name":"nothing","args":{}}}]},"finishReason":"STOP"}]}

                """,
                "claude", """
                event: message_start
                data: {"type":"message_start","message":{"id":"m","role":"assistant","model":"m","content":[],"usage":{"input_tokens":1}}}

                event: content_block_start
                data: {"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"c","name":"nothing","input":{}}}

                event: message_delta
                data: {"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":1}}

                """);

        private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final byte[] answer;
        private final Thread server = new Thread(this::serve);
        private volatile long[] gaps = new long[WARM_UP * TURNS];
        private volatile int seen;
        private volatile int answered;

        Model(String type) throws IOException {
            var body = ANSWERS.get(type);
            answer = ("HTTP/1.1 200 OK\r\nContent-Type: " + (body.startsWith("{") ? "application/json" : "text/event-stream")
                    + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.UTF_8);
            server.start();
        }

        String url() {
            return "http://127.0.0.1:" + socket.getLocalPort();
        }

        long processor() {
            return ManagementFactory.getThreadMXBean().getThreadCpuTime(server.threadId());
        }

        private void serve() {
            while (!socket.isClosed()) {
                try (Socket connection = socket.accept()) {
                    connection.setTcpNoDelay(true);
                    answer(connection);
                } catch (IOException e) {
                    // the next connection, if there is one
                }
            }
        }

        private void answer(Socket connection) throws IOException {
            var input = new BufferedInputStream(connection.getInputStream(), 1 << 16);
            long last = 0;
            while (true) {
                input.mark(1);
                if (input.read() < 0) {
                    return;
                }
                if (answered > 0) {
                    gaps[seen++] = System.nanoTime() - last;
                }
                input.reset();
                skip(input);
                answered++;
                last = System.nanoTime();
                connection.getOutputStream().write(answer);
            }
        }

        private static void skip(InputStream input) throws IOException {
            var length = 0L;
            while (true) {
                var line = line(input);
                if (line.isEmpty()) {
                    input.skipNBytes(length);
                    return;
                }
                if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                    length = Long.parseLong(line.substring(15).strip());
                }
            }
        }

        private static String line(InputStream input) throws IOException {
            var line = new StringBuilder();
            for (var next = input.read(); next != '\n' && next >= 0; next = input.read()) {
                if (next != '\r') {
                    line.append((char) next);
                }
            }
            return line.toString();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
