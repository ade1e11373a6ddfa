// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

@EnvironmentServiceTest
class MainPathTests {

    private static final String MANIFEST = """
            {"env": {"name": "Letter Count", "version": "0.1"},
             "tasks": [{"id": "count", "description": "", "args": {"properties": {"word": {"type": "string"}}, "required": ["word"],
                        "type": "object", "additionalProperties": false}}],
             "capabilities": [{"name": "shell", "protocol": "ssh/2"}]}""";

    @LocalServerPort
    private int port;

    private TestClient client;

    @BeforeEach
    void freshTeam() {
        client = new TestClient(port);
    }

    @Test
    void aContextBecomesAVersionThatTasksCanName() {
        var context = Contexts.small();
        var build = client.trigger("Letter Count", context);
        client.hold("letter-count");

        var waiting = client.get("/v2/builds/" + build + "/status").json();
        assertThat(waiting.path("status").stringValue()).isEqualTo("IN_PROGRESS");
        assertThat(client.workerGet("/internal/environments/resolve?team=" + client.team() + "&name=letter-count").status()).isEqualTo(404);

        client.build(build, MANIFEST);

        var done = client.get("/v2/builds/" + build + "/status").json();
        assertThat(done.path("status").stringValue()).isEqualTo("SUCCEEDED");
        assertThat(done.path("version").intValue()).isEqualTo(1);
        assertThat(done.path("uri").stringValue()).isEqualTo("assay://letter-count/1");
        assertThat(done.path("manifest").path("tasks").path(0).path("id").stringValue()).isEqualTo("count");

        var resolved = client.workerGet("/internal/environments/resolve?team=" + client.team() + "&name=LETTER_count&version=").json();
        assertThat(resolved.path("declaredName").stringValue()).isEqualTo("Letter Count");
        assertThat(client.workerGetBytes("/internal/versions/" + resolved.path("versionId").stringValue() + "/context")).isEqualTo(context);

        var registry = client.get("/v2/registry?search=letter-count&limit=500").json();
        assertThat(registry.path("total").intValue()).isOne();
        assertThat(registry.path("items").path(0).path("name").stringValue()).isEqualTo("letter-count");
        assertThat(registry.path("items").path(0).path("latest_version").intValue()).isOne();

        var uploaded = client.post("/v2/tasks/upload", """
                {"taskset_name": "a b/c",
                 "tasks": [{"name": "one", "env": {"name": "Letter Count"}, "task_id": "count", "args": {"word": "x"}}]}""");
        assertThat(uploaded.status()).isEqualTo(201);
        assertThat(uploaded.json().path("tasks_created").intValue()).isOne();

        var found = client.get("/v2/tasksets/by-name/a%20b%2Fc").json();
        var id = found.path("taskset_id").stringValue();
        assertThat(found.path("name").stringValue()).isEqualTo("a b/c");
        assertThat(client.get("/v2/tasksets/" + id).json().path("can_edit").booleanValue()).isTrue();
        assertThat(client.get("/v2/tasksets/" + id + "/export").text().replaceFirst("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "?")).isEqualTo(
                """
                {"name":"a b/c","tasks":[{"version_id":"?","name":"one","env":"Letter Count","scenario":"count","args":{"word": "x"},\
                "validation":null,"agent_config":null,"columns":null,"runtime_config":null,"verifier":null}]}""");
        assertThat(client.get("/v2/tasksets?limit=5&offset=0").json().path("items").path(0).path("task_count").intValue()).isOne();
    }

    @Test
    void aSecondDeploymentIsTheNextVersionAndKeepsVariables() {
        deployWith("{\"A\": \"1\", \"B\": \"2\"}");
        var second = deployWith("{\"B\": \"3\"}");

        assertThat(client.get("/v2/builds/" + second + "/status").json().path("version").intValue()).isEqualTo(2);
        client.hold("e");
        var resolved = client.workerGet("/internal/environments/resolve?team=" + client.team() + "&name=e").json();
        assertThat(resolved.path("number").intValue()).isEqualTo(2);
        assertThat(resolved.path("environmentVariables").toString()).isEqualTo("{\"A\":\"1\",\"B\":\"3\"}");
        var environment = resolved.path("environmentId").stringValue();
        assertThat(client.get("/v2/registry/" + environment + "/variables").text()).isEqualTo("{\"names\":[\"A\",\"B\"]}");
        assertThat(client.delete("/v2/registry/" + environment + "/variables/A").status()).isEqualTo(204);
        assertThat(client.get("/v2/registry/" + environment + "/variables").text()).isEqualTo("{\"names\":[\"B\"]}");
        assertThat(client.get("/v2/registry/" + environment + "/versions").json().path("total").intValue()).isEqualTo(2);
        assertThat(client.get("/v2/builds?registry_id=" + environment).json().path("items").path(0).path("id").stringValue()).isEqualTo(second);
    }

    @Test
    void aVersionIsFoundAgainWhateverWasDeployedSince() {
        client.deploy("e", MANIFEST);
        client.hold("e");
        var resolve = "/internal/environments/resolve?team=" + client.team() + "&name=e&version=";
        var first = client.workerGet(resolve).json().path("versionId").stringValue();
        client.deploy("e", MANIFEST);
        assertThat(client.workerGet(resolve).json().path("number").intValue()).isEqualTo(2);
        assertThat(client.workerGet(resolve + first).json().path("number").intValue()).isOne();
        assertThat(client.workerGet(resolve + "nonsense").status()).isEqualTo(400);
        assertThat(client.workerGet(resolve + "00000000-0000-0000-0000-000000000001").status()).isEqualTo(404);
        var other = client.otherTeam();
        other.deploy("e", MANIFEST);
        other.hold("e");
        assertThat(other.workerGet("/internal/environments/resolve?team=" + other.team() + "&name=e&version=" + first).status()).isEqualTo(404);
    }

    @Test
    void namesThatOnlyClientsTakeForOneAreNotMixed() {
        client.build(client.trigger("среда", Contexts.small()), MANIFEST);
        var address = client.post("/v2/builds/upload-url").json();
        client.upload(address.path("upload_url").stringValue(), Contexts.small());
        var trigger = "{\"build_id\":\"" + address.path("build_id").stringValue() + "\",\"name\":\"環境\"";
        var refused = client.post("/v2/builds/trigger", trigger + "}");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.detail()).contains("環境", "среда");
        var registry = client.get("/v2/registry").json().path("items").path(0);
        assertThat(registry.path("latest_version").intValue()).isOne();
        assertThat(client.post("/v2/builds/trigger", trigger + ",\"registry_id\":\"" + registry.path("id").stringValue() + "\"}").status()).isEqualTo(200);
        var task = "{\"taskset_name\": \"t\", \"tasks\": [{\"name\": \"n\", \"env\": {\"name\": \"%s\"}, \"task_id\": \"count\", \"args\": {\"word\": \"x\"}}]}";
        assertThat(client.post("/v2/tasks/upload", task.formatted("тест")).detail()).contains("there is no environment 'тест'");
        assertThat(client.post("/v2/tasks/upload", task.formatted("環境")).status()).isEqualTo(201);
        assertThat(client.post("/v2/tasks/upload", task.formatted("environment")).status()).isEqualTo(201);
        client.hold("environment");
        var resolve = "/internal/environments/resolve?team=" + client.team() + "&name=";
        assertThat(client.workerGet(resolve + "environment").status()).isEqualTo(200);
        assertThat(client.workerGet(resolve + "%D1%82%D0%B5%D1%81%D1%82").status()).isEqualTo(404);
        client.deploy("held_out Letters", MANIFEST);
        client.deploy("Held-Out letters", MANIFEST);
        assertThat(client.get("/v2/registry").json().path("total").intValue()).isEqualTo(2);
    }

    @Test
    void triggeringTheSameBuildAgainChangesNothing() {
        var build = client.trigger("e", Contexts.small());
        var again = client.post("/v2/builds/trigger", "{\"build_id\":\"" + build + "\",\"name\":\"e\"}");
        assertThat(again.json().path("version").intValue()).isOne();
        assertThat(client.get("/v2/builds").json().path("total").intValue()).isOne();
        client.build(build, MANIFEST);
    }

    private String deployWith(String variables) {
        var address = client.post("/v2/builds/upload-url").json();
        assertThat(client.upload(address.path("upload_url").stringValue(), Contexts.small()).status()).isEqualTo(204);
        var build = address.path("build_id").stringValue();
        var triggered = client.post(
                "/v2/builds/trigger",
                "{\"source\":\"direct\",\"build_id\":\"" + build + "\",\"name\":\"e\",\"no_cache\":true,\"environment_variables\":" + variables + "}");
        assertThat(triggered.status()).isEqualTo(200);
        assertThat(triggered.json().path("id").stringValue()).isEqualTo(build);
        client.build(build, MANIFEST);
        return build;
    }
}
