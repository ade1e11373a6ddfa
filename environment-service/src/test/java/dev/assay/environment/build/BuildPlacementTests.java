// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.internal.WorkersHere;
import dev.assay.environment.Contexts;
import dev.assay.environment.EnvironmentServiceTest;
import dev.assay.environment.FakeJobs;
import dev.assay.environment.TestClient;
import dev.assay.environment.TestClient.Answer;
import dev.assay.environment.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Which build goes to which worker, and whose is next. */
@EnvironmentServiceTest
class BuildPlacementTests {

    private static final Set<String> PLAIN = Set.of("process", "remote");
    private static final Set<String> ENGINE = Set.of("process", "docker", "compose");
    private static final byte[] RECIPE = new Contexts().file("env.py", "env = 1\n").file("Dockerfile.hud", "FROM debian\n").done();

    @LocalServerPort
    private int port;

    @Autowired
    private Time time;

    @Autowired
    private Fleet fleet;

    @Autowired
    private JdbcClient database;

    private TestClient client;

    @BeforeEach
    void emptyQueue() {
        client = new TestClient(port);
        time.pass(Duration.ofSeconds(30));
        for (Answer lease; (lease = lease("sweeper", "null")).status() == 200; ) {
            end(lease.json().path("build").stringValue(), "sweeper", lease.json().path("attempt").intValue());
        }
    }

