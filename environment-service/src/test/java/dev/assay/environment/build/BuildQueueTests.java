// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.environment.Contexts;
import dev.assay.environment.EnvironmentServiceTest;
import dev.assay.environment.TestClient;
import dev.assay.environment.TestClient.Answer;
import dev.assay.environment.Time;
import dev.assay.testsupport.SettableClock;
import dev.assay.testsupport.Tokens;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

@EnvironmentServiceTest
class BuildQueueTests {

    private static final String MANIFEST = "{\"tasks\": [{\"id\": \"t\"}], \"capabilities\": []}";

    @LocalServerPort
    private int port;

    @Autowired
    private Time time;

    @Autowired
    private SettableClock clock;

    @Autowired
    private JdbcClient database;

    @Autowired
    private DataSource connections;

    @Autowired
    private BuildLines lines;

    @Autowired
    private MeterRegistry meters;

    private TestClient client;

    @BeforeEach
    void freshTeamAndEmptyQueue() {
        client = new TestClient(port);
        time.pass(Duration.ofSeconds(30));
        for (Answer lease; (lease = lease("sweeper", 0)).status() == 200; ) {
            outcome(lease.json().path("build").stringValue(), "sweeper", lease.json().path("attempt").intValue(), "false", "null", "\"swept\"");
        }
    }

    @Test
    void aLeaseHasWhatAWorkerNeeds() {
        var address = client.post("/v2/builds/upload-url").json();
        client.upload(address.path("upload_url").stringValue(), Contexts.small());
        client.post(
                "/v2/builds/trigger",
                "{\"name\":\"My Env\",\"build_id\":\"" + address.path("build_id").stringValue()
                        + "\",\"environment_variables\":{\"KEY\":\"v\"},\"build_args\":{\"B\":\"2\"},\"build_secrets\":{\"tok\":\"hush\"},"
                        + "\"no_cache\":true}");
        var lease = lease("w1", 0).json();
        assertThat(lease.path("build").stringValue()).isEqualTo(address.path("build_id").stringValue());
        assertThat(lease.path("declaredName").stringValue()).isEqualTo("My Env");
        assertThat(lease.path("attempt").intValue()).isOne();
        assertThat(lease.path("ttlMillis").longValue()).isEqualTo(20_000);
        assertThat(lease.path("environmentVariables").toString()).isEqualTo("{\"KEY\":\"v\"}");
        assertThat(lease.path("buildArgs").toString()).isEqualTo("{\"B\":\"2\"}");
        assertThat(lease.path("team").stringValue()).isEqualTo(client.team().toString());
        assertThat(lease.path("buildSecrets").toString()).isEqualTo("{\"tok\":\"hush\"}");
        assertThat(lease.path("noCache").booleanValue()).isTrue();
    }

    @Test
    void aBuildsSecretsAreSealedWhileItGoesOnAndGoneThen() {
        var address = client.post("/v2/builds/upload-url").json();
        var build = address.path("build_id").stringValue();
        client.upload(address.path("upload_url").stringValue(), Contexts.small());
        var trigger = "{\"name\":\"e\",\"build_id\":\"" + build + "\",\"build_secrets\":{\"%s\":\"hush\"}}";
        assertThat(client.post("/v2/builds/trigger", trigger.formatted("to k,src=/etc/shadow")).json().path("detail").stringValue())
                .startsWith("build_secrets: 'to k,src=/etc/shadow' cannot be the id of a secret");
        assertThat(client.post("/v2/builds/trigger", trigger.formatted("tok")).text()).doesNotContain("hush");
        assertThat(sealedSecrets(build)).contains(":").doesNotContain("hush");
        lease("w", 0);
        outcome(build, "w", 1, "false", "null", "\"no\"");
        assertThat(sealedSecrets(build)).isNull();
    }

    private @Nullable String sealedSecrets(String build) {
        return (String) database.sql("select build_secrets from builds where id = cast(? as uuid)").param(build).query().singleRow().get("build_secrets");
    }

