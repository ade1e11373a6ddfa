// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The API document says what the wire says: by pasting its examples, by fuzzing what it describes, and by a client made from it. */
@Order(1)
class ApiDocumentTests {

    private static final Path TOOLS = Client.environment("api-tools", "schemathesis==4.32.5", "openapi-python-client==0.29.1");
    /** For one that hangs. Its thousands of requests go one after the other, and beside other classes each waits for its turn. */
    private static final Duration PATIENCE = Duration.ofMinutes(20);
    /** Revoked, narrowed, given an end or replaced: a fuzzer's own key is one of them. */
    private static final String CHANGING_KEYS = "^/v2/keys/\\{id\\}";
    private static final String MODEL = "scripted/letter-count";

    /** One of its own: what a fuzzer opens and leaves, sessions above all, would stand in the way of other tests. */
    private static final Platform PLATFORM = Platform.start(Map.of());

    private static final String TEAM = "readers of the document";
    private static final String KEY = PLATFORM.keyOf(TEAM);
    private static final Api API = PLATFORM.api(KEY);
    private static final ObjectNode DOCUMENT = (ObjectNode) API.get("/v3/api-docs").expect(200).body();
    private static final Map<String, String> KNOWN = new HashMap<>();
    private static final String JOB_OF_NOBODY = "22222222-2222-4222-8222-222222222222";

    private record Call(String method, String path, JsonNode operation) {

        String name() {
            return method.toUpperCase() + " " + path;
        }

        boolean is(String other) {
            return name().equals(other);
        }
    }

    @Test
    void everyOperationSaysWhatItIsForHowItAnswersAndHowItRefuses() {
        assertThat(calls()).allSatisfy(call -> {
            assertThat(call.operation().path("summary").asString("")).as(call.name()).isNotBlank();
            assertThat(call.operation().at("/responses/400/content/application~1problem+json/schema/$ref").asString())
                    .as(call.name()).isEqualTo("#/components/schemas/Problem");
            call.operation().path("responses").properties().forEach(answer ->
                    assertThat(answer.getValue().path("content").propertyNames()).as(call.name() + " " + answer.getKey()).doesNotContain("*/*"));
        });
        // the wire's own names: none of the members is spelled as Java spells it, but where Google does too
        DOCUMENT.at("/components/schemas").properties().stream().filter(schema -> !schema.getKey().startsWith("Google")).forEach(schema ->
                assertThat(schema.getValue().path("properties").propertyNames()).as(schema.getKey()).noneMatch(name -> name.matches("[a-z]+[A-Z].*")));
    }

    @Test
    void everyExampleWorksWhenPasted() {
        for (var call : calls()) {
            var answer = pasted(call);
            var documented = call.operation().path("responses").propertyNames();
            assertThat(documented).as("%s, which answered %s", call.name(), answer.text()).contains(String.valueOf(answer.status()));
            // on a platform that is well there is no dead letter to show, scripts neither embed nor count, keys stay in their teams, and no
            // worker or provider of sandboxes is called as in an example
            var nothingThere = call.path().contains("/dead-letters/{id}")
                    || call.path().matches("/v2/workers/(drain|resume|credentials/\\{id})|/v2/runtimes/\\{runtime}/credential")
                    || call.path().endsWith("/train/backward") // of a forward that was never made
                    || call.path().matches("/inference/.*([eE]mbed|[cC]ount).*|/v2/auth/team");
            if (!nothingThere && documented.stream().anyMatch(status -> status.startsWith("2"))) {
                assertThat(answer.status()).as("%s, which answered %s", call.name(), answer.text()).isBetween(200, 299);
            }
        }
    }

