// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.testsupport.RawConnection;
import dev.assay.testsupport.Spellings;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What belongs to one team does not exist for another: every endpoint of the API's own document, with the other team's ids. */
@Order(3)
class TwoTeamsTests {

    private static final Platform PLATFORM = Platform.shared();
    private static final List<String> METHODS = List.of("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE");
    /** Those that ask for no key: what they are good for is no team's. */
    private static final Set<String> OPEN = Set.of("/telemetry/v3/api/sdk-events/cli", "/inference", "/inference/", "/v2/auth/ways");

    /** Names are each team's own: who puts one makes one, if he says what. */
    private static final Set<String> MAKING = Set.of(
            "PUT /v2/recordings/{name}", "PUT /v2/recordings/{name}/jobs/{job}", "PUT /v2/upstreams/by-name/{name}", "PUT /v2/views/{name}");

    private static final String OTLP = "/otlp/v1/traces";

    private static final Api OURS = PLATFORM.api(Deployed.KEY);
    private static Api theirs;
    private static Map<String, String> ids;
    private static Set<String> secrets;
    private static String session;
    private static String runKey;

    @BeforeAll
    static void make() {
        theirs = PLATFORM.api(PLATFORM.keyOf("strangers"));
        var build = Deployed.letters().run("deploy", "--yes", "--no-env", "--json").exitsWith(0).json();
        var taskset = OURS.get("/v2/tasksets/by-name/letters").expect(200).body().get("taskset_id").stringValue();
        var run = UUID.randomUUID();
        var job = UUID.randomUUID();
        OURS.post("/v2/rollouts/submit", Runs.submission(run, job, "letter-count", "count_letter", Map.of("word", "banana", "letter", "a"),
                "scripted/letters")).expect(200, 201);
        Runs.finished(OURS, run);
        var team = TeamId.parse(OURS.get("/v2/auth/me").expect(200).body().get("team_id").stringValue());
        runKey = PLATFORM.runKey(team, new RunId(run), "scripted/letters");
        var project = OURS.get("/v2/projects?limit=1").expect(200).body().get("items").get(0).get("id").stringValue();
        var key = OURS.get("/v2/keys").expect(200).body().get("items").get(0).get("id").stringValue();
        var model = OURS.post("/v2/models", Map.of("model_name", "ours/secret-" + job, "name", "ours", "provider", "scripted",
                "sdk_agent_type", "openai_compatible")).expect(200, 201).body().get("id").stringValue();
        var upstream = OURS.post("/v2/upstreams", Map.of("name", "ours-" + job, "preset", "openai", "credential", "sk-ours-secret-0123456789",
                        "enabled", false)) // nobody is to be asked for its models
                .expect(201).body().get("id").stringValue();
        var registry = build.get("registry_id").stringValue();
        session = OURS.post("/runtime/sessions", Map.of("environment", "letter-count")).expect(201).body().get("id").stringValue();
        ids = new HashMap<>(Map.of("projects", project, "builds", build.get("build_id").stringValue(), "registry", registry, "tasksets", taskset,
                "trace", run.toString(), "jobs", job.toString(), "job", job.toString(), "keys", key, "models", model, "by-name", "letters"));
        ids.put("links", OURS.post("/v2/trace/" + run + "/links", Map.of()).expect(201).body().get("id").stringValue());
        ids.put("sessions", session);
        ids.put("members", OURS.get("/v2/auth/me").expect(200).body().get("user_id").stringValue());
        ids.put("tunnels", session);
        ids.put("versions", "1");
        ids.put("upstreams", upstream);
        ids.put("targets", OURS.post("/v2/targets", Map.of("model_name", "ours/secret-" + job, "upstream", "ours-" + job)).expect(201)
                .body().get("id").stringValue());
        var recording = "recording-of-" + job;
        OURS.send("PUT", "/v2/recordings/" + recording, "{\"assay_recording\": 1, \"ignore\": []}").expect(200);
        OURS.send("PUT", "/v2/recordings/" + recording + "/jobs/" + job, "{\"mode\": \"record\"}").expect(200);
        ids.put("recordings", recording);
        OURS.send("PUT", "/v2/views/view-of-" + job, "{\"query\": \"q=ours\"}").expect(200);
        ids.put("views", "view-of-" + job);
        ids.put("tasks", OURS.get("/v2/tasksets/" + taskset + "/tasks?limit=1").expect(200).body().at("/items/0/id").stringValue());
        secrets = Set.of(build.get("build_id").stringValue(), registry, taskset, run.toString(), job.toString(), key, model, upstream, session,
                recording);
    }

