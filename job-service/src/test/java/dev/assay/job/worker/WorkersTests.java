// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.WorkerReport;
import dev.assay.job.Calls;
import dev.assay.job.RunningJobService;
import dev.assay.job.Time;
import dev.assay.kit.identity.Party;
import dev.assay.kit.identity.Role;
import dev.assay.testsupport.Tokens;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@RunningJobService
class WorkersTests {

    static final String ADMIN = "/v2/admin/job-service/workers";
    static final String HELLO = "/internal/workers/hello";
    static final String TOLD = """
            {"state": "%s", "version": "1.2", "isolation": "bubblewrap", "kinds": ["process", "docker"],
             "capacity": {"runs": 8, "sessions": 4, "cpus": 4, "memoryMb": 16000, "gpus": 1},
             "holds": {"runs": 1, "sessions": 0, "builds": 0}, "spans": {"waitingBytes": 7, "lost": 2}, "folders": {"venvs": 9}}""";

    @Autowired
    Calls calls;

    @Autowired
    Time time;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    Workers workers;

    final TeamId team = TeamId.random();

    @BeforeEach
    void nobodyWorks() {
        jdbc.sql("delete from worker").update();
    }

    @Test
    void whoAsksForWorkIsSeenWithWhatKeepsItsSandboxesIn() {
        asks("walled", "\"bubblewrap\"");
        asks("open", "\"none\"");
        asks("silent", "null");

        var seen = calls.get(team, "/v2/workers").expect(200).body().path("items");

        assertThat(seen).extracting(worker -> worker.path("name").asString() + " " + worker.path("isolation").asString())
                .containsExactly("worker/open none", "worker/silent unknown", "worker/walled bubblewrap");
        assertThat(seen.get(0).path("seen_at").asString()).isNotEmpty();
    }

    @Test
    void whoIsNotHeardOfIsNotShownAndInTheEndForgotten() {
        asks("w", "\"none\"");
        time.pass(Duration.ofMinutes(2));
        assertThat(calls.get(team, "/v2/workers").expect(200).body().path("items")).isEmpty();
        workers.forget();
        assertThat(rows()).containsExactly("worker/w");
        time.pass(Duration.ofDays(1));
        asks("drained", "\"none\"");
        workers.drain("worker/drained", true);
        time.pass(Duration.ofDays(2));
        workers.forget();
        assertThat(rows()).as("one that is drained stays so").containsExactly("worker/drained");
    }

    @Test
    void aWorkerThatIsBusyIsStillThere() {
        calls.submit(team, UUID.randomUUID());
        var lease = asks("busy", "\"none\"").expect(200);
        time.pass(Duration.ofSeconds(10));
        renew(lease);
        for (var tens = 0; tens < 12; tens++) {
            time.pass(Duration.ofSeconds(10));
            renew(lease);
        }
        assertThat(calls.get(team, "/v2/workers").expect(200).body().path("items")).hasSize(1);
    }

    @Test
    void aWorkerIsShownWithWhatItTellsOfItselfAndTheRunsOfOnesOwnTeamThatItHolds() {
        report("w", "working").expect(200);
        var run = calls.submit(team, UUID.randomUUID());
        calls.lease("w").expect(200);

        var shown = calls.get(team, "/v2/workers").expect(200).body().path("items").get(0);

        assertThat(shown.path("state").asString()).isEqualTo("working");
        assertThat(shown.path("version").asString()).isEqualTo("1.2");
        assertThat(shown.path("kinds").toString()).isEqualTo("[\"process\",\"docker\"]");
        assertThat(shown.path("capacity").toString())
                .isEqualTo("{\"runs\":8,\"sessions\":4,\"cpus\":4.0,\"memory_mb\":16000,\"gpus\":1}");
        assertThat(shown.path("holds").toString()).isEqualTo("{\"runs\":1,\"sessions\":0,\"builds\":0}");
        assertThat(shown.path("spans").toString()).isEqualTo("{\"waiting_bytes\":7,\"lost\":2}");
        assertThat(shown.path("folders").toString()).isEqualTo("{\"venvs\":9}");
        assertThat(shown.path("runs").get(0).path("run_id").asString()).isEqualTo(run.toString());
        assertThat(shown.path("runs").get(0).path("status").asString()).isEqualTo("initializing");
        assertThat(calls.get(TeamId.random(), "/v2/workers").expect(200).body().path("items").get(0).path("runs")).isEmpty();
        var operators = calls.as(operator(), "GET", ADMIN, null).expect(200).body();
        assertThat(operators.path("items").get(0).path("runs")).hasSize(1);
        assertThat(operators.path("may_manage").asBoolean()).isTrue();
    }