    @Test
    void aBuildThatIsCancelledIsNobodysAnyMoreAndStaysSo() {
        var held = client.trigger("held", Contexts.small());
        lease("w", 0);
        var waiting = client.trigger("waiting", Contexts.small());
        for (var build : List.of(held, waiting, held)) {
            var stopped = client.post("/v2/builds/" + build + "/cancel").json();
            assertThat(stopped.path("status").stringValue()).isEqualTo("STOPPED");
            assertThat(stopped.path("error_message").stringValue()).isEqualTo("the build was cancelled");
        }
        assertThat(progress(held, "w", 1, 0, "late").status()).isEqualTo(409);
        assertThat(outcome(held, "w", 1, "true", MANIFEST, "null").status()).isEqualTo(409);
        assertThat(lease("w", 0).status()).isEqualTo(204);
        assertThat(log(held, 0, 0).json().path("status").stringValue()).isEqualTo("STOPPED");

        var done = client.trigger("done", Contexts.small());
        lease("w", 0);
        outcome(done, "w", 1, "true", MANIFEST, "null");
        assertThat(client.post("/v2/builds/" + done + "/cancel").json().path("status").stringValue()).isEqualTo("SUCCEEDED");
        assertThat(new TestClient(port).post("/v2/builds/" + done + "/cancel").status()).isEqualTo(404);
    }

    @Test
    void theImageThatAVersionWasBuiltToIsToldToWhoeverRunsIt() {
        var build = client.trigger("letters", Contexts.small());
        lease("w", 0);
        client.workerPost("w", "/internal/builds/" + build + "/outcome",
                "{\"attempt\":1,\"succeeded\":true,\"manifest\":" + MANIFEST + ",\"image\":{\"reference\":\"sha256:1\",\"engine\":\"E\",\"notAsProcess\":\"line 2\"}}");
        var resolved = client.as(Tokens.service(), "/internal/environments/resolve?team=" + client.team() + "&name=letters").json();
        assertThat(resolved.path("image").toString()).isEqualTo("{\"reference\":\"sha256:1\",\"engine\":\"E\",\"notAsProcess\":\"line 2\"}");
        var environment = client.get("/v2/registry").json().path("items").path(0).path("id").stringValue();
        assertThat(client.get("/v2/registry/" + environment + "/versions/1").json().path("image").stringValue()).isEqualTo("sha256:1");
    }

    @Test
    void aBuildInSomebodysHandsIsNotGivenAway() {
        client.trigger("e", Contexts.small());
        assertThat(lease("w1", 0).status()).isEqualTo(200);
        assertThat(lease("w2", 0).status()).isEqualTo(204);
    }

    @Test
    void aLostBuildGoesToAnotherWorkerAndTheOldOneIsRefused() {
        var build = client.trigger("e", Contexts.small());
        lease("old", 0);
        time.pass(Duration.ofSeconds(30));
        var second = lease("new", 0).json();
        assertThat(second.path("attempt").intValue()).isEqualTo(2);

        assertThat(progress(build, "old", 1, 0, "late").status()).isEqualTo(409);
        assertThat(outcome(build, "old", 1, "true", MANIFEST, "null").status()).isEqualTo(409);
        assertThat(status(build)).isEqualTo("IN_PROGRESS");

        assertThat(outcome(build, "new", 2, "true", MANIFEST, "null").status()).isEqualTo(204);
        assertThat(outcome(build, "new", 2, "true", MANIFEST, "null").status()).isEqualTo(204);
        assertThat(outcome(build, "old", 1, "false", "null", "\"no\"").status()).isEqualTo(409);
        assertThat(status(build)).isEqualTo("SUCCEEDED");
    }

    @Test
    void aLogIsWaitedForUntilTheDeadlineOfTheRequestAndNoLonger() {
        var build = client.trigger("e", Contexts.small());
        lease("w", 0);
        var lines = client.get("/v2/builds/" + build + "/log").json().path("next").intValue();
        var late = client.getWithin("2", "/v2/builds/" + build + "/log?wait_millis=20000&after=" + lines);
        assertThat(late.status()).as(late.text()).isEqualTo(504);
        assertThat(late.detail()).contains("deadline of the request");
        assertThat(client.getWithin("30", "/v2/builds/" + build + "/log?wait_millis=100&after=" + lines).status()).isEqualTo(200);
    }

    @Test
    void theLogOfABuildIsClearedAwayAMonthAfterItsEnd() {
        var build = client.trigger("e", Contexts.small());
        lease("w", 0);
        progress(build, "w", 1, 0, "a line");
        progress(build, "w", 1, 1, "another line");
        outcome(build, "w", 1, "true", MANIFEST, "null");
        time.pass(Duration.ofDays(29));
        lines.clear();
        assertThat(client.get("/v2/builds/" + build + "/log").text()).contains("a line", "another line");

        time.pass(Duration.ofDays(2));
        lines.clear();
        lines.clear();
        assertThat(client.get("/v2/builds/" + build + "/log").text()).contains("cleared away 30 days after").doesNotContain("a line", "another line");
        assertThat(status(build)).isEqualTo("SUCCEEDED");
    }