    @Test
    void noEndpointShowsOrChangesWhatIsAnothersAndNoListHoldsIt() {
        var softly = new SoftAssertions();
        var walked = new ArrayList<String>();
        endpoints().forEach((endpoint, operation) -> {
            var path = endpoint.path();
            walked.add(endpoint.method() + " " + path);
            if (path.startsWith("/v2/admin/")) {
                softly.assertThat(call(endpoint, filled(path), operation).status()).as(path).isEqualTo(401);
            } else if (path.contains("{")) {
                var answer = call(endpoint, filled(path), operation);
                var expected = MAKING.contains(endpoint.method() + " " + path) ? 400 : 404;
                softly.assertThat(answer.status()).as("%s %s: %s", endpoint.method(), path, answer.text()).isEqualTo(expected);
            } else if (endpoint.method().equals("GET")) {
                var answer = theirs.get(path);
                softly.assertThat(secrets).as("GET %s", path).noneMatch(answer.text()::contains);
            }
        });
        softly.assertAll();
        assertThat(walked).hasSizeGreaterThan(25).anyMatch(call -> call.contains("/runtime/sessions/{id}"));
        OURS.get("/runtime/sessions/" + session).expect(200);
    }

    @Test
    void noMethodThatIsInNoDocumentDoesMore() {
        var softly = new SoftAssertions();
        paths().filter(path -> path.contains("{")).forEach(path -> METHODS.forEach(method -> {
            var answer = said(method, filled(path), theirs.key());
            softly.assertThat(status(answer)).as("%s %s: %s", method, path, answer).isBetween(400, 499);
        }));
        softly.assertAll();
        OURS.get("/runtime/sessions/" + session).expect(200);
        OURS.get("/v2/keys").expect(200);
    }

    @Test
    void idsInABodyAreNotFoundEither() {
        var run = ids.get("trace");
        assertThat(theirs.post("/v2/rollouts/cancel", Map.of("trace_id", run)).expect(200, 404).text()).doesNotContain("accepted");
        assertThat(theirs.post("/v2/rollouts/cancel_job", Map.of("job_id", ids.get("jobs"))).expect(200, 404).text())
                .doesNotContainPattern("\"cancelled\":\\s*[1-9]");
        theirs.post("/v2/rollouts/submit", Runs.submission(UUID.fromString(run), UUID.fromString(ids.get("jobs")), "letter-count",
                "count_letter", Map.of("word", "banana", "letter", "a"), "scripted/letters")).expect(400, 404);
        theirs.post("/v2/trace/" + UUID.randomUUID() + "/enter", Map.of("job_id", ids.get("jobs"))).expect(404);
        theirs.post("/v2/builds/trigger", Map.of("source", "direct", "build_id", ids.get("builds"), "name", "x", "no_cache", false))
                .expect(404);
        theirs.post("/v2/tasks/upload", Map.of("taskset_name", "letters", "taskset_id", ids.get("tasksets"), "tasks", List.of()))
                .expect(404);
    }

    @Test
    void withoutAKeyThereIsOnlyARefusalWithAReason() {
        var softly = new SoftAssertions();
        paths().filter(path -> !OPEN.contains(path)).forEach(path -> METHODS.forEach(method -> {
            var answer = said(method, filled(path), "");
            var expected = switch (path) {
                case "/v2/uploads/{token}" -> List.of(400, 404, 405); // an upload's address is its own grant, and there is none such
                case "/v2/auth/session" -> List.of(401, 403, 405); // who asks for no leave gets none
                default -> List.of(401, 405);
            };
            softly.assertThat(status(answer)).as("%s %s: %s", method, path, answer).isIn(expected);
            softly.assertThat(answer).as("%s %s", method, path).containsAnyOf(method.equals("HEAD") ? "HTTP" : "\"detail\"", "\"message\"");
        }));
        softly.assertAll();
    }

    @Test
    void theKeyOfARunOpensTheSpansOfItsOwnRunAndNothingElse() {
        var softly = new SoftAssertions();
        // which run a span is of stands in the span: of an export of none nothing is refused
        paths().filter(path -> !OPEN.contains(path) && !path.equals(OTLP)).forEach(path -> METHODS.forEach(method -> {
            var answer = said(method, filled(path), runKey);
            softly.assertThat(status(answer)).as("%s %s: %s", method, path, answer).isBetween(400, 499);
        }));
        softly.assertAll();
        var spans = PLATFORM.api(runKey);
        spans.post("/telemetry/v3/api/trace/" + ids.get("trace") + "/telemetry-upload", Map.of("telemetry", List.of())).expect(204);
        spans.post("/telemetry/v3/api/trace/" + UUID.randomUUID() + "/telemetry-upload", Map.of("telemetry", List.of())).expect(404);
        assertThat(leftOut(spans, ids.get("trace"))).as("its own").isZero();
        assertThat(leftOut(spans, UUID.randomUUID().toString())).as("another").isEqualTo(1);
        assertThat(leftOut(theirs, ids.get("trace"))).as("another team's").isEqualTo(1);
    }

    /** Of an export of one span of that run. */
    private static int leftOut(Api api, String run) {
        var named = Map.of("key", "hud.task_run_id", "value", Map.of("stringValue", run));
        var span = Map.of("traceId", "5b8efff798038103d269b633813fc60c", "spanId", "eee19b7ec3c1b174", "name", "s", "attributes", List.of(named));
        var answer = api.post(OTLP, Map.of("resourceSpans", List.of(Map.of("scopeSpans", List.of(Map.of("spans", List.of(span)))))));
        return answer.expect(200).body().at("/partialSuccess/rejectedSpans").asInt(0);
    }

