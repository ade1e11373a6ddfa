// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.listing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.environment.Contexts;
import dev.assay.environment.EnvironmentServiceTest;
import dev.assay.environment.TestClient;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** One entry, however large, costs a list little: what is too large for it is told by the entry itself. */
@EnvironmentServiceTest
class LargeEntriesTests {

    private static final int LARGE = 1_500_000;
    private static final String OPEN = "{\"tasks\": [{\"id\": \"open\", \"args\": {\"type\": \"object\"%s}}], \"capabilities\": []}";

    @LocalServerPort
    private int port;

    @Autowired
    private JdbcClient database;

    private TestClient client;

    @BeforeEach
    void freshTeam() {
        client = new TestClient(port);
    }

    @Test
    void aListOfBuildsCutsAnErrorAndLeavesOutAManifest() {
        var built = client.deploy("e", OPEN.formatted(", \"title\": \"" + "ä".repeat(LARGE / 2) + "\""));
        var failed = client.trigger("e", Contexts.small());
        database.sql("update builds set status = 'FAILED', finished_at = now(), error_message = repeat('é', :length) where id = cast(:id as uuid)")
                .param("length", LARGE)
                .param("id", failed)
                .update();

        var page = client.get("/v2/builds");
        assertThat(page.text()).hasSizeLessThan(10_000);
        var items = page.json().path("items");
        assertThat(items.get(0).path("error_message").stringValue()).isEqualTo("é".repeat(1000) + " … (" + LARGE + " characters in all)");
        assertThat(items.get(0).path("left_out")).isEmpty();
        assertThat(items.get(1).path("manifest").isNull()).isTrue();
        assertThat(texts(items.get(1).path("left_out"))).containsExactly("manifest");

        assertThat(status(failed).path("error_message").stringValue()).hasSize(LARGE);
        assertThat(status(built).at("/manifest/tasks/0/args/title").stringValue()).hasSize(LARGE / 2);
        assertThat(status(built).path("left_out")).isEmpty();
    }

    @Test
    void aListOfVersionsLeavesOutWhatIsLargeAndTheVersionAloneHasIt() {
        client.deploy("e", OPEN.formatted(", \"title\": \"" + "x".repeat(LARGE) + "\""));
        client.deploy("e", OPEN.formatted(""));
        database.sql("update versions set runtime_config = '{\"x\": \"' || repeat('y', :length) || '\"}' where team_id = :team and number = 1")
                .param("length", LARGE)
                .param("team", client.team().value())
                .update();
        var versions = "/v2/registry/" + client.get("/v2/registry").json().at("/items/0/id").stringValue() + "/versions";

        var page = client.get(versions);
        assertThat(page.text()).hasSizeLessThan(10_000);
        assertThat(page.json().at("/items/0/manifest/tasks")).hasSize(1);
        assertThat(page.json().at("/items/0/left_out")).isEmpty();
        assertThat(page.json().at("/items/1/manifest").isNull()).isTrue();
        assertThat(texts(page.json().at("/items/1/left_out"))).containsExactly("runtime_config", "manifest");

        var whole = client.get(versions + "/1").json();
        assertThat(whole.at("/manifest/tasks/0/args/title").stringValue()).hasSize(LARGE);
        assertThat(whole.at("/runtime_config/x").stringValue()).hasSize(LARGE);
        assertThat(whole.path("left_out")).isEmpty();
        assertThat(client.get(versions + "/3").status()).isEqualTo(404);
    }

    @Test
    void aListOfTasksLeavesOutWhatIsLargeAndTheTaskAloneAndTheExportHaveIt() {
        client.deploy("e", OPEN.formatted(""));
        var args = "{\"x\": 1.50, \"long\":\"" + "z".repeat(LARGE) + "\"}";
        var uploaded = client.post("/v2/tasks/upload", "{\"taskset_name\":\"t\",\"tasks\":[" + task("small", "{}") + "," + task("large", args) + "]}");
        var taskset = "/v2/tasksets/" + uploaded.json().path("taskset_id").stringValue();

        var page = client.get(taskset + "/tasks");
        assertThat(page.text()).hasSizeLessThan(10_000);
        assertThat(page.json().at("/items/0/args").isObject()).isTrue();
        assertThat(page.json().at("/items/1/args").isNull()).isTrue();
        assertThat(texts(page.json().at("/items/1/left_out"))).containsExactly("args");

        assertThat(client.get(taskset + "/tasks/" + page.json().at("/items/1/id").stringValue()).text()).contains("\"args\":" + args);
        assertThat(client.get(taskset + "/export").text()).contains("\"args\":" + args).doesNotContain("left_out");
        assertThat(client.get(taskset + "/tasks/" + taskset.substring("/v2/tasksets/".length())).status()).isEqualTo(404);
    }

    @Test
    void anExportOfManyLargeTasksHoldsThemAllInTheirOrder() {
        client.deploy("e", OPEN.formatted(""));
        var taskset = client.post("/v2/tasks/upload", "{\"taskset_name\":\"t\",\"tasks\":["
                        + String.join(",", IntStream.range(0, 250).mapToObj(n -> task("task " + n, "{}")).toList()) + "]}")
                .json().path("taskset_id").stringValue();
        database.sql("update tasks set args = '{\"x\":\"' || repeat('x', :length) || '\"}' where taskset_id = cast(:id as uuid) and position % 50 < 2")
                .param("length", LARGE)
                .param("id", taskset)
                .update();
        var exported = client.get("/v2/tasksets/" + taskset + "/export").json().path("tasks");
        assertThat(exported.valueStream().map(task -> task.path("name").stringValue()))
                .containsExactlyElementsOf(IntStream.range(0, 250).mapToObj(n -> "task " + n).toList());
    }

    @Test
    void aListOfProjectsCutsALongDescription() {
        var project = client.post("/v2/projects", "{\"name\":\"p\",\"description\":\"" + "d".repeat(LARGE) + "\"}").json().path("id").stringValue();
        var page = client.get("/v2/projects?search=p");
        assertThat(page.text()).hasSizeLessThan(5_000);
        assertThat(page.json().at("/items/0/description").stringValue()).isEqualTo("d".repeat(1000) + " … (" + LARGE + " characters in all)");
        assertThat(client.get("/v2/projects/" + project).json().path("description").stringValue()).hasSize(LARGE);
    }

    @Test
    void aPageOfALogIsNotLongerThanItsFirstLineAndAMegabyte() {
        var build = client.trigger("e", Contexts.small());
        database.sql("insert into build_lines (build_id, number, at, message) select cast(:id as uuid), n, now(), repeat('l', 400000) from generate_series(1, 7) n")
                .param("id", build)
                .update();
        var read = new ArrayList<Integer>();
        int after = 0;
        for (JsonNode page; (page = client.get("/v2/builds/" + build + "/log?after=" + after).json()).path("next").intValue() > after; ) {
            read.add(page.path("lines").size());
            after = page.path("next").intValue();
        }
        assertThat(read).containsExactly(3, 3, 1);
    }

    private JsonNode status(String build) {
        return client.get("/v2/builds/" + build + "/status").json();
    }

    private static List<String> texts(JsonNode list) {
        return list.valueStream().map(JsonNode::stringValue).toList();
    }

    private static String task(String name, String args) {
        return "{\"name\":\"" + name + "\",\"env\":{\"name\":\"e\"},\"task_id\":\"open\",\"args\":" + args + "}";
    }
}