    @AfterEach
    void nobodyIsHere() {
        here(Set.of(), Set.of());
        database.sql("update builds set lease_until = now() where status = 'IN_PROGRESS' and lease_until > now()").update();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            -                                                               | false | NONE
            -                                                               | true  | IF_THERE
            {'runtime':'process'}                                           | true  | NONE
            {'runtime':'docker'}                                            | false | NEEDED
            {'image':'a'}                                                   | false | IF_THERE
            {'remote':'tcp://h:1'}                                          | true  | NONE
            {'compose':{'document':{'services':{'main':{'image':'a'}}}}}    | false | IF_THERE
            {'compose':{'document':{'services':{'main':{'build':'.'}}}}}    | true  | NEEDED
            """)
    void whatABuildWantsOfAWorkerIsKnownBeforeOneHasIt(String config, boolean recipe, EngineNeed need) {
        assertThat(EngineNeed.of(config == null ? null : config.replace('\'', '"'), recipe)).isEqualTo(need);
    }

    @Test
    void whatABuildWaitsForIsTheFirstThingThatKeepsItBack() {
        assertThat(Waiting.of(EngineNeed.NONE, new WorkersHere(Set.of(), Set.of())).reason()).isEqualTo("no_worker");
        assertThat(Waiting.of(EngineNeed.NEEDED, new WorkersHere(PLAIN, PLAIN)).reason()).isEqualTo("no_engine");
        assertThat(Waiting.of(EngineNeed.NEEDED, new WorkersHere(ENGINE, PLAIN)).reason()).isEqualTo("closed");
        assertThat(Waiting.of(EngineNeed.IF_THERE, new WorkersHere(ENGINE, PLAIN)).reason()).isEqualTo("closed");
        assertThat(Waiting.of(EngineNeed.NONE, new WorkersHere(ENGINE, Set.of())).reason()).isEqualTo("closed");
        assertThat(Waiting.of(EngineNeed.IF_THERE, new WorkersHere(PLAIN, PLAIN)).reason()).isEqualTo("turn");
        assertThat(Waiting.of(EngineNeed.NEEDED, new WorkersHere(ENGINE, ENGINE)).reason()).isEqualTo("turn");
    }

    @Test
    void aContextWithARecipeIsForAWorkerWithAnEngineIfOneIsHere() {
        var recipe = client.trigger("recipe", RECIPE);
        var plain = client.trigger("plain", Contexts.small());
        here(ENGINE, ENGINE);
        assertThat(next("w1", PLAIN)).isEqualTo(plain);
        assertThat(next("w1", PLAIN)).isEmpty();
        assertThat(next("w2", ENGINE)).isEqualTo(recipe);
    }

    @Test
    void whereNoWorkerHasAnEngineARecipeIsForAnyAndWhereNobodyCanSayItWaits() {
        var recipe = client.trigger("recipe", RECIPE);
        here(Set.of(), Set.of());
        assertThat(next("w1", PLAIN)).isEmpty();
        here(PLAIN, PLAIN);
        assertThat(next("w1", PLAIN)).isEqualTo(recipe);
    }

    @Test
    void whatCannotBeBuiltWithoutAnEngineWaitsForOneAndSaysSo() {
        here(PLAIN, PLAIN);
        var build = client.post("/v2/builds/upload-url").json();
        client.upload(build.path("upload_url").stringValue(), RECIPE);
        var id = build.path("build_id").stringValue();
        var triggered = client.post("/v2/builds/trigger", "{\"name\":\"e\",\"runtime_config\":{\"runtime\":\"docker\"},\"build_id\":\"" + id + "\"}");
        assertThat(triggered.status()).as(triggered.text()).isEqualTo(200);

        assertThat(next("w1", PLAIN)).isEmpty();
        assertThat(client.get("/v2/builds/" + id + "/status").json().at("/waiting_because/reason").stringValue()).isEqualTo("no_engine");
        var lines = client.get("/v2/builds/" + id + "/log?wait_millis=0").json().path("lines");
        assertThat(lines.path(0).path("message").stringValue()).isEqualTo("waiting: no worker that is here has a container engine, without which it cannot be built");
        assertThat(client.get("/v2/builds/" + id + "/log").json().path("lines").size()).as("once").isOne();

        assertThat(next("w2", ENGINE)).isEqualTo(id);
        assertThat(client.get("/v2/builds/" + id + "/status").json().path("waiting_because").isNull()).isTrue();
        end(id, "w2", 1);
    }

    @Test
    void aBuildBringsATaskAlongThatItsTeamRunsInTheEnvironment() {
        var upload = """
                {"taskset_name": "%s", "tasks": [{"name": "one", "env": {"name": "%s"}, "task_id": "%s", "args": {"word": "x", "times": 1.0}}]}""";
        var first = client.trigger("e", Contexts.small());
        assertThat(lease("w0", "null").json().path("example").isNull()).as("it has none yet").isTrue();
        client.workerPost("w0", "/internal/builds/" + first + "/outcome", """
                {"attempt": 1, "succeeded": true, "manifest": {"tasks": [{"id": "old"}, {"id": "count"}], "capabilities": []}}""");
        for (var body : List.of(upload.formatted("old", "e", "old"), upload.formatted("new", "e", "count"))) {
            var uploaded = client.post("/v2/tasks/upload", body);
            assertThat(uploaded.status()).as(uploaded.text()).isEqualTo(201);
        }
        client.trigger("e", Contexts.small());
        assertThat(lease("w1", "null").json().path("example").toString())
                .isEqualTo("{\"task\":\"count\",\"args\":{\"word\":\"x\",\"times\":1.0}}");
        client.otherTeam().trigger("e", Contexts.small());
        assertThat(lease("w2", "null").json().path("example").isNull()).as("another team's tasks are nobody else's").isTrue();
    }

    @Test
    void teamsTakeTurnsWhateverOneOfThemHasWaiting() {
        var other = client.otherTeam();
        var many = List.of(client.trigger("a", Contexts.small()), client.trigger("b", Contexts.small()), client.trigger("c", Contexts.small()));
        var few = List.of(other.trigger("d", Contexts.small()), other.trigger("e", Contexts.small()));
        var given = new ArrayList<String>();
        for (int worker = 0; worker < 3; worker++) {
            given.add(next("w" + worker, ENGINE));
        }
        assertThat(given).containsExactly(many.get(0), few.get(0), many.get(1));
        end(many.get(0), "w0", 1);
        end(many.get(1), "w2", 1);
        assertThat(next("w3", ENGINE)).as("it holds fewer").isEqualTo(many.get(2));
        assertThat(next("w4", ENGINE)).isEqualTo(few.get(1));
    }

    @Test
    void teamsTakeTurnsAlsoWhereARecipeIsForAnyWorker() {
        here(PLAIN, PLAIN);
        var first = client.trigger("a", Contexts.small());
        client.trigger("b", Contexts.small());
        var other = client.otherTeam().trigger("recipe", RECIPE);
        assertThat(next("w1", PLAIN)).isEqualTo(first);
        assertThat(next("w2", PLAIN)).isEqualTo(other);
    }

    @Test
    void whatWantsAnImageAndHasNoRecipeIsRefusedAtOnce() {
        var build = client.post("/v2/builds/upload-url").json();
        client.upload(build.path("upload_url").stringValue(), Contexts.small());
        var refused = client.post(
                "/v2/builds/trigger", "{\"name\":\"e\",\"runtime_config\":{\"runtime\":\"docker\"},\"build_id\":\"" + build.path("build_id").stringValue() + "\"}");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.detail()).startsWith("runtime_config.runtime: 'docker' wants a Dockerfile.hud or Dockerfile in the context");
    }

    private void here(Set<String> kinds, Set<String> open) {
        FakeJobs.workers(kinds, open);
        fleet.ask();
    }

    /** Empty: there is none for it. */
    private String next(String worker, Set<String> kinds) {
        var answer = lease(worker, kinds.stream().map(kind -> "\"" + kind + "\"").toList().toString());
        database.sql("update builds set lease_until = now() + interval '1 hour' where lease_until > now() - interval '1 hour' and worker like '%/' || ?")
                .param(worker).update(); // however long the next step takes
        return answer.status() == 204 ? "" : answer.json().path("build").stringValue();
    }

    private Answer lease(String worker, String kinds) {
        return client.workerPost(worker, "/internal/builds/leases", "{\"waitMillis\":0,\"kinds\":" + kinds + "}");
    }

    private void end(String build, String worker, int attempt) {
        var over = "{\"attempt\":" + attempt + ",\"succeeded\":false,\"error\":\"over\"}";
        assertThat(client.workerPost(worker, "/internal/builds/" + build + "/outcome", over).status()).isEqualTo(204);
    }
}
