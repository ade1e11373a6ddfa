// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.listing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.environment.Contexts;
import dev.assay.environment.EnvironmentServiceTest;
import dev.assay.environment.TestClient;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

/** A list that grows while it is read repeats nothing and misses nothing. All that is made here is made at one time by the clock. */
@EnvironmentServiceTest
class GrowingListsTests {

    @LocalServerPort
    private int port;

    private TestClient client;
    private int made;

    @BeforeEach
    void freshTeam() {
        client = new TestClient(port);
    }

    @Test
    void buildsAndVersions() {
        var builds = new ArrayList<String>();
        for (int n = 0; n < 5; n++) {
            builds.addFirst(client.trigger("e", Contexts.small()));
        }
        var registry = client.get("/v2/registry").json().at("/items/0/id").stringValue();
        for (var list : List.of("/v2/builds?", "/v2/builds?registry_id=" + registry + "&", "/v2/registry/" + registry + "/versions?")) {
            var whole = values(client.get(list).json(), "id");
            assertThat(readWhileItGrows(list, "id", n -> builds.addFirst(client.trigger("e", Contexts.small())))).isEqualTo(whole);
            assertThat(values(client.get(list + "limit=2&offset=1").json(), "id"))
                    .isEqualTo(values(client.get(list + "limit=3").json(), "id").subList(1, 3));
        }
        assertThat(values(client.get("/v2/builds").json(), "id")).isEqualTo(builds);
        assertThat(client.get("/v2/builds?offset=100001").detail()).startsWith("offset:");
    }

    @Test
    void environmentsNewestFirst() {
        grow(5, n -> environment("e" + n));
        assertThat(readWhileItGrows("/v2/registry?", "name", n -> environment("e" + n))).containsExactly("e4", "e3", "e2", "e1", "e0");
        assertThat(readWhileItGrows("/v2/registry?search=e&", "name", n -> environment("e" + n)))
                .containsExactly("e7", "e6", "e5", "e4", "e3", "e2", "e1", "e0");
    }

    @Test
    void environmentsByName() {
        for (var name : List.of("d", "b", "c", "a", "e")) {
            environment(name);
        }
        assertThat(readWhileItGrows("/v2/registry?sort_by=name&", "name", n -> environment("a" + n))).containsExactly("a", "b", "c", "d", "e");
        assertThat(client.get("/v2/registry?sort_by=name&cursor=999999999999").detail()).startsWith("cursor:");
    }

    @Test
    void anEnvironmentOfJustThatNameIsShownFirstAndOnce() {
        for (var name : List.of("my-x", "x", "x-1", "ax")) {
            environment(name);
        }
        environment("other");
        for (int limit = 1; limit <= 4; limit++) {
            var size = "&limit=" + limit;
            assertThat(readWhileItGrows("/v2/registry?search=x", "name", size, n -> {})).containsExactly("x", "ax", "x-1", "my-x");
            assertThat(readWhileItGrows("/v2/registry?search=x&sort_by=name", "name", size, n -> {}))
                    .containsExactly("x", "ax", "my-x", "x-1");
        }
        assertThat(values(client.get("/v2/registry?search=x&offset=1&limit=2").json(), "name")).containsExactly("ax", "x-1");
    }

    @Test
    void anEnvironmentOfJustThatNameThatIsMadeMeanwhileStandsBeforeWhatIsReadAlready() {
        grow(3, n -> environment("x" + n));
        assertThat(readWhileItGrows("/v2/registry?search=x&", "name", n -> environment("x"))).containsExactly("x2", "x1", "x0");
        assertThat(values(client.get("/v2/registry?search=x").json(), "name")).containsExactly("x", "x2", "x1", "x0");
    }

    @Test
    void tasksets() {
        grow(5, n -> taskset("t" + n));
        taskset("unlike");
        assertThat(readWhileItGrows("/v2/tasksets?search=T&", "name", n -> taskset("t" + n))).containsExactly("t4", "t3", "t2", "t1", "t0");
        assertThat(readWhileItGrows("/v2/tasksets?", "name", n -> taskset("u" + n)))
                .containsExactly("t7", "t6", "t5", "unlike", "t4", "t3", "t2", "t1", "t0");
    }

    @Test
    void projectsOldestFirst() {
        grow(3, n -> project("p" + n));
        var read = readWhileItGrows("/v2/projects?", "name", n -> {
            if (n < 5) {
                project("p" + n);
            }
        });
        assertThat(read).containsExactly("default", "p0", "p1", "p2", "p3", "p4");
    }

    @Test
    void aProjectOfJustThatNameIsShownFirstAndOnce() {
        for (var name : List.of("my-x", "ax", "x", "x-1", "other")) {
            project(name);
        }
        for (int limit = 1; limit <= 4; limit++) {
            assertThat(readWhileItGrows("/v2/projects?search=x", "name", "&limit=" + limit, n -> {})).containsExactly("x", "my-x", "ax", "x-1");
        }
    }

    @Test
    void aCursorIsOneThatAPageGave() {
        for (var list : List.of("/v2/builds", "/v2/registry", "/v2/tasksets", "/v2/projects")) {
            for (var cursor : List.of("x", "", "-1", "1234567890123456789")) {
                var refused = client.get(list + "?cursor=" + cursor);
                assertThat(refused.status()).as(list + " " + cursor).isEqualTo(400);
                assertThat(refused.detail()).startsWith("cursor:");
            }
        }
    }

    private List<String> readWhileItGrows(String list, String member, IntConsumer grow) {
        return readWhileItGrows(list, member, "limit=2", grow);
    }

    /** Reads page by page, and what it reads grows behind each. */
    private List<String> readWhileItGrows(String list, String member, String limit, IntConsumer grow) {
        var read = new ArrayList<String>();
        var cursor = "";
        do {
            var page = client.get(list + limit + cursor).json();
            read.addAll(values(page, member));
            var total = page.path("total").intValue();
            grow(1, grow);
            assertThat(total).isGreaterThanOrEqualTo(read.size());
            cursor = page.path("next").isNull() ? "" : "&cursor=" + page.path("next").stringValue();
        } while (!cursor.isEmpty());
        assertThat(read).doesNotHaveDuplicates();
        return read;
    }

    private void grow(int by, IntConsumer grow) {
        for (int n = 0; n < by; n++) {
            grow.accept(made++);
        }
    }

    private void environment(String name) {
        client.trigger(name, Contexts.small());
    }

    private void taskset(String name) {
        assertThat(client.post("/v2/tasksets", "{\"name\":\"" + name + "\"}").status()).isEqualTo(201);
    }

    private void project(String name) {
        assertThat(client.post("/v2/projects", "{\"name\":\"" + name + "\"}").status()).isEqualTo(201);
    }

    private static List<String> values(JsonNode page, String member) {
        return page.path("items").valueStream().map(item -> item.path(member).stringValue()).toList();
    }
}
