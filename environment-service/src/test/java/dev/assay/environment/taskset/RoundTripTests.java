// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.taskset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.environment.EnvironmentServiceTest;
import dev.assay.environment.TestClient;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

@EnvironmentServiceTest
class RoundTripTests {

    private static final String MANIFEST = """
            {"tasks": [{"id": "open", "args": {"properties": {}, "type": "object", "additionalProperties": true}}], "capabilities": []}""";

    @LocalServerPort
    private int port;

    private TestClient client;

    @BeforeEach
    void freshTeamWithAnEnvironment() {
        client = new TestClient(port);
        client.deploy("Round_Trip  Env", MANIFEST);
    }

    @Test
    void everyPartOfATaskIsExportedAsItWasUploaded() {
        var items = new ArrayList<String>();
        var uploaded = new ArrayList<Map<String, String>>();
        for (int seed = 0; seed < 200; seed++) {
            var nasty = new NastyJson(new Random(seed));
            var item = new LinkedHashMap<String, String>();
            item.put("name", "\"task " + seed + " ä/\\\"\"");
            item.put("env", "{\"name\":\"Round_Trip  Env\"}");
            item.put("task_id", "\"open\"");
            item.put("args", nasty.anObject(4));
            if (seed % 2 == 0) {
                item.put("validation", nasty.array(IntStream.range(0, seed % 4).mapToObj(i -> nasty.anObject(3)).toList()));
            }
            if (seed % 3 == 0) {
                item.put("agent_config", nasty.anObject(3));
            }
            if (seed % 5 == 0) {
                item.put("columns", nasty.anObject(3));
            }
            if (seed % 7 == 0) {
                item.put("runtime_config", "{\"resources\":null,\"limits\":{\"run_timeout_s\":60}}");
            }
            if (seed % 11 == 0) {
                item.put("verifier", "{\"env\":\"round trip env\",\"id\":\"open\",\"slug\":\"v\",\"args\":{\"x\":1.0},\"unknown\":null}");
            }
            uploaded.add(item);
            items.add(nasty.object(item));
        }
        var answer = upload("nasty", String.join(",", items));
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        assertThat(answer.json().path("tasks_created").intValue()).isEqualTo(200);

        var export = client.get("/v2/tasksets/" + answer.json().path("taskset_id").stringValue() + "/export").text();
        var records = RawJsonTests.elements(RawJson.members(export).get("tasks"));
        assertThat(records).hasSize(200);
        for (int i = 0; i < records.size(); i++) {
            var record = RawJson.members(records.get(i));
            var item = uploaded.get(i);
            assertThat(record.get("env")).isEqualTo("\"Round_Trip  Env\"");
            assertThat(record.get("scenario")).isEqualTo("\"open\"");
            assertThat(RawJson.tree(record.get("name"))).isEqualTo(RawJson.tree(item.get("name")));
            for (var part : new String[] {"args", "validation", "agent_config", "columns", "runtime_config", "verifier"}) {
                assertThat(record.get(part)).as("task %d, %s", i, part).isEqualTo(item.getOrDefault(part, "null"));
            }
        }
    }

    @Test
    void theOrderIsTheOrderOfUploadsAndAKnownNameKeepsItsPlace() {
        var id = upload("order", item("b") + "," + item("a")).json().path("taskset_id").stringValue();
        var second = upload("order", item("c") + "," + item("b")).json();
        assertThat(second.path("tasks_created").intValue()).isOne();
        assertThat(second.path("tasks_updated").intValue()).isOne();
        assertThat(second.path("taskset_id").stringValue()).isEqualTo(id);
        var tasks = client.get("/v2/tasksets/" + id + "/tasks?limit=2&offset=1").json();
        assertThat(tasks.path("items").valueStream().map(task -> task.path("name").stringValue())).containsExactly("a", "c");
        assertThat(tasks.path("total").intValue()).isEqualTo(3);
    }

    @Test
    void aTaskHasAnotherVersionWheneverAnyPartOfItIsAnother() {
        var id = upload("versions", item("a") + "," + item("b")).json().path("taskset_id").stringValue();
        var first = versions(id);
        assertThat(first).doesNotHaveDuplicates().doesNotContain("");
        upload("versions", item("a") + "," + item("b"));
        assertThat(versions(id)).as("the same was uploaded").isEqualTo(first);
        upload("versions", item("a").replace("\"args\":{}", "\"args\":{\"x\":1}"));
        var second = versions(id);
        assertThat(second.getFirst()).isNotEqualTo(first.getFirst());
        assertThat(second.getLast()).isEqualTo(first.getLast());
    }

    /** As the list tells them, and the export. */
    private List<String> versions(String taskset) {
        var listed = client.get("/v2/tasksets/" + taskset + "/tasks").json().path("items");
        var exported = client.get("/v2/tasksets/" + taskset + "/export").json().path("tasks");
        assertThat(exported.findValuesAsString("version_id")).isEqualTo(listed.findValuesAsString("version_id"));
        return listed.findValuesAsString("version_id");
    }

    @Test
    void theIdOfATasksetDecidesAlsoInThePlaceOfTheName() {
        var id = upload("by id", item("a")).json().path("taskset_id").stringValue();
        assertThat(upload(id.replace("-", ""), item("b")).json().path("taskset_id").stringValue()).isEqualTo(id);
        var byId = client.post("/v2/tasks/upload", "{\"taskset_name\":\"other\",\"taskset_id\":\"" + id + "\",\"tasks\":[" + item("c") + "]}").json();
        assertThat(byId.path("taskset_id").stringValue()).isEqualTo(id);
        assertThat(byId.path("taskset_name").stringValue()).isEqualTo("by id");
        assertThat(client.get("/v2/tasksets/by-name/other").status()).isEqualTo(404);
    }

    @Test
    void uploadsAtOnceToANewTasksetMakeOne() {
        var answers = IntStream.range(0, 8).mapToObj(i -> CompletableFuture.supplyAsync(() -> upload("race", item("t" + i % 4)))).toList();
        var ids = answers.stream().map(CompletableFuture::join).map(answer -> answer.json().path("taskset_id").stringValue()).distinct().toList();
        assertThat(ids).hasSize(1);
        assertThat(client.get("/v2/tasksets/" + ids.getFirst()).json().path("task_count").intValue()).isEqualTo(4);
    }

    @Test
    void namesOfTasksetsMayHoldAnythingThatPeopleType() {
        for (var name : new String[] {"My Letters/x", "100%", "größe 文", "a+b", "what?", "#1", "semi;colon", "back\\slash", "c:d"}) {
            var answer = upload(name.replace("\\", "\\\\"), item("a"));
            var encoded = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
            var found = client.get("/v2/tasksets/by-name/" + encoded);
            assertThat(found.status()).as(name).isEqualTo(200);
            assertThat(found.json().path("taskset_id")).isEqualTo(answer.json().path("taskset_id"));
        }
    }

    private static String item(String name) {
        return "{\"name\":\"" + name + "\",\"env\":{\"name\":\"round-trip-env\"},\"task_id\":\"open\",\"args\":{}}";
    }

    private TestClient.Answer upload(String taskset, String items) {
        return client.post("/v2/tasks/upload", "{\"taskset_name\":\"" + taskset + "\",\"tasks\":[" + items + "]}");
    }
}
