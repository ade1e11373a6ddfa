// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class S44VerifierTests {

    private final Platform platform = Platform.shared();

    @Test
    void theVerifierHasTheLastWordBesideTheActorAndApartFromIt() {
        var key = platform.keyOf("s44");
        var hud = new Hud().source("pair").against(platform.url(), key);
        hud.set("TMPDIR", hud.home.toString());
        Repository.copy(Repository.resource("sources/judge"), hud.folder.resolve("judge"));

        var report = hud.python("verified.py").exitsWith(0).json();

        // in the actor's own environment it finds the actor's files, in another one it has the actor's grade
        assertThat(report.at("/beside/reward").doubleValue()).isEqualTo(1.0);
        assertThat(report.at("/apart/reward").doubleValue()).isEqualTo(0.75);
        assertThat(report.get("events").valueStream().map(event -> event.stringValue())).containsExactly("actor ended", "judge begun");
        // an actor that failed is verified all the same
        assertThat(report.at("/raised/status").stringValue()).isEqualTo("error");
        assertThat(report.at("/raised/graded").booleanValue()).isTrue();
        assertThat(report.at("/raised/reward").doubleValue()).isEqualTo(0.75);
        // a verifier that failed leaves nothing of the actor's grade
        assertThat(report.at("/lost/status").stringValue()).isEqualTo("error");
        assertThat(report.at("/lost/graded").booleanValue()).isFalse();

        var api = platform.api(key);
        assertThat(trace(api, report.at("/raised/trace").stringValue()).get("reward").doubleValue()).isEqualTo(0.75);
        assertThat(trace(api, report.at("/lost/trace").stringValue()).get("reward").isNull()).isTrue();
        bothPhasesAreTold(api, id(report.at("/apart/trace").stringValue()), "count", "judge");
    }

    @EveryDeployment
    @Test
    void theSameHoldsWhereThePlatformRunsBoth() {
        for (var source : List.of("pair", "judge")) {
            Deployed.user().source(source).run("deploy", "--yes", "--no-env").exitsWith(0);
        }
        var api = platform.api(Deployed.KEY);
        var raised = submitAnActorThatGivesUp(api);
        var hud = Deployed.user().write("rows.json", """
                [{"env": "pair", "id": "count", "slug": "beside", "verifier": {"env": "pair", "id": "check"}},
                 {"env": "pair", "id": "count", "slug": "apart", "verifier": {"env": "judge", "id": "judge"}},
                 {"env": "pair", "id": "count", "slug": "handed", "verifier": {"env": "judge", "id": "files"}},
                 {"env": "pair", "id": "count", "slug": "lost", "verifier": {"env": "judge", "id": "lost"}}]""");
        hud.run("sync", "tasks", "s44", "rows.json", "--yes").exitsWith(0);

        var evaluated = hud.run("eval", "s44", "openai_compatible", "--model", "scripted/letters", "--all", "-y").exitsWith(0);

        var runs = api.get("/v2/jobs/" + evaluated.find("/jobs/([0-9a-f-]{36})") + "/traces").expect(200).body().get("items").valueStream()
                .collect(Collectors.toMap(run -> run.get("task_slug").stringValue(), run -> run));
        assertThat(runs.get("beside").get("reward").doubleValue()).as("%s", runs.get("beside")).isEqualTo(1.0);
        assertThat(runs.get("apart").get("reward").doubleValue()).as("%s", runs.get("apart")).isEqualTo(0.75);
        // the verifier's sandbox has the files of the actor's session, as its own session's, and nothing else of it
        assertThat(runs.get("handed").get("reward").doubleValue()).as("%s", runs.get("handed")).isEqualTo(0.875);
        assertThat(runs.get("lost").get("reward").isNull()).isTrue();
        assertThat(runs.get("lost").get("error").stringValue()).startsWith("[verifying]").contains("the judge lost the file");
        evaluated.says("Runs: 4", "Mean reward: 0.875", "Errors: 1");
        bothPhasesAreTold(api, UUID.fromString(runs.get("apart").get("id").stringValue()), "count", "judge");
        await().untilAsserted(() -> assertThat(api.get("/v2/trace/" + runs.get("apart").get("id").stringValue() + "/grades").expect(200).body().path("items"))
                .extracting(grade -> grade.path("source").asString() + " " + grade.path("evaluator").asString() + " " + grade.path("reward"))
                .containsExactly("verifier judge 0.75"));

        // an actor that failed is verified all the same: by its own grade, which is not the one that the judge looks for
        var gaveUp = Runs.finished(api, raised);
        assertThat(gaveUp.get("status").stringValue()).as(gaveUp.toString()).isEqualTo("error");
        assertThat(gaveUp.get("error").stringValue()).contains("the agent gave up");
        assertThat(gaveUp.at("/failure/kind").stringValue()).isEqualTo("agent");
        assertThat(gaveUp.get("reward").doubleValue()).isEqualTo(0.5);
        bothPhasesAreTold(api, raised, "ask", "judge");
    }

    /** The client's own agents do so only here: what it has of them for the platform are names. This one has asked its model before. */
    private static UUID submitAnActorThatGivesUp(Api api) {
        Deployed.inside();
        var program = """
                import json, os, sys, urllib.request
                body = {"model": os.environ["HUD_MODEL"], "messages": [{"role": "user", "content": sys.stdin.read()}]}
                urllib.request.urlopen(urllib.request.Request(
                    os.environ["HUD_GATEWAY_URL"] + "/chat/completions", json.dumps(body).encode(),
                    {"Content-Type": "application/json", "Authorization": "Bearer " + os.environ["HUD_API_KEY"]})).read()
                sys.exit("the agent gave up")
                """;
        var run = UUID.randomUUID();
        var arguments = Map.of("prompt", "How many 'a' are in 'banana'?", "files", Map.of("agent.py", program));
        var body = Runs.submission(run, UUID.randomUUID(), "inside", "ask", arguments, "scripted/letters");
        body.put("agent", Map.of("type", "command", "config", Map.of("model", "scripted/letters", "command", "/usr/bin/python3 agent.py")));
        body.put("verifier", Map.of("env", "judge", "id", "judge"));
        api.post("/v2/rollouts/submit", body).expect(201);
        return run;
    }

    private static void bothPhasesAreTold(Api api, UUID run, String actor, String verifier) {
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(Timelines.of(api, run).valueStream()
                .filter(entry -> entry.path("kind").asString("").matches("setup|evaluate"))
                .map(entry -> entry.get("kind").stringValue() + " " + entry.path("name").asString("")))
                .containsExactly("setup " + actor, "evaluate " + actor, "setup " + verifier, "evaluate " + verifier));
    }

    private static JsonNode trace(Api api, String id) {
        return api.get("/v2/trace/" + id).expect(200).body();
    }

    private static UUID id(String hex) {
        return UUID.fromString(hex.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5"));
    }
}