    @Test
    void aWorkerHearsThatItIsToBeDrainedAndThatItMayWorkAgain() {
        assertThat(drained("w")).isFalse();
        calls.as(operator(), "POST", ADMIN + "/drain", "{\"name\": \"worker/w\"}").expect(204);
        assertThat(drained("w")).isTrue();
        assertThat(drained("another")).isFalse();
        assertThat(calls.get(team, "/v2/workers").expect(200).body().path("items").findValuesAsString("draining"))
                .containsExactly("false", "true");
        calls.as(operator(), "POST", ADMIN + "/resume", "{\"name\": \"worker/w\"}").expect(204);
        assertThat(drained("w")).isFalse();
    }

    @Test
    void onlyTheOperatorRulesOverWorkersThatWorkForAllTeams() {
        report("w", "working").expect(200);
        var drain = "{\"name\": \"worker/w\"}";
        var refused = calls.as(Tokens.person(team, Role.ADMINISTRATOR), "POST", "/v2/workers/drain", drain).expect(403);
        assertThat(refused.text("detail")).contains("the operator").contains("ASSAY_WORKERS_ADMINISTRATORS");
        calls.as(Tokens.person(team, Role.ADMINISTRATOR), "GET", "/v2/workers/credentials", null).expect(403);
        calls.post(team, "/v2/workers/drain", drain).expect(403);
        assertThat(calls.as(operator(), "POST", ADMIN + "/drain", "{\"name\": \"worker/x\"}").expect(404).text("detail"))
                .isEqualTo("name: no worker 'worker/x' was heard of.");
        assertThat(calls.as(operator(), "POST", ADMIN + "/drain", "{}").expect(400).text("detail")).isEqualTo("name: required");
    }

    @Test
    void aServiceIsToldWhichRuntimesAreHereAndWhichTakeWork() {
        report("w", "working").expect(200);
        calls.work("d", "/internal/workers/report", TOLD.formatted("draining").replace("docker", "compose")).expect(200);
        calls.work("c", "/internal/workers/report", TOLD.formatted("closed").replace("docker", "kubernetes")).expect(200);
        workers.writeTold();
        assertThat(calls.ask("/internal/workers/here").expect(200).body().toString())
                .isEqualTo("{\"kinds\":[\"compose\",\"docker\",\"process\"],\"open\":[\"docker\",\"process\"]}");
        calls.get(team, "/internal/workers/here").expect(404);
    }

    @Test
    void whatAWorkerTellsIsLookedAt() {
        assertThat(report("w", "asleep").expect(400).text("detail")).startsWith("state: 'asleep' is none of");
        assertThat(calls.work("w", "/internal/workers/report", "{}").expect(400).text("detail")).isEqualTo("state: required");
        calls.post(team, "/internal/workers/report", "{}").expect(404);
    }

    @Test
    void whatCannotBeKeptOfOneWorkerCostsNoOtherItsWord() {
        report("w", "working").expect(200);
        workers.reports("worker/w", told("draining", "bubblewrap"));
        workers.reports("worker/bad", told("working", "bubble\0wrap"));
        assertThat(calls.get(team, "/v2/workers").expect(200).body().path("items").findValuesAsString("state")).containsExactly("draining");
        assertThat(calls.work("nul", "/internal/workers/report", TOLD.formatted("working").replace("bubblewrap", "bubble\\u0000wrap"))
                .expect(200).body().path("drain").asBoolean()).isFalse();
        assertThat(rows()).containsExactlyInAnyOrder("worker/w", "worker/nul");
    }

    private static WorkerReport told(String state, String isolation) {
        return new WorkerReport(state, null, "1.2", isolation, List.of(), new WorkerReport.Capacity(8, 4, 4, 16000, 1),
                new WorkerReport.Holds(0, 0, 0), new WorkerReport.Spans(0, 0), Map.of(), null);
    }

    @Test
    void aCredentialLetsOneWorkerInUnderItsNameUntilItIsRevoked() {
        var name = "far-" + UUID.randomUUID().toString().substring(0, 8);
        var wanted = "{\"name\": \"%s\"}".formatted(name);
        var made = calls.as(operator(), "POST", ADMIN + "/credentials", wanted).expect(201);
        var credential = "Bearer " + made.text("credential");
        calls.as(operator(), "POST", ADMIN + "/credentials", wanted).expect(409);

        var hello = calls.as(credential, "POST", HELLO, null).expect(200);

        assertThat(hello.text("name")).isEqualTo(name);
        assertThat(hello.text("environmentUrl")).isEqualTo("http://127.0.0.1:1");
        assertThat(hello.text("gatewayUrl")).isNotEmpty();
        assertThat(hello.body().path("tokens").path("environment-service").asString()).isNotEmpty();
        assertThat(hello.body().path("believed").toString()).contains("gateway-service.").doesNotContain("\\\"d\\\"");
        var token = "Bearer " + hello.body().path("tokens").path("job-service").asString();
        calls.as(token, "POST", "/internal/leases", "{\"free\": 1, \"waitMillis\": 0, \"isolation\": \"none\"}").expect(200);
        assertThat(rows()).containsExactly("enrolled/" + name);
        var listed = calls.as(operator(), "GET", ADMIN + "/credentials", null).expect(200).body().path("items");
        assertThat(listed).filteredOn(one -> one.path("name").asString().equals(name)).singleElement()
                .satisfies(one -> assertThat(one.path("used_at").isNull()).isFalse());
        assertThat(listed.toString()).doesNotContain("awc_");
        assertThat(jdbc.sql("select encode(hash, 'hex') from worker_credential").query(String.class).list())
                .noneMatch(hash -> hash.contains(made.text("credential")));

        calls.as(operator(), "DELETE", ADMIN + "/credentials/" + made.text("id"), null).expect(204);
        calls.as(operator(), "DELETE", ADMIN + "/credentials/" + made.text("id"), null).expect(404);
        calls.as(credential, "POST", HELLO, null).expect(401);
        calls.as(operator(), "POST", ADMIN + "/credentials", wanted).expect(201);
    }

