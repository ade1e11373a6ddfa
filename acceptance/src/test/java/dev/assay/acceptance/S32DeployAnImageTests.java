// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A context whose recipe a process would not do justice becomes an image, and its runs take place in that. */
@EveryDeployment
@NeedsEngine
class S32DeployAnImageTests {

    private static final String SECRET = "hush-" + UUID.randomUUID();

    private final Platform platform = Platform.shared();

    @AfterAll
    static void clear() {
        for (var image : Engine.lines("images", "--quiet", "--filter", "label=dev.assay.version", "--filter", "reference=assay.invalid/*")) {
            Engine.docker("rmi", "--force", image);
        }
    }

    @Test
    void argumentsAndSecretsReachTheBuildAndTheImageItsRuns() {
        var key = platform.keyOf("s32-image");
        var hud = deployer(key, """
                ARG BASE
                FROM ${BASE}
                ARG B
                ENV MARK=${B}
                RUN --mount=type=secret,id=tok test "$(wc -c </run/secrets/tok)" = 41 && cat /run/secrets/tok && echo "built with $MARK"
                """);

        var deployed = hud.run("deploy", "--yes", "--no-env", "--build-arg", "BASE=" + Engine.python(), "--build-arg", "B=2", "--secret",
                "id=tok,env=TOK", "--no-cache").exitsWith(0);

        assertThat(deployed.text()).contains("with BuildKit", "built with 2", "SUCCEEDED", "count_letter").doesNotContain(SECRET);
        var api = platform.api(key);
        var environment = deployed.find("/environments/([0-9a-f-]{36})");
        var version = api.get("/v2/registry/" + environment + "/versions/1").expect(200);
        var image = version.body().get("image").stringValue();
        assertThat(Engine.docker("history", "--no-trunc", image).text()).contains("MARK=2").doesNotContain(SECRET);
        assertThat(version.text()).doesNotContain(SECRET);

        var labels = Engine.docker("image", "inspect", "--format", "{{json .Config.Labels}}", image).text();
        assertThat(labels).contains("\"dev.assay.environment\":\"", "letter-count", "\"dev.assay.installation\":\"");

        var run = UUID.randomUUID();
        var asked = Runs.submission(
                run, UUID.randomUUID(), "letter-count", "count_letter", Map.of("word", "banana", "letter", "a"), "scripted/letters");
        var elsewhere = new HashMap<>(asked);
        elsewhere.put("runtime_config", Map.of("runtime", "process"));
        assertThat(api.post("/v2/rollouts/submit", elsewhere).expect(400).detail()).contains("runtime_config.runtime: ", "Dockerfile.hud says more than a process knows: line 4 (ENV)");
        api.post("/v2/rollouts/submit", asked).expect(201);
        var finished = Runs.finished(api, run);
        assertThat(finished.get("status").stringValue()).as(finished.toString()).isEqualTo("completed");
        assertThat(finished.get("reward").doubleValue()).isEqualTo(1.0);
        await().atMost(Duration.ofMinutes(1)).untilAsserted(
                () -> assertThat(Engine.lines("ps", "--all", "--quiet", "--filter", platform.itsSandboxes())).isEmpty());
    }

    /** A recipe that says no more than a process knows, and an environment that is to be built to an image all the same. */
    @Test
    void aVersionThatHoldsBothRunsAsItIsChosen() throws Exception {
        var api = platform.api(platform.keyOf("s32-both"));
        var context = new Contexts().files(Engine.lettersInJavaContext()).gzipped();
        var upload = api.post("/v2/builds/upload-url", Map.of()).expect(200, 201).body();
        try (var http = HttpClient.newHttpClient()) {
            var put = HttpRequest.newBuilder(URI.create(upload.get("upload_url").stringValue())).header("Content-Type", "application/gzip")
                    .PUT(BodyPublishers.ofByteArray(context)).build();
            assertThat(http.send(put, BodyHandlers.ofString()).statusCode()).isLessThan(300);
        }
        var build = upload.get("build_id").stringValue();
        api.post("/v2/builds/trigger", Map.of("build_id", build, "name", "letter-count-java", "runtime_config", Map.of("runtime", "docker"))).expect(200);
        await().atMost(Duration.ofMinutes(5)).until(() -> !built(api, build).get("status").stringValue().equals("IN_PROGRESS"));
        assertThat(built(api, build).get("status").stringValue()).as(built(api, build).toString()).isEqualTo("SUCCEEDED");

        for (var runtime : List.of("process", "docker")) {
            var run = UUID.randomUUID();
            var asked = new HashMap<>(Runs.submission(
                    run, UUID.randomUUID(), "letter-count-java", "count_letter", Map.of("word", "banana", "letter", "a"), "scripted/letters"));
            asked.put("runtime_config", Map.of("runtime", runtime));
            api.post("/v2/rollouts/submit", asked).expect(201);
            assertThat(Runs.finished(api, run).path("reward").doubleValue()).as(runtime).isEqualTo(1.0);
        }
    }

    private static JsonNode built(Api api, String build) {
        return api.get("/v2/builds/" + build + "/status").expect(200).body();
    }

    @Test
    void aStepThatFailsIsInTheLogAndTheBuildHasFailed() {
        var key = platform.keyOf("s33-image");
        var failing = deployer(key, "FROM python:3.11-slim\nRUN echo before the fall; exit 3\n").run("deploy", "--yes", "--no-env");
        failing.exitsWith(1).says("before the fall", "FAILED", "Error ", "returned a non-zero code: 3");

        var elsewhere = deployer(key, "FROM 10.0.0.1:5000/base\nENV A=B\n").run("deploy", "--yes", "--no-env");
        elsewhere.exitsWith(1).says("Dockerfile.hud line 1: this worker builds on images of docker.io/ only");
    }

    /** A step draws a number, and the next one tells it and fails, so that there is nothing to start. */
    @Test
    void aBuildWithoutTheCacheDoesEachStepAgain() {
        var hud = deployer(platform.keyOf("s32-no-cache"), "FROM " + Engine.python() + "\nRUN date +%s%N >/drawn\nRUN echo drawn $(cat /drawn); exit 3\n");

        var first = drawn(hud);
        assertThat(drawn(hud)).as("with the cache").isEqualTo(first);
        assertThat(drawn(hud, "--no-cache")).as("without").isNotEqualTo(first);
    }

    private static String drawn(Hud hud, String... more) {
        var words = new ArrayList<>(List.of("deploy", "--yes", "--no-env"));
        words.addAll(List.of(more));
        return hud.run(words.toArray(String[]::new)).exitsWith(1).find("drawn ([0-9]{10,})");
    }

    private Hud deployer(String key, String recipe) {
        var served = "WORKDIR /app\nCOPY . .\nCMD [\"hud\", \"serve\", \"env.py\", \"--host\", \"0.0.0.0\", \"--port\", \"8765\"]\n";
        return Engine.user(new Hud().source("letters").against(platform.url(), key)).set("TOK", SECRET).write("Dockerfile.hud", recipe + served);
    }
}
