// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Odd things on their way through the whole platform: a provider's answers, a task's arguments, an environment's folders. */
class OddInputTests {

    /** Arguments as JSON has them, and what Python shows of them. */
    private static final Map<String, String> ARGUMENTS = Map.of(
            "1E400", "inf",
            "5e-324", "5e-324",
            "123456789012345678901234567890", "123456789012345678901234567890",
            "3.10", "3.1",
            "\"\\ud83d x\"", "'\\ud83d x'",
            "\"\\u0000\"", "'\\x00'");

    private static final UUID JOB = UUID.randomUUID();
    private static final Map<String, UUID> BY_MODEL = new LinkedHashMap<>();
    private static final Map<String, UUID> BY_ARGUMENT = new HashMap<>();

    private static Platform platform;
    private static Api api;
    private static UUID digging;

    /** All at once: a worker has room for several. */
    @BeforeAll
    static void submit() {
        platform = Platform.shared();
        var key = platform.keyOf("odd");
        api = platform.api(key);
        OddModels.REPLIES.keySet().forEach(model -> api.post("/v2/models", Map.of(
                "model_name", model, "name", model, "provider", OddModels.PROVIDER, "sdk_agent_type", "openai_compatible")).expect(201));
        new Hud().source("odd").against(platform.url(), key).run("deploy", "--yes", "--no-env").exitsWith(0);
        digging = submit(UUID.randomUUID(), "dig", "{}", "plain");
        OddModels.REPLIES.keySet().forEach(model -> BY_MODEL.put(model, submit(JOB, "echo", "{}", model)));
        ARGUMENTS.forEach((value, shown) -> BY_ARGUMENT.put(value, submit(
                UUID.randomUUID(), "arrived", "{\"value\": " + value + ", \"shown\": " + Api.JSON.writeValueAsString(shown) + "}", "plain")));
    }

    private static UUID submit(UUID job, String task, String arguments, String model) {
        var run = UUID.randomUUID();
        var body = Api.JSON.writeValueAsString(Runs.submission(run, job, "odd", task, Map.of(), model));
        api.send("POST", "/v2/rollouts/submit", body.replace("\"args\":{}", "\"args\":" + arguments)).expect(201);
        return run;
    }

    @Test
    void aCallWithoutAnIdIsACall() {
        for (var model : new String[] {"plain", "no-call-id", "empty-call-id"}) {
            var run = of(model);
            assertThat(run.get("status").stringValue()).as(run.toString()).isEqualTo("completed");
            assertThat(run.get("reward").doubleValue()).as(model).isOne();
        }
    }

    @Test
    void anErrorIsAnErrorWithItsReasonHoweverItIsWrappedAndInNoMean() {
        Map.of(
                        "ok-but-error", "Free tier: 20 requests a minute",
                        "error-in-list", "daily quota used up",
                        "ok-but-null", "null",
                        "ok-but-page", "sign in first")
                .forEach((model, reason) -> {
                    var run = of(model);
                    assertThat(run.get("status").stringValue()).as(run.toString()).isEqualTo("error");
                    assertThat(run.get("error").stringValue()).contains(reason);
                    assertThat(run.get("reward").isNull()).as(model).isTrue();
                });
        BY_MODEL.values().forEach(run -> Runs.finished(api, run));
        var job = api.get("/v2/jobs/" + JOB).expect(200).body();
        assertThat(job.get("mean_reward").doubleValue()).as(job.toString()).isOne();
        assertThat(job.get("ungraded_count").intValue()).isEqualTo(4);
    }

    @Test
    void whoAsksForAStreamAndIsAnsweredWithoutOneGetsOne() {
        var asked = "{\"model\": \"plain\", \"stream\": true, \"messages\": [{\"role\": \"user\", \"content\": \"Say 3\"}]}";
        var answer = api.send("POST", "/inference/chat/completions", asked).expect(200);
        assertThat(answer.type()).startsWith("text/event-stream");
        assertThat(answer.text()).startsWith("data: ").contains("\"content\":\"3\"", "data: [DONE]");
    }

    @Test
    void anArgumentArrivesAsItWasSent() {
        BY_ARGUMENT.forEach((value, run) -> assertThat(Runs.finished(api, run).path("reward").asDouble(-1)).as(value).isOne());
    }

    @Test
    void nothingIsLeftOfAFolderThatIsDeeperThanAPathCanBe() {
        var dug = Runs.finished(api, digging);
        assertThat(dug.path("reward").asDouble(-1)).as(dug.toString()).isOne();
        await().until(() -> Leftovers.sandboxesIn(platform.data).stream()
                .noneMatch(sandbox -> Files.exists(sandbox.resolve("root/tmp/dddddddd"))));
    }

    private static JsonNode of(String model) {
        return Runs.finished(api, BY_MODEL.get(model));
    }
}
