// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.kit.identity.Role;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

@EnvironmentServiceTest
class IsolationTests {

    @LocalServerPort
    private int port;

    private TestClient owner;
    private TestClient stranger;
    private String build;
    private String environment;
    private String taskset;
    private String task;
    private String project;

    @BeforeEach
    void twoTeams() {
        owner = new TestClient(port);
        stranger = owner.otherTeam();
        build = owner.deploy("mine", "{\"tasks\": [{\"id\": \"t\", \"args\": {}}]}");
        environment = owner.get("/v2/builds/" + build + "/status").json().path("registry_id").stringValue();
        project = owner.get("/v2/projects").json().path("items").path(0).path("id").stringValue();
        taskset = owner.post("/v2/tasks/upload", upload("")).json().path("taskset_id").stringValue();
        task = owner.get("/v2/tasksets/" + taskset + "/tasks").json().at("/items/0/id").stringValue();
    }

    @Test
    void theOtherTeamsThingsAreNotThere() {
        for (var path : List.of(
                "/v2/projects/" + project,
                "/v2/builds/" + build + "/status",
                "/v2/builds/" + build + "/log",
                "/v2/builds?registry_id=" + environment,
                "/v2/registry/" + environment,
                "/v2/registry/" + environment + "/versions",
                "/v2/registry/" + environment + "/versions/1",
                "/v2/registry/" + environment + "/variables",
                "/v2/tasksets/" + taskset,
                "/v2/tasksets/" + taskset + "/export",
                "/v2/tasksets/" + taskset + "/tasks",
                "/v2/tasksets/" + taskset + "/tasks/" + task,
                "/v2/tasksets/by-name/set")) {
            assertThat(owner.get(path).status()).as(path).isEqualTo(200);
            var answer = stranger.get(path);
            assertThat(answer.status()).as(path).isEqualTo(404);
            assertThat(answer.detail()).isNotBlank();
        }
        assertThat(stranger.delete("/v2/registry/" + environment + "/variables/A").status()).isEqualTo(404);
        for (var list : List.of("/v2/builds", "/v2/registry", "/v2/tasksets")) {
            assertThat(stranger.get(list).json().path("total").intValue()).as(list).isZero();
        }
        assertThat(stranger.get("/v2/projects").json().path("total").intValue()).isOne();
    }

    @Test
    void nothingCanBePutIntoThem() {
        assertThat(stranger.post("/v2/tasks/upload", upload(",\"taskset_id\":\"" + taskset + "\"")).status()).isEqualTo(404);
        assertThat(stranger.post("/v2/tasks/upload", "{\"taskset_name\":\"x\",\"tasks\":[],\"project_id\":\"" + project + "\"}").status()).isEqualTo(404);
        assertThat(stranger.post("/v2/tasksets", "{\"name\":\"x\",\"project_id\":\"" + project + "\"}").status()).isEqualTo(404);
        assertThat(stranger.post("/v2/builds/trigger", "{\"name\":\"mine\",\"build_id\":\"" + build + "\"}").status()).isEqualTo(404);
        var own = stranger.post("/v2/builds/upload-url").json();
        stranger.upload(own.path("upload_url").stringValue(), Contexts.small());
        var id = own.path("build_id").stringValue();
        for (var foreign : List.of("\"registry_id\":\"" + environment + "\"", "\"project_id\":\"" + project + "\"")) {
            assertThat(stranger.post("/v2/builds/trigger", "{\"name\":\"mine\",\"build_id\":\"" + id + "\"," + foreign + "}").status()).isEqualTo(404);
        }
        assertThat(stranger.get("/v2/registry").json().path("total").intValue()).isZero();
    }

    @Test
    void theSameNamesAreOthersThings() {
        var answer = stranger.post("/v2/tasks/upload", upload(""));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.detail()).contains("there is no environment 'mine'");
        stranger.deploy("mine", "{\"tasks\": [{\"id\": \"t\", \"args\": {}}]}");
        assertThat(stranger.post("/v2/tasks/upload", upload("")).json().path("taskset_id").stringValue()).isNotEqualTo(taskset);
    }

    @Test
    void membersHaveNoBusinessInside() {
        assertThat(owner.get("/internal/environments/resolve?team=" + owner.team() + "&name=mine").status()).isEqualTo(404);
        assertThat(owner.post("/internal/builds/leases", "{\"waitMillis\":0}").status()).isEqualTo(404);
    }

    private static String upload(String more) {
        return "{\"taskset_name\":\"set\",\"tasks\":[{\"name\":\"a\",\"env\":{\"name\":\"mine\"},\"task_id\":\"t\",\"args\":{}}]" + more + "}";
    }

    /** job-service asks so, to name a job's taskset. */
    @Test
    void aServiceLearnsOfATeamsTasksetWhatItIsCalledAndNoMore() {
        var service = owner.as(Role.SERVICE);
        assertThat(service.get("/v2/tasksets/" + taskset).json().path("name").stringValue()).isEqualTo("set");
        assertThat(service.get("/v2/tasksets/" + taskset + "/tasks").status()).isEqualTo(403);
        assertThat(stranger.as(Role.SERVICE).get("/v2/tasksets/" + taskset).status()).isEqualTo(404);
    }
}