    @Test
    void theFuzzerFindsNothing() {
        var folder = Repository.freshFolder("fuzzer");
        var document = DOCUMENT.deepCopy();
        calls(document).forEach(call -> call.operation().path("parameters").forEach(parameter -> {
            if (parameter.path("in").asString().equals("path")) {
                var known = KNOWN.get(known(call, parameter.path("name").asString()));
                if (known != null) {
                    ((ObjectNode) parameter).put("example", known);
                }
            }
        }));
        write(folder.resolve("openapi.json"), document.toString());
        var member = PLATFORM.keyOf(TEAM, "fuzzer", "member");

        fuzz(folder, member, "--exclude-path-regex", CHANGING_KEYS).exitsWith(0);

        assertThat(PLATFORM.api(member).get("/v2/auth/me").status()).as("a fuzzer without a key finds nothing, either").isEqualTo(200);
        PLATFORM.api(member).send("POST", "/v2/rollouts/cancel_user_jobs", "").expect(200);
        // apart and with a key of its own, since it ends the fuzzer's
        fuzz(folder, PLATFORM.keyOf(TEAM, "revoker", "member"), "--include-path-regex", CHANGING_KEYS).exitsWith(0);
        // what a member's key does not open
        fuzz(folder, PLATFORM.operator().key(), "--include-path-regex", "^/v2/admin/").exitsWith(0);
        // of all that follows from something else, what is made, ended and asked for again is found by chance only; here it is all there is
        fuzz(folder, member, "--phases", "stateful", "--include-path-regex", "^/runtime/sessions").exitsWith(0);
    }

    private static Finished fuzz(Path folder, String key, String... selection) {
        var command = new ArrayList<>(List.of(
                TOOLS.resolve("schemathesis").toString(), "--config-file", Repository.resource("fuzzer/schemathesis.toml").toString(),
                "run", "openapi.json", "--url", PLATFORM.url(), "--header", "Authorization: Bearer " + key));
        command.addAll(List.of(selection));
        return Running.start(folder, Map.of("HOME", folder.toString(), "NO_COLOR", "1", "COLUMNS", "200"), command).finish(PATIENCE);
    }

    @Test
    void aClientMadeFromTheDocumentDoesTheDemosJob() {
        var folder = Repository.freshFolder("generated");
        write(folder.resolve("openapi.json"), DOCUMENT.toString());
        write(folder.resolve("context.tar.gz"), context());
        var variables = Map.of("HOME", folder.toString(), "PYTHONPATH", folder.toString());
        var made = Running.start(folder, variables, List.of(
                        TOOLS.resolve("openapi-python-client").toString(), "generate", "--path", "openapi.json",
                        "--output-path", "assay_client", "--meta", "none"))
                .finish(PATIENCE).exitsWith(0);
        assertThat(made.text()).doesNotContain("will not be generated");

        Running.start(folder, variables, List.of(
                        TOOLS.resolve("python").toString(), Repository.resource("fuzzer/demo.py").toString(), PLATFORM.url(), KEY,
                        "context.tar.gz", "letter-count", MODEL))
                .finish(PATIENCE).exitsWith(0).says("reward 1.0");
    }

    /** One of everything, so that what is asked for by its id is there. */
    @AfterAll
    static void stop() {
        PLATFORM.close();
    }

    @BeforeAll
    static void data() {
        new Hud().against(PLATFORM.url(), KEY).source("letters").run("deploy", "--yes", "--no-env").exitsWith(0);
        API.post("/v2/models", Map.of("model_name", MODEL, "provider", "scripted", "upstream_model", "letters")).expect(201);
        var fork = API.send("POST", "/v2/models/fork", ((ObjectNode) example("POST /v2/models/fork")).put("name", "learner").toString()).expect(201).body()
                .get("id").stringValue();
        for (var call : List.of("forward-backward", "optim-step")) {
            API.send("POST", "/rl/v1/models/" + fork + "/train/" + call, example("POST /rl/v1/models/{id}/train/" + call).toString()).expect(200);
        }
        API.send("POST", "/v2/tasks/upload", example("POST /v2/tasks/upload").toString()).expect(201);
        var submission = example("POST /v2/rollouts/submit");
        var run = submission.get("trace_id").stringValue();
        API.send("POST", "/v2/rollouts/submit", submission.toString()).expect(201);
        Runs.finished(API, UUID.fromString(run));
        await().atMost(Duration.ofMinutes(2)).until(() -> API.get("/v2/trace/" + run + "/grade").status() == 200);
        var build = API.get("/v2/builds").expect(200).body().get("items").get(0);
        KNOWN.putAll(Map.of(
                "/v2/jobs/", submission.get("job_id").stringValue(),
                "/v2/trace/", run,
                "/v2/builds/", build.get("id").stringValue(),
                "/v2/registry/", build.get("registry_id").stringValue(),
                "/v2/tasksets/", API.get("/v2/tasksets").expect(200).body().get("items").get(0).get("id").stringValue(),
                "/v2/tasksets/by-name/", "letters",
                "/v2/projects/", API.get("/v2/projects").expect(200).body().get("items").get(0).get("id").stringValue(),
                "/v2/models/", fork,
                "/inference/", MODEL));
        KNOWN.put("/v2/models/{id}/checkpoints/", "step-1");
        KNOWN.put("/v2/trace/{id}/links/", API.post("/v2/trace/" + run + "/links", Map.of()).expect(201).body().get("id").stringValue());
        KNOWN.put("/v2/jobs/{job_id}/regrades/",
                API.post("/v2/jobs/" + KNOWN.get("/v2/jobs/") + "/regrades", Map.of("rule", "contains", "expected", "3")).expect(202).body()
                        .at("/regrade/id").stringValue());
        KNOWN.put("/rl/v1/models/", fork);
        KNOWN.put("/v2/recordings/", "documented");
        KNOWN.put("/v2/registry/{id}/variables/", "NAME");
        KNOWN.put("/v2/registry/{id}/versions/", "1");
        KNOWN.put("/v2/tasksets/{id}/tasks/",
                API.get("/v2/tasksets/" + KNOWN.get("/v2/tasksets/") + "/tasks").expect(200).body().at("/items/0/id").stringValue());
    }

