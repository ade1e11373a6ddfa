// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.cdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.assay.sdk.agents.AgentRun;
import dev.assay.sdk.agents.PromptTurn;
import dev.assay.sdk.agents.RecordedSteps;
import dev.assay.sdk.agents.chat.ChatDialect;
import dev.assay.sdk.agents.claude.ClaudeDialect;
import dev.assay.sdk.agents.gemini.GeminiDialect;
import dev.assay.sdk.agents.loop.Dialect;
import dev.assay.sdk.agents.loop.ScriptedModel;
import dev.assay.sdk.agents.loop.ToolHarness;
import dev.assay.sdk.agents.openai.OpenAiDialect;
import dev.assay.sdk.agents.tool.ToolOutcome;
import dev.assay.sdk.protocol.Capability;
import dev.assay.sdk.protocol.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A real browser, with a window on a screen: without one it closes dialogs itself. */
@Timeout(120)
@DisabledIfEnvironmentVariable(named = "ASSAY_TESTS_WITHOUT", matches = ".*(chromium|tigervnc).*",
        disabledReason = "no Chromium, or no screen for it")
class BrowserTests {

    private static final Map<String, String> PAGES = Map.of(
            "/form", """
                    <title>A form</title><body style='margin:0;height:3000px'><form action='/done'>
                    <input name=word id=word style='position:absolute;left:100px;top:100px;width:200px;height:40px'></form>
                    <button id=far style='position:absolute;left:10px;top:2500px' onclick="document.title='Pushed'">far</button></body>""",
            "/done", "<title>Done</title><body>Thank you.</body>");

    @TempDir
    static Path folder;

    private static HttpServer site;
    private static Process screen;
    private static Process chromium;
    private static int port;

