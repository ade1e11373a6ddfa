// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.project;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.environment.EnvironmentServiceTest;
import dev.assay.environment.TestClient;
import dev.assay.kit.identity.Role;
import dev.assay.testsupport.SettableClock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

@EnvironmentServiceTest
class ProjectTests {

    @LocalServerPort
    private int port;

    @Autowired
    private SettableClock clock;

    private TestClient client;

    @BeforeEach
    void freshTeam() {
        client = new TestClient(port);
    }

    @Test
    void aTeamHasOneDefaultProjectHoweverManyLookAtOnce() {
        var looks = IntStream.range(0, 8).mapToObj(i -> CompletableFuture.supplyAsync(() -> client.get("/v2/projects?limit=500"))).toList();
        var ids = looks.stream().map(CompletableFuture::join).map(page -> page.json().path("items").path(0).path("id").stringValue()).distinct();
        assertThat(ids).hasSize(1);
        var project = client.get("/v2/projects?limit=1").json().path("items").path(0);
        assertThat(project.path("is_default").booleanValue()).isTrue();
        assertThat(project.path("capabilities").path("create").booleanValue()).isTrue();
        assertThat(project.path("name").stringValue()).isEqualTo("default");
    }

    @Test
    void aViewerIsToldThatProjectsAreNotItsToFill() {
        var viewer = client.as(Role.VIEWER);
        var project = viewer.get("/v2/projects?limit=1").json().path("items").path(0);
        assertThat(project.path("capabilities").path("create").booleanValue()).isFalse();
        assertThat(viewer.get("/v2/projects/" + project.path("id").stringValue()).json().at("/capabilities/create").booleanValue()).isFalse();
        assertThat(viewer.post("/v2/projects", "{\"name\":\"p\"}").detail()).contains("takes member");
    }

    @Test
    void namesAreNormalizedAndTakenOnce() {
        var created = client.post("/v2/projects", "{\"name\":\"My Proj\",\"description\":\"d\"}");
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.json().path("name").stringValue()).isEqualTo("my-proj");
        var id = created.json().path("id").stringValue();
        assertThat(client.post("/v2/projects", "{\"name\":\"My Proj\",\"description\":\"d\"}").json().path("id").stringValue()).isEqualTo(id);
        assertThat(client.post("/v2/projects", "{\"name\":\"My Proj\"}").status()).isEqualTo(409);
        clock.advance(Duration.ofSeconds(61));
        assertThat(client.post("/v2/projects", "{\"name\":\"My Proj\",\"description\":\"d\"}").status()).isEqualTo(409);

        var found = client.get("/v2/projects?search=my-proj&limit=500").json();
        assertThat(found.path("total").intValue()).isOne();
        assertThat(client.get("/v2/projects/" + id.replace("-", "").toUpperCase()).json().path("id").stringValue()).isEqualTo(id);
    }

    @Test
    void environmentsAndNewTasksetsLieInTheProjectThatWasChosen() {
        var id = client.post("/v2/projects", "{\"name\":\"chosen\"}").json().path("id").stringValue();
        var build = client.deploy("plain", "{}");
        var environment = client.get("/v2/builds/" + build + "/status").json().path("registry_id").stringValue();
        assertThat(client.get("/v2/registry/" + environment).json().path("project_id").stringValue()).isNotEqualTo(id);

        var taskset = client.post("/v2/tasks/upload", "{\"taskset_name\":\"t\",\"tasks\":[],\"project_id\":\"" + id + "\"}").json();
        var tasksetPath = "/v2/tasksets/" + taskset.path("taskset_id").stringValue();
        assertThat(client.get(tasksetPath).json().path("project_id").stringValue()).isEqualTo(id);
    }
}
