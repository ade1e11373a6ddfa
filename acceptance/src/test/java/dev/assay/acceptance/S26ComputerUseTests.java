// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

@DisabledIfEnvironmentVariable(
        named = "ASSAY_TESTS_WITHOUT", matches = ".*(tigervnc|x11-|chromium).*",
        disabledReason = "no Xvnc, xev or Chromium here")
class S26ComputerUseTests {

    private static final List<String> RUNS = List.of(
            "claude=claude-haiku-4-5@here", "claude=claude-haiku-4-5@hosted", "claude=claude-haiku-4-5@tunnel",
            "gemini=gemini-3.1-pro-preview@here", "gemini=gemini-3.1-pro-preview@hosted",
            "openai=gpt-5.6@here", "openai=gpt-5.6@hosted",
            "openai_compatible=x-ai/grok-4-1-fast@here", "openai_compatible=x-ai/grok-4-1-fast@hosted");

    private static final Platform PLATFORM = Platform.withModels();
    private static final String KEY = PLATFORM.keyOf("s26");
    private static final Api API = PLATFORM.api(KEY);
    private static final Map<String, JsonNode> RAN = new HashMap<>();

    /** All of them by one program of the client's: each start of it takes seconds. */
    @BeforeAll
    static void run() {
        var hud = new Hud().source("desk").against(PLATFORM.url(), KEY);
        hud.run("deploy", "--yes", "--no-env").exitsWith(0);
        hud.source("clients");
        run(hud, RUNS);
        // what ours is compared with: the client gives its own shell and screen some seconds, which are not enough on a busy machine
        for (var tries = 0; tries < 3 && !unfinished().isEmpty(); tries++) {
            run(hud, unfinished());
        }
        assertThat(RAN).hasSameSizeAs(RUNS).allSatisfy((what, ran) -> assertThat(ran.get("reward").asDouble(-1)).as(what).isEqualTo(1.0));
    }

    private static void run(Hud hud, List<String> runs) {
        var said = hud.python(Stream.concat(Stream.of("places.py"), runs.stream()).toArray(String[]::new)).exitsWith(0);
        // behind what the servers of tools say as they start
        Api.JSON.readTree(said.stdout().lines().toList().getLast()).properties().forEach(one -> RAN.put(one.getKey(), one.getValue()));
    }

    private static List<String> unfinished() {
        return RUNS.stream()
                .filter(what -> what.endsWith("@here"))
                .filter(what -> RAN.get(what).get("reward").asDouble(-1) != 1
                        || Timelines.of(API, run(what)).toString().contains("workspace: cannot prepare shell"))
                .toList();
    }

    /** With a shell, with a server's tools and on a screen, but for Chat Completions, which knows none. */
    @ParameterizedTest
    @CsvSource({"claude=claude-haiku-4-5, image/webp, 3", "gemini=gemini-3.1-pro-preview, image/png, 3", "openai=gpt-5.6, image/png, 3",
            "openai_compatible=x-ai/grok-4-1-fast, image/png, 1"})
    void aHostedAgentWorksWithAllThatThereIsAsTheClientsOwnDoes(String agent, String picture, int pictures) {
        var here = run(agent + "@here");
        var hosted = run(agent + "@hosted");

        assertThat(Timelines.told(API, hosted)).isEqualTo(Timelines.told(API, here))
                .filteredOn(entry -> entry.contains("\"content\"") && entry.contains("image/")).hasSize(pictures)
                .last().asString().contains(picture);
        for (var run : List.of(here, hosted)) {
            await().atMost(Duration.ofMinutes(1)).untilAsserted(() ->
                    assertThat(Timelines.of(API, run).toString()).contains("filetracking", "upper.txt"));
        }
    }

    /** The client's own agent here, and the shell, the tools and the screen there. */
    @Test
    void s38AnAgentThatRunsHereWorksOnWhatAHostedEnvironmentOffers() {
        var local = "claude=claude-haiku-4-5@";

        assertThat(Timelines.told(API, run(local + "tunnel"))).isEqualTo(Timelines.told(API, run(local + "here")));
    }

    /** No agent of the client's has tools for a browser. */
    @Test
    void anEnvironmentsBrowserIsGivenToAHostedAgentWhoseConfigWantsIt() {
        new Hud().source("pages").against(PLATFORM.url(), KEY).run("deploy", "--yes", "--no-env").exitsWith(0);
        var run = UUID.randomUUID();
        var submission = Runs.submission(run, UUID.randomUUID(), "pages", "push", Map.of(), "x-ai/grok-4-1-fast");
        submission.put("agent", Map.of(
                "type", "openai_compatible", "config", Map.of("model", "x-ai/grok-4-1-fast", "browser_tools", true)));

        API.post("/v2/rollouts/submit", submission).expect(200, 201);

        var ended = Runs.finished(API, run);
        assertThat(ended.path("reward").asDouble(-1)).as(Timelines.of(API, run).toString()).isEqualTo(1.0);
        assertThat(Timelines.told(API, run)).filteredOn(entry -> entry.contains("One button - http://127.0.0.1:"))
                .hasSize(2).allMatch(entry -> entry.contains("image/png"));
        Console.look(PLATFORM, KEY, "/trace/" + run, page -> assertThat((int) page.locator("main img").first()
                .evaluate("async image => { await image.decode(); return image.naturalWidth; }")).isGreaterThan(100));
    }

    private static UUID run(String what) {
        var hex = RAN.get(what).get("trace").stringValue();
        return UUID.fromString(hex.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5"));
    }
}