    @Test
    void progressKeepsTheLease() {
        var build = client.trigger("e", Contexts.small());
        lease("w", 0);
        for (int i = 0; i < 3; i++) {
            time.pass(Duration.ofSeconds(15));
            var renewed = progress(build, "w", 1, i, "line " + i);
            assertThat(renewed.json().path("ttlMillis").longValue()).isEqualTo(20_000);
        }
        assertThat(lease("other", 0).status()).isEqualTo(204);
    }

    @Test
    void aReplicaWhoseClockIsWrongTakesNothingAwayAndLosesNothing() {
        var build = client.trigger("e", Contexts.small());
        var question = "{\"ask\":\"" + UUID.randomUUID() + "\",\"waitMillis\":0}";
        var version = ask("w", question).json().path("version").stringValue();
        var ahead = Duration.ofHours(1);
        clock.advance(ahead);
        assertThat(lease("other", 0).status()).isEqualTo(204);
        assertThat(status(build)).isEqualTo("IN_PROGRESS");
        assertThat(ask("w", question).json().path("attempt").intValue()).isOne();
        assertThat(progress(build, "w", 1, 0, "one").status()).isEqualTo(200);
        assertThat(client.workerGet("/internal/versions/" + version + "/context").status()).isEqualTo(200);

        clock.advance(ahead.negated());
        database.sql("update builds set lease_until = now() where id = cast(? as uuid)").param(build).update();
        assertThat(ask("w", question).json().path("attempt").intValue()).isEqualTo(2);
        clock.advance(ahead.negated());
        assertThat(lease("other", 0).status()).isEqualTo(204);
        var behind = client.trigger("behind", Contexts.small());
        time.pass(Duration.ofSeconds(30));
        assertThat(lease("other", 0).json().path("build").stringValue()).isEqualTo(build);
        assertThat(lease("next", 0).json().path("build").stringValue()).isEqualTo(behind);
        assertThat(client.get("/v2/builds/" + build + "/status").json().path("duration_seconds").doubleValue()).isBetween(3.0, 600.0);
        clock.advance(ahead);
    }

    @Test
    void aBuildThatThreeWorkersLoseHasFailed() {
        var build = client.trigger("e", Contexts.small());
        for (int i = 1; i <= 3; i++) {
            assertThat(lease("w" + i, 0).json().path("attempt").intValue()).isEqualTo(i);
            time.pass(Duration.ofSeconds(30));
        }
        var status = client.get("/v2/builds/" + build + "/status").json();
        assertThat(status.path("status").stringValue()).isEqualTo("FAILED");
        assertThat(status.path("error_message").stringValue()).isEqualTo("the build was interrupted 3 times");
        assertThat(lease("w4", 0).status()).isEqualTo(204);
        assertThat(outcome(build, "w3", 3, "true", MANIFEST, "null").status()).isEqualTo(409);
    }

    @Test
    void aBuildThatIsGivenBackHasLostNothingHoweverOften() {
        var build = client.trigger("e", Contexts.small());
        for (int i = 1; i <= 5; i++) {
            assertThat(lease("w" + i, 0).json().path("attempt").intValue()).isEqualTo(i);
            assertThat(release(build, "other", i, "null").status()).isEqualTo(409);
            assertThat(release(build, "w" + i, i, "null").status()).isEqualTo(204);
        }
        assertThat(progress(build, "w5", 5, 0, "late").status()).isEqualTo(409);
        lease("failing", 0);
        assertThat(release(build, "failing", 6, "\"no file\"").status()).isEqualTo(204);
        assertThat(lease("w", 0).status()).isEqualTo(204);
        time.pass(Duration.ofSeconds(30));
        assertThat(lease("w", 0).json().path("attempt").intValue()).isEqualTo(7);
        assertThat(status(build)).isEqualTo("IN_PROGRESS");
    }

    @Test
    void theSameQuestionGetsTheSameBuild() {
        var build = client.trigger("e", Contexts.small());
        client.trigger("f", Contexts.small());
        var question = "{\"ask\":\"" + UUID.randomUUID() + "\",\"waitMillis\":0}";
        for (int i = 0; i < 2; i++) {
            var lease = ask("w", question).json();
            assertThat(lease.path("build").stringValue()).isEqualTo(build);
            assertThat(lease.path("attempt").intValue()).isOne();
        }
    }

