// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A page of another origin, in the browser of somebody who is signed in. It sits on another port of the same host: to browsers that is
 * the same site, so they send the cookie along.
 */
@DisabledIfEnvironmentVariable(named = "ASSAY_TESTS_WITHOUT", matches = ".*chromium.*", disabledReason = "no Chromium here")
class OtherOriginsTests {

    private static final Platform PLATFORM = Platform.shared();

    private static HttpServer elsewhere;
    private static Chromium chromium;
    private static String key;

    @BeforeAll
    static void open() throws IOException {
        key = PLATFORM.keyOf("other-origins");
        elsewhere = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        elsewhere.createContext("/", exchange -> {
            var page = "<!doctype html><title>Elsewhere</title>".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        elsewhere.start();
        chromium = new Chromium();
    }

    @AfterAll
    static void close() {
        elsewhere.stop(0);
        chromium.close();
    }

    @Test
    void ourOwnPageChangesThingsSoThatTheOthersAreRefusedForTheRightReason() {
        var page = signedIn();
        assertThat(fetch(page, "/v2/projects", "{\"name\": \"ours\"}", "application/json", true)).isEqualTo("201");
        assertThat(PLATFORM.api(key).get("/v2/projects").text()).contains("\"ours\"");
        page.context().close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "text/plain", "application/x-www-form-urlencoded"})
    void anotherOriginsScriptNeitherChangesNorReadsAnything(String type) {
        var page = signedIn();
        page.navigate(elsewhere());
        for (var withHeader : List.of(true, false)) {
            assertThat(fetch(page, "/v2/projects", "{\"name\": \"stolen-by-script\"}", type, withHeader)).isIn("refused", "0");
        }
        assertThat(page.evaluate("target => fetch(target + '/v2/keys', {credentials: 'include'}).then(a => a.text(), () => 'refused')",
                PLATFORM.url())).isEqualTo("refused");
        assertThat(PLATFORM.api(key).get("/v2/projects").text()).doesNotContain("stolen-by-script");
        page.context().close();
    }

    @Test
    void anotherOriginsFormChangesNothing() {
        var page = signedIn();
        page.navigate(elsewhere());
        assertThat(submit(page, "/v2/projects", "{\"name\": \"stolen-by-form\", \"description\": \"", "\"}")).isEqualTo(403);
        assertThat(PLATFORM.api(key).get("/v2/projects").text()).doesNotContain("stolen-by-form");
        page.context().close();
    }

    @Test
    void anotherOriginsPageSignsNobodyInOrOut() {
        var stranger = chromium.page();
        stranger.navigate(elsewhere());
        var body = "{\"key\": \"" + key + "\"}";
        for (var withHeader : List.of(true, false)) {
            fetch(stranger, "/v2/auth/session", body, "application/json", withHeader);
            fetch(stranger, "/v2/auth/session", body, "text/plain", withHeader);
        }
        assertThat(submit(stranger, "/v2/auth/session", "{\"key\": \"" + key + "\", \"x\": \"", "\"}")).isIn(403, 415);
        assertThat(stranger.context().cookies()).isEmpty();
        stranger.navigate(PLATFORM.url() + "/jobs#key=" + key);
        assertThat(stranger.getByLabel("API key")).isVisible();
        stranger.context().close();

        var page = signedIn();
        page.navigate(elsewhere());
        page.evaluate("target => fetch(target, {method: 'DELETE', credentials: 'include'}).catch(() => null)",
                PLATFORM.url() + "/v2/auth/session");
        page.navigate(PLATFORM.url() + "/jobs");
        assertThat(page.locator("#top nav")).isVisible();
        page.context().close();
    }

    private static String fetch(Page page, String path, String body, String type, boolean withHeader) {
        var ours = page.url().startsWith(PLATFORM.url());
        return String.valueOf(page.evaluate(
                """
                ({target, body, type, withHeader, mode}) => fetch(target, {
                    method: 'POST', credentials: 'include', mode, body,
                    headers: {'Content-Type': type, ...(withHeader ? {'X-Requested-With': 'page'} : {})},
                }).then(answer => answer.status, () => 'refused')""",
                Map.of("target", PLATFORM.url() + path, "body", body, "type", type, "withHeader", withHeader,
                        "mode", ours || withHeader || type.equals("application/json") ? "cors" : "no-cors")));
    }

    /** A form needs nobody's leave: its text is what JSON would be. */
    private static int submit(Page page, String path, String before, String after) {
        var answer = page.waitForResponse(PLATFORM.url() + path, () -> page.evaluate(
                """
                ({target, before, after}) => {
                    const form = Object.assign(document.createElement('form'), {method: 'POST', enctype: 'text/plain', action: target});
                    form.append(Object.assign(document.createElement('input'), {name: before, value: after}));
                    document.body.append(form);
                    form.submit();
                }""",
                Map.of("target", PLATFORM.url() + path, "before", before, "after", after)));
        // the answer is a page of its own: before it stands, the next one would be in its way
        page.waitForURL(PLATFORM.url() + path);
        return answer.status();
    }

    private static Page signedIn() {
        var page = chromium.page();
        page.navigate(PLATFORM.url() + "/jobs");
        page.getByLabel("API key").fill(key);
        page.getByLabel("API key").press("Enter");
        assertThat(page.locator("#top nav")).isVisible();
        return page;
    }

    private static String elsewhere() {
        return "http://127.0.0.1:" + elsewhere.getAddress().getPort() + "/";
    }
}
