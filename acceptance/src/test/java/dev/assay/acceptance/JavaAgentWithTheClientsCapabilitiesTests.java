// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.sdk.agents.cdp.Browser;
import dev.assay.sdk.agents.mcp.McpServer;
import dev.assay.sdk.agents.rfb.RfbVerbs;
import dev.assay.sdk.agents.rfb.ScreenshotEncoding;
import dev.assay.sdk.agents.tool.ScreenVerbs.Button;
import dev.assay.sdk.agents.tool.ScreenVerbs.Point;
import dev.assay.sdk.protocol.ControlClient;
import dev.assay.sdk.protocol.Json;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;

/** The agents' clients for tools, screens and browsers against the published client's own environments, through their control channels. */
@Timeout(300)
class JavaAgentWithTheClientsCapabilitiesTests {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String TRACE = "0123456789abcdef0123456789abcdef";

    @Test
    void toolsAreListedAndCalledByBothTransports() throws Exception {
        try (var served = new Hud().source("toolbox").start("serve", "env.py", "-p", "0"); var client = client(served)) {
            try (var words = McpServer.connect(client.capability("words"), one -> client.openTunnel(one.name()), TRACE);
                    var pictures = McpServer.connect(client.capability("pictures"), one -> client.openTunnel(one.name()), TRACE)) {
                assertThat(words.tools()).extracting("name").containsExactly("say_word", "who_asks", "ask_specialist");
                assertThat(words.tools().getFirst().parameters().path("required").toString()).isEqualTo("[\"times\"]");
                var said = words.call("say_word", Json.object().put("times", 3));
                assertThat(said.text()).matches("([0-9a-f]{8}) \\1 \\1");
                assertThat(said.structured()).isEqualTo(Json.object().put("result", said.text()));
                assertThat(words.call("who_asks", Json.object()).text()).isEqualTo("run " + TRACE);
                assertThat(words.call("say_word", Json.object().put("times", "often")).failed()).isTrue();
                assertThat(pictures.call("show", Json.object()).holdsImage()).isTrue();
            }
        }
    }

    @Test
    @DisabledIfEnvironmentVariable(named = "ASSAY_TESTS_WITHOUT", matches = ".*(tigervnc|x11-).*", disabledReason = "no Xvnc or xev here")
    void aScreenIsSeenAndWhatIsDoneToItArrives() throws Exception {
        try (var served = new Hud().source("desk").start("serve", "env.py", "-p", "0"); var client = client(served)) {
            client.start("click", Json.object().put("x", 320).put("y", 200));
            try (var screen = RfbVerbs.connect(
                    client.capability("rfb"), one -> client.openTunnel(one.name()), ScreenshotEncoding.WEBP)) {
                assertThat(List.of(screen.width(), screen.height())).containsExactly(640, 480);
                screen.click(new Point(320, 200), Button.RIGHT, 1, Duration.ZERO, List.of());
                screen.type("ok");
                assertThat(screen.screenshot().content().getFirst().path("mimeType").stringValue()).isEqualTo("image/webp");
            }
            assertThat(client.grade(Json.object().put("answer", "")).path("score").doubleValue()).isEqualTo(1.0);
        }
    }

    @Test
    @DisabledIfEnvironmentVariable(named = "ASSAY_TESTS_WITHOUT", matches = ".*chromium.*", disabledReason = "no Chromium here")
    void aBrowserIsDrivenByToolsOfOurs() throws Exception {
        try (var served = new Hud().source("pages").start("serve", "env.py", "-p", "0"); var client = client(served)) {
            var url = client.start("push", Json.object()).path("prompt").asString().replaceAll("(?s).*\"url\": \"([^\"]+)\".*", "$1");
            try (var browser = Browser.connect(client.capability("cdp"), one -> client.openTunnel(one.name()))) {
                assertThat(browser.call("browser_navigate", Json.object().put("url", url)).text()).isEqualTo("One button - " + url);
                assertThat(browser.call("browser_click", Json.object().put("selector", "#push")).holdsImage()).isTrue();
            }
            assertThat(client.grade(Json.object().put("answer", "")).path("score").doubleValue()).isEqualTo(1.0);
        }
    }

    private static ControlClient client(Running served) throws Exception {
        int port = Integer.parseInt(served.waitFor("HUD_SERVE_PORT=(\\d+)", PATIENCE).group(1));
        return ControlClient.connect("127.0.0.1", port, PATIENCE);
    }
}