    @Test
    void theSameQuestionAskedManyTimesAtOnceGetsOneBuild() {
        for (int i = 0; i < 8; i++) {
            client.trigger("e" + i, Contexts.small());
        }
        var question = "{\"ask\":\"" + UUID.randomUUID() + "\",\"waitMillis\":0}";
        var answers = IntStream.range(0, 8).mapToObj(i -> CompletableFuture.supplyAsync(() -> ask("w", question))).toList();
        assertThat(answers.stream().map(answer -> answer.join().json().path("build").stringValue()).distinct()).hasSize(1);
    }

    @Test
    void aBuildWhoseArgumentsNoKeyOpensFailsByNameAndWhatIsBehindItMovesOn() {
        double before = meters.counter("assay.builds.unopened").count();
        var poison = client.trigger("poison", Contexts.small());
        database.sql("update builds set build_args = 'lost-key:AAAA' where id = cast(? as uuid)").param(poison).update();
        var behind = client.trigger("behind", Contexts.small());

        assertThat(lease("w", 0).json().path("build").stringValue()).isEqualTo(behind);

        var status = client.get("/v2/builds/" + poison + "/status").json();
        assertThat(status.path("status").stringValue()).isEqualTo("FAILED");
        assertThat(status.path("error_message").stringValue()).contains(poison, "ASSAY_KEYS_SEALING");
        assertThat(meters.counter("assay.builds.unopened").count()).isEqualTo(before + 1);
    }

    @Test
    void anEnvironmentWhoseVariablesNoKeyOpensIsToldAndCanBeginAnew() {
        client.deploy("poison", MANIFEST);
        var environment = client.get("/v2/registry").json().path("items").path(0).path("id").stringValue();
        database.sql("update environments set variables = 'lost-key:AAAA' where id = cast(? as uuid)").param(environment).update();
        var poison = client.trigger("poison", Contexts.small());
        var behind = client.trigger("behind", Contexts.small());

        assertThat(lease("w", 0).json().path("build").stringValue()).isEqualTo(behind);
        assertThat(status(poison)).isEqualTo("FAILED");
        client.hold("poison");
        var resolved = client.workerGet("/internal/environments/resolve?name=poison&team=" + client.team());
        assertThat(resolved.status()).isEqualTo(409);
        assertThat(resolved.detail()).contains(environment, "ASSAY_KEYS_SEALING");

        assertThat(client.delete("/v2/registry/" + environment + "/variables").status()).isEqualTo(204);
        assertThat(client.workerGet("/internal/environments/resolve?name=poison&team=" + client.team()).status()).isEqualTo(200);
    }

    @Test
    void whateverElseGoesWrongWithABuildCostsItAnAttemptAndThoseBehindItNothing() {
        var odd = client.trigger("odd", Contexts.small());
        lease("w", 0);
        progress(odd, "w", 1, 0, "one");
        // what nobody foresees: the next line's number is taken
        database.sql("update builds set line_count = 0 where id = cast(? as uuid)").param(odd).update();
        time.pass(Duration.ofSeconds(30));
        var behind = client.trigger("behind", Contexts.small());

        assertThat(lease("w", 0).status()).isEqualTo(500);
        assertThat(lease("w", 0).json().path("build").stringValue()).isEqualTo(behind);
        time.pass(Duration.ofSeconds(30));
        assertThat(lease("w", 0).status()).isEqualTo(500);
        time.pass(Duration.ofSeconds(30));
        assertThat(status(odd)).isEqualTo("FAILED");
    }

    @Test
    void aBuildThatTakesLongKeepsNoneBehindItWaiting() {
        var slow = client.trigger("slow", Contexts.small());
        assertThat(lease("patient", 0).json().path("build").stringValue()).isEqualTo(slow);
        for (int i = 0; i < 4; i++) {
            var behind = client.trigger("behind" + i, Contexts.small());
            time.pass(Duration.ofSeconds(15));
            assertThat(progress(slow, "patient", 1, i, "still at it").status()).isEqualTo(200);
            assertThat(lease("quick", 0).json().path("build").stringValue()).isEqualTo(behind);
            assertThat(outcome(behind, "quick", 1, "true", MANIFEST, "null").status()).isEqualTo(204);
            assertThat(status(behind)).isEqualTo("SUCCEEDED");
        }
        assertThat(outcome(slow, "patient", 1, "true", MANIFEST, "null").status()).isEqualTo(204);
        assertThat(status(slow)).isEqualTo("SUCCEEDED");
    }