    @BeforeAll
    static void start() throws Exception {
        site = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        site.createContext("/", exchange -> {
            var page = PAGES.getOrDefault(exchange.getRequestURI().getPath(), "").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        site.start();
        screen = new ProcessBuilder("Xvnc", "-displayfd", "1", "-geometry", "800x600", "-depth", "24", "-rfbport", "-1")
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        var starting = new ProcessBuilder(
                        "chromium", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", "--no-first-run",
                        "--window-size=800,600", "--user-data-dir=" + folder, "about:blank")
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        starting.environment().put("DISPLAY", ":" + screen.inputReader().readLine());
        chromium = starting.start();
        var file = folder.resolve("DevToolsActivePort");
        await().until(() -> Files.exists(file) && Files.readAllLines(file).size() > 1);
        port = Integer.parseInt(Files.readAllLines(file).getFirst());
    }

    @AfterAll
    static void stop() throws Exception {
        site.stop(0);
        var processes = Stream.concat(chromium.descendants(), Stream.of(chromium.toHandle())).toList();
        processes.forEach(ProcessHandle::destroy);
        for (var process : processes) { // each of them may still write into the folder
            process.onExit().get(1, TimeUnit.MINUTES);
        }
        screen.destroy();
    }

    @Test
    void aModelFindsItsWayThroughPages() throws Exception {
        try (var browser = connect("ws://there:9222")) {
            var opened = browser.call("browser_navigate", Json.object().put("url", url("/form")));
            assertThat(opened.text()).isEqualTo("A form - " + url("/form"));
            var bytes = Base64.getDecoder().decode(opened.content().getLast().path("data").stringValue());
            var picture = ImageIO.read(new ByteArrayInputStream(bytes));
            assertThat(picture.getWidth()).isGreaterThan(700);
            assertThat(evaluated(browser, "alert('a dialog holds nobody up'), 7")).isEqualTo("7");
            browser.call("browser_click", Json.object().put("x", 150).put("y", 120));
            browser.call("browser_type", Json.object().put("text", "grün"));
            assertThat(evaluated(browser, "document.getElementById('word').value")).isEqualTo("\"grün\"");
            assertThat(browser.call("browser_click", Json.object().put("selector", "#far")).text()).startsWith("Pushed - ");
            browser.call("browser_scroll", Json.object().put("down", -5000));
            assertThat(evaluated(browser, "scrollY")).isEqualTo("0");
            browser.call("browser_click", Json.object().put("selector", "#word"));
            browser.call("browser_key", Json.object().put("key", "Enter"));
            await().untilAsserted(() -> assertThat(browser.call("browser_text", Json.object()).text())
                    .isEqualTo("Done - " + url("/done?word=gr%C3%BCn") + "\n\nThank you."));
            assertThat(browser.call("browser_back", Json.object()).text()).contains("/form");
        }
    }

    /** No provider has a tool for a browser: to each it is a server of tools, whose pictures it is shown as always. */
    @ParameterizedTest
    @MethodSource("dialects")
    void aModelOfAnyProviderIsGivenItWhereItsConfigWantsIt(Dialect dialect, String calls, String says) throws Exception {
        var answers = Json.array().add(Json.MAPPER.readTree(calls.replace("URL", url("/form")))).add(Json.MAPPER.readTree(says));
        try (var model = new ScriptedModel(answers)) {
            var steps = new RecordedSteps();
            var run = new AgentRun(
                    "2b0e365b20f64f3bb114738e592b4f44", null, Json.object().put("browser_tools", true), PromptTurn.of(Json.tree("Go.")),
                    List.of(new Capability("browser", "cdp/1.3", "ws://there:9222")),
                    capability -> new Socket(InetAddress.getLoopbackAddress(), port), model.endpoint(), steps);

            var result = new ToolHarness(dialect, null, Clock.systemUTC()).run(run);

            assertThat(result.content()).isEqualTo("Done.");
            assertThat(steps.shape()).containsExactly("agent [browser_navigate]", "tool browser_navigate", "agent []");
            assertThat(steps.toolText(0)).isEqualTo("A form - " + url("/form"));
            assertThat(model.asked.get(0).toString()).contains("browser_navigate", "browser_evaluate");
            // as base64 a PNG begins so
            assertThat(model.asked.get(1).toString()).contains("A form - ", "iVBORw0KGgo");
        }
    }

    static Stream<Arguments> dialects() {
        return Stream.of(
                Arguments.of(new ClaudeDialect(), """
                        {"events": [
                          {"type": "message_start", "message": {"id": "m", "content": [], "usage": {"input_tokens": 1}}},
                          {"type": "content_block_start", "index": 0,
                           "content_block": {"type": "tool_use", "id": "c1", "name": "browser_navigate", "input": {}}},
                          {"type": "content_block_delta", "index": 0,
                           "delta": {"type": "input_json_delta", "partial_json": "{\\"url\\": \\"URL\\"}"}},
                          {"type": "content_block_stop", "index": 0},
                          {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 1}},
                          {"type": "message_stop"}]}""", """
                        {"events": [
                          {"type": "message_start", "message": {"id": "m", "content": [], "usage": {"input_tokens": 1}}},
                          {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": "Done."}},
                          {"type": "content_block_stop", "index": 0},
                          {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 1}},
                          {"type": "message_stop"}]}"""),
                Arguments.of(new OpenAiDialect(), """
                        {"body": {"id": "r1", "output": [{"type": "function_call", "call_id": "c1", "name": "browser_navigate",
                                                          "arguments": "{\\"url\\": \\"URL\\"}"}]}}""", """
                        {"body": {"id": "r2", "output": [{"type": "message", "role": "assistant",
                                                          "content": [{"type": "output_text", "text": "Done."}]}]}}"""),
                Arguments.of(new GeminiDialect(), """
                        {"events": [{"candidates": [{"content": {"role": "model", "parts": [
                            {"functionCall": {"name": "browser_navigate", "args": {"url": "URL"}}}]}, "finishReason": "STOP"}]}]}""", """
                        {"events": [{"candidates": [{
                            "content": {"role": "model", "parts": [{"text": "Done."}]}, "finishReason": "STOP"}]}]}"""),
                Arguments.of(new ChatDialect(), """
                        {"body": {"choices": [{"finish_reason": "tool_calls", "message": {"role": "assistant", "tool_calls": [
                            {"id": "c1", "type": "function",
                             "function": {"name": "browser_navigate", "arguments": "{\\"url\\": \\"URL\\"}"}}]}}]}}""", """
                        {"body": {"choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": "Done."}}]}}"""));
    }

    @Test
    void whatCannotBeDoneIsTold() throws Exception {
        try (var browser = connect("http://there:9222/")) {
            assertThat(failed(browser, "browser_navigate", "url", "http://127.0.0.1:1/")).contains("ERR_");
            assertThat(failed(browser, "browser_click", "selector", "#nothing")).contains("#nothing");
            assertThat(failed(browser, "browser_evaluate", "expression", "throw new Error('no')")).contains("Error: no");
            assertThatThrownBy(() -> browser.call("browser_click", Json.object().put("x", 1)))
                    .isInstanceOf(IllegalArgumentException.class).hasMessage("y is required");
            assertThatThrownBy(() -> browser.call("browser_key", Json.object().put("key", "Any")))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("Enter");
            assertThatThrownBy(() -> browser.call("browser_evaluate", Json.object().put("expression", "'x'.repeat(20000000)")))
                    .isInstanceOf(CdpException.class).hasMessageContaining("longer than 16777216 bytes");
            assertThat(browser.call("browser_evaluate", Json.object().put("expression", "1 + 1")).text()).isEqualTo("2");
        }
    }

    @Test
    void everyToolThatIsListedIsThere() throws Exception {
        try (var browser = connect("ws://there:9222")) {
            assertThat(browser.tools()).hasSize(9).allSatisfy(tool -> {
                assertThat(tool.parameters().path("type").stringValue()).isEqualTo("object");
                try {
                    browser.call(tool.name(), Json.object());
                } catch (IllegalArgumentException e) {
                    assertThat(e.getMessage()).doesNotContain("unknown tool");
                }
            });
        }
    }

    @Test
    void whatIsNoBrowserIsAnErrorOfItsOwn() {
        for (var address : new String[] {"ws://there:1", "ws://there:1/devtools/page/none"}) {
            assertThatThrownBy(() -> Browser.connect(new Capability("browser", "cdp/1.3", address), capability -> {
                        throw new IOException("nobody there");
                    }))
                    .isInstanceOf(CdpException.class).hasMessageContaining("nobody there");
        }
        assertThatThrownBy(() -> Browser.connect(
                        new Capability("browser", "cdp/1.3", "ws://there:1"),
                        capability -> new Socket(InetAddress.getLoopbackAddress(), site.getAddress().getPort())))
                .isInstanceOf(CdpException.class);
    }

    private static Browser connect(String address) throws Exception {
        return Browser.connect(
                new Capability("browser", "cdp/1.3", address), capability -> new Socket(InetAddress.getLoopbackAddress(), port));
    }

    private static String url(String path) {
        return "http://127.0.0.1:" + site.getAddress().getPort() + path;
    }

    private static String evaluated(Browser browser, String expression) throws Exception {
        return browser.call("browser_evaluate", Json.object().put("expression", expression)).text();
    }

    private static String failed(Browser browser, String tool, String name, String value) throws Exception {
        ToolOutcome outcome = browser.call(tool, Json.object().put(name, value));
        assertThat(outcome.failed()).isTrue();
        return outcome.text();
    }
}