    @Test
    void whatIsNoCredentialOpensNothing() {
        calls.as("Bearer awc_guessed", "POST", HELLO, null).expect(401);
        calls.as(Tokens.worker("w"), "POST", HELLO, null).expect(401);
        calls.as("", "POST", HELLO, null).expect(401);
        for (var name : List.of("", "with/slash", "Upper", "-", "a".repeat(64))) {
            var refused = calls.as(operator(), "POST", ADMIN + "/credentials", "{\"name\": \"%s\"}".formatted(name)).expect(400);
            assertThat(refused.text("detail")).startsWith("name: ");
        }
    }

    @Test
    void runsAreCountedAgainstWhatAWorkerHasAndWhatIsTooLargeForItNowWaits() {
        report("w", "working").expect(200);
        var first = submit("{\"resources\": {\"memory_mb\": 10000}}").expect(201);
        submit("{\"resources\": {\"memory_mb\": 10000}}").expect(201);
        submit("{\"resources\": {\"memory_mb\": 6000, \"cpu\": 64}}").expect(201);

        var given = calls.work("w", "/internal/leases", "{\"free\": 8, \"waitMillis\": 0}").expect(200).body().path("leases");
        assertThat(given).extracting(lease -> lease.path("runtimeConfig").path("resources").path("memory_mb").asInt()).containsExactly(10000, 6000);
        calls.lease("w").expect(204);

        calls.outcome(RunId.parse(first.text("trace_id")), "w", 1, "completed", "{\"score\": 1}").expect(204);
        assertThat(calls.lease("w").expect(200).body().path("runtimeConfig").path("resources").path("memory_mb").asInt()).isEqualTo(10000);
    }

    @Test
    void aRunThatNoWorkerCouldEverHoldIsRefusedWithTheReasonAndWaitsWhereNobodyIsHere() {
        var huge = "{\"resources\": {\"memory_mb\": 64000}}";
        submit(huge).expect(201);
        report("w", "working").expect(200);
        assertThat(submit(huge).expect(400).text("detail"))
                .isEqualTo("runtime_config.resources.memory_mb: no worker that is here has 64000, the largest has 16000");
        assertThat(submit("{\"resources\": {\"gpu\": {\"count\": 2}}}").expect(400).text("detail"))
                .isEqualTo("runtime_config.resources.gpu.count: no worker that is here has 2, the most that one has is 1");
        submit("{\"resources\": {\"cpu\": 64}}").expect(201);
        asks("of an earlier release", "\"bubblewrap\"");
        submit(huge).expect(201);
    }

    private Calls.Reply submit(String runtimeConfig) {
        var submission = Calls.submission(new RunId(UUID.randomUUID()), UUID.randomUUID());
        return calls.post(team, "/v2/rollouts/submit",
                submission.replace("\"group_id\"", "\"runtime_config\": " + runtimeConfig + ", \"group_id\""));
    }

    private static String operator() {
        return Tokens.claiming(Role.OPERATOR, Party.service("gateway-service"));
    }

    private boolean drained(String name) {
        return report(name, "working").expect(200).body().path("drain").asBoolean();
    }

    private Calls.Reply report(String name, String state) {
        var answer = calls.work(name, "/internal/workers/report", TOLD.formatted(state));
        workers.writeTold();
        return answer;
    }

    private void renew(Calls.Reply lease) {
        calls.renew(RunId.parse(lease.text("run")), "busy", 1, "running").expect(200);
        workers.write();
    }

    private Calls.Reply asks(String name, String isolation) {
        return calls.work(name, "/internal/leases", "{\"free\": 1, \"waitMillis\": 0, \"isolation\": %s}".formatted(isolation)).first();
    }

    private List<String> rows() {
        return jdbc.sql("select name from worker").query(String.class).list();
    }
}