    @Test
    void aBuildThatAReplicaStoppedWithInItsHandsKeepsNobodyFromTheNext() throws Exception {
        var locked = client.trigger("locked", Contexts.small());
        var behind = client.trigger("behind", Contexts.small());
        try (var stopped = connections.getConnection()) {
            stopped.setAutoCommit(false);
            // whoever waits for it after all is to fail, not to hang
            stopped.createStatement().execute("set local idle_in_transaction_session_timeout = '10s'");
            stopped.createStatement().execute("select from builds where id = '" + locked + "' for update");
            assertThat(lease("w", 0).json().path("build").stringValue()).isEqualTo(behind);
            assertThat(lease("w", 0).status()).isEqualTo(204);
            assertThat(outcome(behind, "w", 1, "true", MANIFEST, "null").status()).isEqualTo(204);
            stopped.rollback();
        }
        assertThat(status(behind)).isEqualTo("SUCCEEDED");
        assertThat(lease("w", 0).json().path("build").stringValue()).isEqualTo(locked);
    }

    @Test
    void aFailureIsToldWithItsReason() {
        var build = client.trigger("e", Contexts.small());
        lease("w", 0);
        outcome(build, "w", 1, "false", "null", "\"[start] it never answered\\u0000\\ud800\"");
        var status = client.get("/v2/builds/" + build + "/status").json();
        assertThat(status.path("status").stringValue()).isEqualTo("FAILED");
        assertThat(status.path("error_message").stringValue()).isEqualTo("[start] it never answered?");
        assertThat(status.path("manifest").isNull()).isTrue();
        assertThat(client.get("/v2/registry?search=e").json().path("items").path(0).path("latest_version").isNull()).isTrue();
    }

    @Test
    void aManifestThatClientsCannotReadIsAFailure() {
        for (var manifest : new String[] {"null", "[]", "{\"tasks\": {}}", "{\"tasks\": [{}]}", "{\"capabilities\": [{\"name\": 3}]}"}) {
            var build = client.trigger("e", Contexts.small());
            lease("w", 0);
            assertThat(outcome(build, "w", 1, "true", manifest, "null").status()).isEqualTo(204);
            assertThat(status(build)).as(manifest).isEqualTo("FAILED");
        }
    }