    /** Under which of the known things a parameter of a path stands. */
    private static String known(Call call, String parameter) {
        var start = call.path().substring(0, call.path().indexOf("{" + parameter + "}"));
        return start.startsWith("/inference/") ? "/inference/" : start;
    }

    private static List<Call> calls() {
        return calls(DOCUMENT);
    }

    /** All of them; those that take something away come last. */
    private static List<Call> calls(ObjectNode document) {
        var calls = new ArrayList<Call>();
        document.path("paths").properties().forEach(path -> path.getValue().properties().forEach(operation ->
                calls.add(new Call(operation.getKey(), path.getKey(), operation.getValue()))));
        calls.sort(Comparator.comparing(call -> call.method().equals("delete")));
        return calls;
    }

    private static Api.Answer pasted(Call call) {
        var own = call.operation().path("x-admits").toString().contains("operator") ? PLATFORM.operator() : API;
        var body = call.operation().has("requestBody") ? example(call.name()) : null;
        if (call.is("PUT /v2/uploads/{token}")) {
            var address = API.send("POST", "/v2/builds/upload-url", "").expect(200).body().get("upload_url").stringValue();
            return own.send(own.request(address).header("Content-Type", "application/octet-stream").PUT(BodyPublishers.ofByteArray(context())));
        }
        if (call.is("POST /v2/auth/session")) {
            ((ObjectNode) body).put("key", KEY);
        }
        if (call.is("POST /v2/builds/trigger")) {
            ((ObjectNode) body).put("build_id", uploaded());
        }
        var request = own.request(filled(call));
        call.operation().path("parameters").forEach(parameter -> {
            if (parameter.path("in").asString().equals("header")) {
                request.header(parameter.path("name").asString(), parameter.path("example").asString());
            }
        });
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        return own.send(request.method(
                call.method().toUpperCase(), body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString())));
    }

    /** The path with the id of something that is there, and the parameters that must be. */
    private static String filled(Call call) {
        var path = call.path();
        var query = new ArrayList<String>();
        for (var parameter : call.operation().path("parameters")) {
            var name = parameter.path("name").asString();
            if (parameter.path("in").asString().equals("path")) {
                path = path.replace("{" + name + "}", value(call, name));
            } else if (name.equals("group_size") // required of a job that does not say it, as that of the examples
                    || call.path().endsWith("/gate") && name.equals("min") // one of two is required
                    || call.path().equals("/v2/qa/results") && name.equals("trace_ids")
                    || parameter.path("in").asString().equals("query") && parameter.path("required").asBoolean(false)) {
                query.add(name + "=" + URLEncoder.encode(TwoTeamsTests.example(parameter).asString(), StandardCharsets.UTF_8));
            }
        }
        return query.isEmpty() ? path : path + "?" + String.join("&", query);
    }

    private static String value(Call call, String parameter) {
        if (call.path().startsWith("/v2/keys/{id}")) {
            return PLATFORM.operator().post("/v2/admin/keys", Map.of("team", TEAM, "name", "leaver")).expect(201).body().get("id").stringValue();
        }
        if (call.path().equals("/v2/team/members/{id}")) {
            return API.post("/v2/team/members", Map.of("email", call.method() + "@example.org", "role", "member")).expect(201).body()
                    .get("id").stringValue();
        }
        if (call.path().startsWith("/runtime/sessions/{id}")) {
            return API.post("/runtime/sessions", Map.of("environment", "letter-count")).expect(201).body().get("id").stringValue();
        }
        if (call.path().matches("/inference/(v1/)?responses/\\{id}.*")) {
            return API.send("POST", "/inference/responses", example("POST /inference/responses").toString()).expect(200).body()
                    .get("id").stringValue();
        }
        if (call.path().equals("/v2/views/{name}")) {
            API.send("PUT", "/v2/views/documented", example("PUT /v2/views/{name}").toString()).expect(200);
            return "documented";
        }
        if (call.path().startsWith("/v2/recordings/{name}")) {
            API.send("PUT", "/v2/recordings/documented", "{\"assay_recording\": 1, \"ignore\": []}").expect(200);
            API.send("PUT", "/v2/recordings/documented/jobs/" + JOB_OF_NOBODY, "{\"mode\": \"record\"}").expect(200);
            return parameter.equals("name") ? "documented" : JOB_OF_NOBODY;
        }
        if (call.path().equals("/v2/upstreams/by-name/{name}")) { // behind the one whose example is changed: that is the first of the list
            var at = example("PUT /v2/upstreams/by-name/{name}").toString();
            API.send("PUT", "/v2/upstreams/by-name/slime-7", at).expect(200);
            return "slime-7";
        }
        if (call.path().equals("/v2/upstreams/{name}/probe")) {
            return "scripted";
        }
        if (call.path().matches("/v2/(admin/)?(upstreams|prices|budgets|targets|calls)/\\{id}")) {
            return listed(call.path().substring(0, call.path().lastIndexOf('/')));
        }
        // what a client names itself; the known run is one that the platform drives
        if (call.path().endsWith("/enter") || call.path().endsWith("/exit") || call.path().endsWith("/telemetry-upload")) {
            return "my-own";
        }
        return KNOWN.getOrDefault(known(call, parameter), "11111111-1111-4111-8111-111111111111");
    }

    /** What the list's own example has made, or a call that has been booked meanwhile. */
    private static String listed(String list) {
        var whose = list.startsWith("/v2/admin/") ? PLATFORM.operator() : API;
        return await().until(
                () -> whose.get(list).expect(200).body().findValues("id").stream().filter(JsonNode::isString).findFirst().orElse(null),
                id -> id != null).stringValue();
    }

    private static String uploaded() {
        var grant = API.send("POST", "/v2/builds/upload-url", "").expect(200).body();
        API.send(API.request(grant.get("upload_url").stringValue()).PUT(BodyPublishers.ofByteArray(context()))).expect(204);
        return grant.get("build_id").stringValue();
    }

    /** The source `letters` as it is uploaded. */
    private static byte[] context() {
        var contexts = new Contexts();
        try (var files = Files.list(Repository.resource("sources/letters"))) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                contexts.file(file.getFileName().toString(), Files.readString(file));
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return contexts.gzipped();
    }

    /** What the document shows as a body of this operation, at the operation or at the shape that it names. */
    private static JsonNode example(String name) {
        var call = calls().stream().filter(known -> known.is(name)).findFirst().orElseThrow();
        var content = call.operation().at("/requestBody/content").properties().iterator().next().getValue();
        var shape = content.path("schema").path("anyOf").isArray() ? content.path("schema").path("anyOf").get(0) : content.path("schema");
        var named = DOCUMENT.at(shape.path("$ref").asString("#").substring(1)).path("example");
        var shown = content.path("examples").isEmpty() ? named : content.path("examples").properties().iterator().next().getValue().path("value");
        if (!content.path("example").isMissingNode()) {
            shown = content.path("example");
        }
        return shown.isString() ? Api.JSON.readTree(shown.stringValue()) : shown.deepCopy();
    }

    private static void write(Path file, String text) {
        write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void write(Path file, byte[] bytes) {
        try {
            Files.write(file, bytes);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
