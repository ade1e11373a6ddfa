// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Whatever is wrong is the sender's fault and says so: a 4xx, which field, why; and nothing is half written. */
class BadInputTests {

    private static final Platform PLATFORM = Platform.shared();
    private static final Api API = PLATFORM.api(Deployed.KEY);

    @Test
    void everyBodyThatIsNoJsonIsRefusedWithAReason() {
        var softly = new SoftAssertions();
        TwoTeamsTests.endpoints().forEach((endpoint, operation) -> {
            if (operation.has("requestBody") && !endpoint.path().startsWith("/v2/uploads")) {
                var path = endpoint.path().replaceAll("\\{[^}]*}", UUID.randomUUID().toString());
                for (var body : List.of("{broken", "[]", "\"text\"")) {
                    var answer = API.send(endpoint.method(), path, body);
                    softly.assertThat(answer.status()).as("%s %s with %s: %s", endpoint.method(), path, body, answer.text()).isBetween(400, 499);
                    // model calls are refused in the shape of their own protocol
                    var reason = path.startsWith("/inference/") ? "\"message\"" : "\"detail\"";
                    softly.assertThat(answer.text()).as("%s %s with %s", endpoint.method(), path, body).contains(reason);
                }
            }
        });
        softly.assertAll();
    }

    @Test
    void everyIdThatIsNoIdIsRefusedWithAReason() {
        var softly = new SoftAssertions();
        TwoTeamsTests.endpoints().forEach((endpoint, operation) -> {
            if (endpoint.method().equals("GET") && endpoint.path().contains("{")) {
                for (var id : List.of("nope", "%00", "..%2f..", "x".repeat(3000))) {
                    var path = endpoint.path().replaceAll("\\{[^}]*}", id);
                    var answer = API.get(path);
                    softly.assertThat(answer.status()).as("GET %.200s: %s", path, answer.text()).isBetween(400, 499);
                }
            }
        });
        softly.assertAll();
    }

    record Row(String what, Map<String, ?> body, String names) {

        @Override
        public String toString() {
            return what;
        }
    }

    static List<Row> badSubmissions() {
        return List.of(
                new Row("an unknown environment", changed("env", "nowhere"), "nowhere"),
                new Row("an unknown task", changed("task", "count_words"), "count_words"),
                new Row("an argument that the task does not have", changed("args", Map.of("wurd", "x", "letter", "a")), "wurd"),
                new Row("arguments that are no object", changed("args", List.of(1)), "args"),
                new Row("an unknown kind of agent", changed("agent", Map.of("type", "mind-reader", "config", Map.of())), "agent"),
                new Row("an id that is none", changed("trace_id", "nope"), "trace_id"),
                new Row("no environment", changed("env", null), "env"));
    }

    @ParameterizedTest
    @MethodSource("badSubmissions")
    void aSubmissionThatCannotRunIsRefusedAndLeavesNoRun(Row row) {
        Deployed.letters();
        var run = String.valueOf(row.body().get("trace_id"));

        var answer = API.post("/v2/rollouts/submit", row.body()).expect(400, 404, 422);

        assertThat(answer.detail()).contains(row.names());
        if (run.length() == 36) {
            API.get("/v2/trace/" + run).expect(404);
        }
    }

    @ParameterizedTest
    @MethodSource("badContexts")
    void aContextThatIsNotOneFailsAndSaysWhy(String what, byte[] context, String reason) throws Exception {
        var upload = API.post("/v2/builds/upload-url", Map.of()).expect(200, 201).body();
        var put = HttpRequest.newBuilder(URI.create(upload.get("upload_url").stringValue())).header("Content-Type", "application/gzip")
                .PUT(BodyPublishers.ofByteArray(context)).build();
        var build = upload.get("build_id").stringValue();
        int stored;
        try (var http = HttpClient.newHttpClient()) {
            stored = http.send(put, BodyHandlers.ofString()).statusCode();
        }
        if (stored / 100 == 4) {
            return;
        }
        var trigger = API.post("/v2/builds/trigger", Map.of("source", "direct", "build_id", build, "name", "Bad " + what, "no_cache", false));
        if (trigger.status() / 100 == 4) {
            assertThat(trigger.detail()).containsIgnoringCase(reason);
            return;
        }
        await().atMost(Duration.ofMinutes(2)).until(() -> !status(build).get("status").stringValue().equals("IN_PROGRESS"));
        assertThat(status(build).get("status").stringValue()).isEqualTo("FAILED");
        assertThat(status(build).get("error_message").stringValue()).containsIgnoringCase(reason);
    }

    static List<Object[]> badContexts() {
        return List.of(
                new Object[] {"garbage", "this is no archive".getBytes(StandardCharsets.UTF_8), "gzip"},
                new Object[] {"climbing", new Contexts().file("../outside.txt", "x").gzipped(), ".."},
                new Object[] {"absolute", new Contexts().file("/etc/outside.txt", "x").gzipped(), "/etc/outside.txt"},
                new Object[] {"linking", new Contexts().link("out", "/etc/passwd").file("out", "x").gzipped(), "out"},
                new Object[] {"empty", new Contexts().file("README.md", "nothing to serve").gzipped(), ".py"});
    }

    @Test
    void anEnvironmentThatDoesNotComeUpFailsItsBuildWithItsOwnWords() {
        var hud = Deployed.user().source("broken");

        hud.run("deploy", "--yes", "--no-env").exitsWith(1).says("FAILED", "there is no database");
    }

    @Test
    void spansForAForeignTraceAreRefusedAndTheOwnersTimelineStaysAsItWas() {
        var run = UUID.randomUUID();
        API.post("/v2/trace/" + run + "/enter", Map.of("job_id", UUID.randomUUID().toString())).expect(200, 201, 204);
        var stranger = PLATFORM.api(PLATFORM.keyOf("span-strangers"));

        stranger.post("/telemetry/v3/api/trace/" + run + "/telemetry-upload", Map.of("telemetry", List.of())).expect(403, 404);
    }

    @Test
    void anOversizedBodyIsRefused() {
        // one megabyte more than a task upload may have
        var huge = "{\"taskset_name\": \"x\", \"tasks\": [{\"name\": \"" + "x".repeat(65 * 1024 * 1024) + "\"}]}";

        var refused = API.send("POST", "/v2/tasks/upload", huge);

        assertThat(refused.status()).as(refused.text()).isEqualTo(413);
        assertThat(refused.detail()).startsWith("body: larger than");
        var call = API.send("POST", "/inference/chat/completions", "{\"model\": \"x\", \"messages\": [{\"role\": \"user\", \"content\": \""
                + "x".repeat(65 * 1024 * 1024) + "\"}]}");
        assertThat(call.status()).as(call.text()).isEqualTo(413);
        assertThat(call.body().get("error").get("message").stringValue()).startsWith("body: larger than");
        API.get("/v2/auth/me").expect(200);
    }

    private static Map<String, ?> changed(String member, @Nullable Object value) {
        var body = new HashMap<String, Object>(Runs.submission(UUID.randomUUID(), UUID.randomUUID(), "letter-count", "count_letter",
                Map.of("word", "banana", "letter", "a"), "scripted/letters"));
        body.put(member, value);
        return body;
    }

    private static JsonNode status(String build) {
        return API.get("/v2/builds/" + build + "/status").expect(200).body();
    }
}