    @Test
    void aManifestIsToldAsTheEnvironmentShowedIt() {
        var odd = "{\"default\":1E400,\"small\":5e-324,\"exact\":0.1000000000000000055,\"big\":123456789012345678901234567890,"
                + "\"title\":\"\\ud83d x \\u0000\"}";
        var build = client.trigger("e", Contexts.small());
        lease("w", 0);
        var shown = "{\"tasks\": [{\"id\": \"t\", \"args\": {\"properties\": {\"v\": " + odd + "}}}]}";
        assertThat(outcome(build, "w", 1, "true", shown, "null").status()).isEqualTo(204);
        client.hold("e");
        for (var answer : new Answer[] {
            client.get("/v2/builds/" + build + "/status"),
            client.get("/v2/builds"),
            client.workerGet("/internal/environments/resolve?name=e&team=" + client.team())
        }) {
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).contains("1E+400", "5E-324", "0.1000000000000000055", "123456789012345678901234567890", "\\uD83D x");
        }
    }

    @Test
    void theLogGrowsRepeatsAreLeftOutAndReadersWait() throws Exception {
        var build = client.trigger("e", Contexts.small());
        lease("w", 0);
        progress(build, "w", 1, 0, "one", "two");
        progress(build, "w", 1, 0, "one", "two");
        progress(build, "w", 1, 1, "two", "three");
        var log = log(build, 0, 0).json();
        assertThat(log.path("lines").valueStream().map(line -> line.path("message").stringValue())).containsExactly("one", "two", "three");
        assertThat(log.path("next").intValue()).isEqualTo(3);
        assertThat(log.path("status").stringValue()).isEqualTo("IN_PROGRESS");

        var waiting = CompletableFuture.supplyAsync(() -> log(build, 3, 15_000));
        progress(build, "w", 1, 3, "four \\u0000 with a nul, \\ud800 half a pair");
        assertThat(waiting.get().json().path("lines").path(0).path("message").stringValue()).startsWith("four");

        outcome(build, "w", 1, "true", MANIFEST, "null");
        var end = log(build, 4, 15_000).json();
        assertThat(end.path("lines").isEmpty()).isTrue();
        assertThat(end.path("status").stringValue()).isEqualTo("SUCCEEDED");
        assertThat(client.as(Tokens.service(), "/internal/builds/" + build + "/log?team=" + client.otherTeam().team()).status()).isEqualTo(404);
    }

    @Test
    void aLogHasAnEnd() {
        var build = client.trigger("e", Contexts.small());
        lease("w", 0);
        progress(build, "w", 1, 0, IntStream.range(0, 40).mapToObj(i -> "line " + i).toArray(String[]::new));
        progress(build, "w", 1, 40, IntStream.range(40, 80).mapToObj(i -> "line " + i).toArray(String[]::new));
        progress(build, "w", 1, 80, "more");
        var lines = log(build, 0, 0).json().path("lines");
        assertThat(lines.size()).isEqualTo(51);
        assertThat(lines.path(50).path("message").stringValue()).contains("not kept");
    }

    @Test
    void aWaitingWorkerGetsTheNextBuildAtOnce() throws Exception {
        var waiting = CompletableFuture.supplyAsync(() -> lease("w", 15_000));
        var build = client.trigger("e", Contexts.small());
        assertThat(waiting.get().json().path("build").stringValue()).isEqualTo(build);
    }

    @Test
    void manyWorkersNeverShareABuild() {
        for (int i = 0; i < 6; i++) {
            client.trigger("e" + i, Contexts.small());
        }
        var leases = IntStream.range(0, 12).mapToObj(i -> CompletableFuture.supplyAsync(() -> lease("w" + i, 0))).toList();
        var taken = new HashSet<String>();
        leases.stream().map(CompletableFuture::join).filter(lease -> lease.status() == 200).forEach(lease ->
                assertThat(taken.add(lease.json().path("build").stringValue())).isTrue());
        assertThat(taken).hasSize(6);
    }

    @Test
    void triggersAtOnceMakeOneVersionEach() {
        var builds = Stream.generate(() -> {
                    var address = client.post("/v2/builds/upload-url").json();
                    client.upload(address.path("upload_url").stringValue(), Contexts.small());
                    return address.path("build_id").stringValue();
                })
                .limit(6)
                .toList();
        var answers = Stream.concat(builds.stream(), builds.stream())
                .map(build -> CompletableFuture.supplyAsync(
                        () -> client.post("/v2/builds/trigger", "{\"name\":\"same\",\"build_id\":\"" + build + "\"}")))
                .toList();
        var versions = answers.stream().map(CompletableFuture::join).peek(answer -> assertThat(answer.status()).isEqualTo(200))
                .map(answer -> answer.json().path("version").intValue()).distinct().toList();
        assertThat(versions).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6);
        assertThat(client.get("/v2/registry").json().path("total").intValue()).isOne();
    }

    private String status(String build) {
        return client.get("/v2/builds/" + build + "/status").json().path("status").stringValue();
    }

    private Answer lease(String worker, long wait) {
        return client.workerPost(worker, "/internal/builds/leases", "{\"waitMillis\":" + wait + "}");
    }

    private Answer ask(String worker, String question) {
        return client.workerPost(worker, "/internal/builds/leases", question);
    }

    private Answer release(String build, String worker, int attempt, String failure) {
        return client.workerPost(
                worker, "/internal/builds/" + build + "/release", "{\"attempt\":" + attempt + ",\"failure\":" + failure + "}");
    }

    private Answer log(String build, int after, int wait) {
        return client.as(Tokens.service(), "/internal/builds/" + build + "/log?after=" + after + "&waitMillis=" + wait + "&team=" + client.team());
    }

    private Answer progress(String build, String worker, int attempt, int first, String... lines) {
        var json = Stream.of(lines).map(line -> "{\"at\":\"2026-01-01T00:00:00Z\",\"message\":\"" + line + "\"}").toList();
        return client.workerPost(
                worker,
                "/internal/builds/" + build + "/progress",
                "{\"attempt\":" + attempt + ",\"firstLine\":" + first + ",\"lines\":" + json + "}");
    }

    private Answer outcome(String build, String worker, int attempt, String succeeded, String manifest, String error) {
        return client.workerPost(
                worker,
                "/internal/builds/" + build + "/outcome",
                "{\"attempt\":" + attempt + ",\"succeeded\":" + succeeded + ",\"manifest\":" + manifest + ",\"error\":" + error
                        + "}");
    }
}
