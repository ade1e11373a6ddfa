// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.taskset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.environment.Contexts;
import dev.assay.environment.EnvironmentServiceTest;
import dev.assay.environment.TestClient;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

@EnvironmentServiceTest
class TaskUploadTests {

    private static final String MANIFEST = """
            {"tasks": [{"id": "count", "args": {"properties": {"word": {"type": "string"}, "letter": {"type": "string"}},
                        "required": ["word", "letter"], "type": "object", "additionalProperties": false}}], "capabilities": []}""";

    @LocalServerPort
    private int port;

    private TestClient client;

    @BeforeEach
    void freshTeamWithAnEnvironment() {
        client = new TestClient(port);
        client.deploy("letters", MANIFEST);
    }

    @Test
    void everyBadTaskIsNamedAndNothingIsStored() {
        client.trigger("unbuilt", Contexts.small());
        var answer = upload("""
                {"name": "good", "env": {"name": "letters"}, "task_id": "count", "args": {"word": "x", "letter": "y"}},
                {"name": "typo", "env": {"name": "letters"}, "task_id": "count", "args": {"wrod": "x", "letter": "y"}},
                {"name": "other", "env": {"name": "letters"}, "task_id": "cnt", "args": {}},
                {"name": "nowhere", "env": {"name": "No Such Env"}, "task_id": "count", "args": {}},
                {"name": "early", "env": {"name": "unbuilt"}, "task_id": "count", "args": {}},
                {"name": "good", "env": {"name": "letters"}, "task_id": "count", "args": {"word": "x", "letter": "y"}},
                {"env": "letters", "task_id": 3, "args": [], "columns": "c", "validation": [1], "agent_config": 1},
                {"name": "checked", "env": {"name": "letters"}, "task_id": "count", "args": {"word": "x", "letter": "y"},
                 "verifier": {"env": "letters", "id": "judge"}}""");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.detail().lines()).containsExactly(
                "7 of 8 tasks cannot be taken; nothing was stored.",
                "- 'typo': task 'count' has no argument 'wrod': it takes letter, word",
                "- 'typo': argument 'word' is missing",
                "- 'other': environment 'letters' has no task 'cnt': it has count",
                "- 'nowhere': there is no environment 'No Such Env': deploy it first",
                "- 'early': environment 'unbuilt' has no version that was built",
                "- 'good': the name is there twice: names are unique in a taskset",
                "- task 7: name: required",
                "- task 7: env: must be {\"name\": …}",
                "- task 7: task_id: must be a text",
                "- task 7: args: must be an object",
                "- task 7: agent_config: must be an object",
                "- task 7: columns: must be an object",
                "- task 7: validation: must be a list of objects",
                "- 'checked': verifier: environment 'letters' has no task 'judge': it has count");
        assertThat(client.get("/v2/tasksets").json().path("total").intValue()).isZero();
    }

    @Test
    void runtimeConfigsAndVerifiersThatClientsCannotReadAreRefused() {
        for (var bad : new String[] {
            "\"runtime_config\": {\"colour\": 1}", "\"runtime_config\": {\"resources\": {\"cpus\": 2}}", "\"runtime_config\": []",
            "\"runtime_config\": {\"image\": \"\"}", "\"runtime_config\": {\"image\": \"a\", \"compose\": {}}",
            "\"runtime_config\": {\"limits\": {\"run_timeout_s\": 0}}", "\"runtime_config\": {\"resources\": {\"memory_mb\": 1.5}}",
            "\"verifier\": []", "\"verifier\": {\"env\": \"letters\"}",
            "\"verifier\": {\"env\": \"letters\", \"id\": \"count\", \"args\": {\"word\": \"x\", \"letter\": \"y\"}, \"verifier\": {}}",
            "\"verifier\": {\"env\": \"letters\", \"id\": \"count\", \"runtime_config\": {\"x\": 1}}"
        }) {
            assertThat(upload("{\"name\":\"t\",\"env\":{\"name\":\"letters\"},\"task_id\":\"count\",\"args\":{\"word\":\"x\",\"letter\":\"y\"}," + bad + "}").status())
                    .as(bad)
                    .isEqualTo(400);
        }
    }

    @Test
    void bodiesThatAreNoUploadAreRefusedWithTheFieldAndTheReason() {
        var nested = "{\"taskset_name\":\"t\",\"tasks\":" + "[".repeat(2000) + "]".repeat(2000) + "}";
        assertThat(client.post("/v2/tasks/upload", nested).status()).isEqualTo(400);
        assertThat(detail("{")).contains("not valid JSON");
        assertThat(detail("[]")).isEqualTo("body: must be a JSON object");
        assertThat(detail("")).contains("body");
        assertThat(detail("{\"taskset_name\":\"t\"}")).isEqualTo("tasks: required");
        assertThat(detail("{\"taskset_name\":\"t\",\"tasks\":{}}")).isEqualTo("tasks: must be a list, and there once");
        assertThat(detail("{\"taskset_name\":\"t\",\"tasks\":[],\"tasks\":[]}")).isEqualTo("tasks: must be a list, and there once");
        assertThat(detail("{\"taskset_name\":\"t\",\"tasks\":[]} x")).contains("not valid JSON");
        assertThat(detail("{\"tasks\":[]}")).isEqualTo("taskset_name: required");
        assertThat(detail("{\"taskset_name\":7,\"tasks\":[]}")).isEqualTo("taskset_name: must be a text");
        assertThat(detail("{\"taskset_name\":\"a\\u0000b\",\"tasks\":[]}")).contains("taskset_name: holds characters");
        assertThat(detail("{\"taskset_name\":\"a\\ud800b\",\"tasks\":[]}")).contains("taskset_name: holds characters");
        assertThat(detail("{\"taskset_name\":\"t\",\"tasks\":[],\"taskset_id\":\"nope\"}")).isEqualTo("taskset_id: 'nope' is not a UUID");
        assertThat(client.post("/v2/tasks/upload", "{\"taskset_name\":\"" + "x".repeat(2_100_000) + "\"}").status()).isEqualTo(413);
    }

    @Test
    void whatJsonHasNoWordForIsRefusedWithItsPlace() {
        for (var noNumber : new String[] {"NaN", "Infinity", "-Infinity"}) {
            var answer = upload("{\"name\":\"t\",\"env\":{\"name\":\"letters\"},\"task_id\":\"count\",\"args\":{\"word\":[{\"x\":" + noNumber + "}]}}");
            assertThat(answer.status()).as(noNumber).isEqualTo(400);
            assertThat(answer.detail()).contains("args.word.0.x: is no number");
            assertThat(upload(noNumber).detail()).contains("task 1").contains("must be an object");
        }
        assertThat(upload("{\"name\":\"t\",\"env\":{\"name\":\"letters\"},\"task_id\":\"count\",\"args\":{\"word\":1E400,\"letter\":\"\\ud83d x\"}}").status())
                .isEqualTo(201);
        var id = client.get("/v2/tasksets/by-name/set").json().path("taskset_id").stringValue();
        assertThat(client.get("/v2/tasksets/" + id + "/export").text()).contains("{\"word\":1E400,\"letter\":\"\\ud83d x\"}");
    }

    @Test
    void aNameThatNoAddressCanHoldIsRefused() {
        for (var name : new String[] {".", ".."}) {
            assertThat(client.post("/v2/tasksets", "{\"name\":\"" + name + "\"}").detail()).startsWith("name: must not be '" + name + "'");
            assertThat(detail("{\"taskset_name\":\"" + name + "\",\"tasks\":[]}")).startsWith("taskset_name: must not be '" + name + "'");
        }
        assertThat(client.get("/v2/tasksets").json().path("total").intValue()).isZero();
    }

    @Test
    void unknownTasksetsAndProjectsAreNotFound() {
        var nobody = "00000000-0000-0000-0000-000000000001";
        assertThat(client.post("/v2/tasks/upload", "{\"taskset_name\":\"t\",\"tasks\":[],\"taskset_id\":\"" + nobody + "\"}").status()).isEqualTo(404);
        assertThat(client.post("/v2/tasks/upload", "{\"taskset_name\":\"t\",\"tasks\":[],\"project_id\":\"" + nobody + "\"}").status()).isEqualTo(404);
        assertThat(client.get("/v2/tasksets/by-name/t").status()).isEqualTo(404);
    }

    @Test
    void aTasksetIsMadeOnceAndARepeatWithinAMinuteIsTheSame() {
        var first = client.post("/v2/tasksets", "{\"name\":\"mine\",\"project_id\":null}");
        assertThat(first.status()).isEqualTo(201);
        assertThat(first.json().path("can_edit").booleanValue()).isTrue();
        assertThat(client.post("/v2/tasksets", "{\"name\":\"mine\"}").json().path("id")).isEqualTo(first.json().path("id"));
        var project = client.post("/v2/projects", "{\"name\":\"elsewhere\"}").json().path("id").stringValue();
        assertThat(client.post("/v2/tasksets", "{\"name\":\"mine\",\"project_id\":\"" + project + "\"}").status()).isEqualTo(409);
    }

    private TestClient.Answer upload(String items) {
        return client.post("/v2/tasks/upload", "{\"taskset_name\":\"set\",\"tasks\":[" + items + "]}");
    }

    private String detail(String body) {
        var answer = client.post("/v2/tasks/upload", body);
        assertThat(answer.status()).as(body).isEqualTo(400);
        return answer.detail();
    }
}