    /** The door and what is behind it read a path alike, because it can be written in one way only. */
    @Test
    void noOtherSpellingOfAPathIsTakenFromAnybody() {
        var softly = new SoftAssertions();
        var walked = new AtomicInteger();
        paths().forEach(path -> {
            for (var spelling : Spellings.of(filled(path))) {
                for (var method : METHODS) {
                    for (var key : List.of("", theirs.key(), Deployed.KEY, runKey)) {
                        var answer = said(method, spelling, key);
                        walked.incrementAndGet();
                        softly.assertThat(status(answer)).as("%s %s: %s", method, spelling, answer).isBetween(400, 499);
                    }
                }
            }
        });
        softly.assertAll();
        assertThat(walked).hasValueGreaterThan(10_000);
        OURS.get("/runtime/sessions/" + session).expect(200);
    }

    @Test
    void whatMustBeEncodedIsWelcome() {
        for (var name : List.of("a b/c", "100% \\ ; done", "étés", "任务", "Ж🦊", "a/../b")) {
            var encoded = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
            OURS.post("/v2/tasksets", Map.of("name", name)).expect(200, 201, 409);
            assertThat(OURS.get("/v2/tasksets/by-name/" + encoded).expect(200).body().get("name").stringValue()).isEqualTo(name);
        }
    }

    /** Every path of the document, and those that are in none. */
    private static Stream<String> paths() {
        return Stream.concat(
                endpoints().keySet().stream().map(Endpoint::path).distinct(),
                Stream.of("/runtime/tunnels/{id}", "/v3/api-docs", "/actuator/prometheus", "/rl/v1/anything"));
    }

    /** What the gateway says to a request that is sent as it stands. */
    private static String said(String method, String path, String key) {
        var body = "{}";
        return RawConnection.tell(PLATFORM.port, method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + (key.isEmpty() ? "" : "Authorization: Bearer " + key + "\r\n")
                + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    private static int status(String answer) {
        return answer.startsWith("HTTP/1.1 ") ? Integer.parseInt(answer.substring(9, 12)) : 0;
    }

    record Endpoint(String method, String path) {}

    static Map<Endpoint, JsonNode> endpoints() {
        var endpoints = new LinkedHashMap<Endpoint, JsonNode>();
        var document = PLATFORM.api(Deployed.KEY).get("/v3/api-docs").expect(200).body();
        for (var path : document.get("paths").properties()) {
            for (var operation : path.getValue().properties()) {
                endpoints.put(new Endpoint(operation.getKey().toUpperCase(Locale.ROOT), path.getKey()), operation.getValue());
            }
        }
        return endpoints;
    }

    /** The path with our ids: which one stands where is told by the segment before it. */
    private static String filled(String path) {
        var segments = path.split("/");
        for (var at = 1; at < segments.length; at++) {
            if (segments[at].startsWith("{")) {
                segments[at] = segments[at].replaceFirst("\\{.*}", ids.getOrDefault(segments[at - 1], UUID.randomUUID().toString()));
            }
        }
        return String.join("/", segments) + (path.endsWith(":streamGenerateContent") ? "?alt=sse" : "");
    }

    private static Api.Answer call(Endpoint endpoint, String path, JsonNode operation) {
        var asked = path + query(operation);
        return operation.has("requestBody") ? theirs.send(endpoint.method(), asked, body(endpoint.path())) : theirs.send(endpoint.method(), asked, "");
    }

    /** What has to be asked for, as the document says it: without it nobody is looked at. */
    private static String query(JsonNode operation) {
        var required = operation.path("parameters").valueStream()
                .filter(parameter -> parameter.path("in").asString("").equals("query") && parameter.path("required").asBoolean(false))
                .map(parameter -> parameter.get("name").stringValue() + "=" + example(parameter).stringValue())
                .toList();
        return required.isEmpty() ? "" : "?" + String.join("&", required);
    }

    /** What the document shows; of one that repeats, for each. */
    static JsonNode example(JsonNode parameter) {
        return parameter.at(parameter.at("/schema/items").isMissingNode() ? "/schema/example" : "/schema/items/example");
    }

    /** A body that would be taken if the id were one's own. */
    private static String body(String path) {
        if (path.endsWith("/telemetry-upload")) {
            return "{\"telemetry\": []}";
        }
        if (path.endsWith("/exit")) {
            return "{\"status\": \"completed\", \"reward\": 1.0}";
        }
        if (path.startsWith("/inference/v1beta/")) {
            return "{\"contents\": [{\"parts\": [{\"text\": \"Hello\"}]}]}";
        }
        return path.startsWith("/v2/trace/job/") ? "{\"name\": \"theirs\", \"group\": 1}" : "{\"job_id\": \"" + UUID.randomUUID() + "\"}";
    }
}
