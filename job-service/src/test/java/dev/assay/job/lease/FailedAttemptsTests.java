// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.Failure;
import dev.assay.contracts.Failure.Kind;
import dev.assay.contracts.Failure.Phase;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.job.Calls;
import dev.assay.job.Calls.Reply;
import dev.assay.job.Ends;
import dev.assay.job.RunningJobService;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Attempts that fail: whose failure it is, what becomes of the run, and of the mean. */
@RunningJobService
class FailedAttemptsTests {

    @Autowired
    Calls calls;

    @Autowired
    Ends ends;

    @Autowired
    JdbcClient jdbc;

    final TeamId team = TeamId.random();
    final UUID job = UUID.randomUUID();

    @Test
    void whatTheInfrastructureFailsIsTriedAgainAfterAPauseAndEachAttemptIsKept() {
        var run = calls.submit(team, job);
        calls.lease("w").expect(200);
        fails(run, 1, "infrastructure", "null").expect(204);
        fails(run, 1, "infrastructure", "null").expect(204);
        assertThat(isHeard(run, 1))
                .as("its last spans are on their way").isTrue();
        jdbc.sql("update run set not_before = now() + interval '1 hour' where id = :run").param("run", run.value()).update();
        calls.lease("w").expect(204);
        assertThat(calls.trace(team, run).text("not_before")).isNotNull();
        jdbc.sql("update run set not_before = now() where id = :run").param("run", run.value()).update();
        calls.lease("w").expect(200);
        assertThat(isHeard(run, 1)).isTrue();
        calls.outcome(run, "w", 2, "completed", "{\"score\": 0.5}").expect(204);

        var steps = calls.get(team, "/v2/trace/" + run + "/transitions").expect(200).body().get("items").valueStream()
                .map(step -> "%s %s %s %s %s".formatted(step.get("status").asString(), step.get("attempt"), step.get("cause").asString(),
                        step.get("failure").asString("null"), step.get("detail").asString("null")))
                .toList();
        assertThat(steps).containsExactly(
                "queued 0 submitted null null", "initializing 1 leased null null",
                "queued 1 failed infrastructure [provisioning] no", "initializing 2 leased null null",
                "completed 2 reported null null");
        assertThat(ends.told(team)).as("a run ends once").hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"model,", "infrastructure,", "agent,0.0", "environment,0.0", "grader,0.0"})
    void anEndSaysWhoseFailureItWasAndOnlyItsAgentsIsAReward(String kind, Double reward) {
        var run = submit("{\"infrastructure\": 0}").run();
        calls.lease("w").expect(200);
        fails(run, 1, kind, "{\"score\": 0.0}").expect(204);

        var trace = calls.trace(team, run).body();
        assertThat(trace.get("status").asString()).isEqualTo("error");
        assertThat(trace.get("failure").toString())
                .isEqualTo("{\"kind\":\"%s\",\"phase\":\"provisioning\",\"detail\":\"[provisioning] no\"}".formatted(kind));
        assertThat(trace.get("reward").isNull()).isEqualTo(reward == null);
        var told = ends.told(team).getFirst();
        assertThat(told.failure()).isEqualTo(new Failure(Kind.of(kind), Phase.PROVISIONING, "[provisioning] no"));
        assertThat(told.reward()).isEqualTo(reward);
        var listed = calls.get(team, "/v2/jobs/" + job + "/traces").expect(200).body().get("items").get(0);
        assertThat(listed.get("failure_kind").asString() + " in " + listed.get("failure_phase").asString()).isEqualTo(kind + " in provisioning");
    }

    @Test
    void aMeanSaysWhatItLeavesOutAndWhy() {
        for (var kind : List.of("infrastructure", "infrastructure", "grader")) {
            var run = submit("{\"infrastructure\": 0}").run();
            calls.lease("w").expect(200);
            fails(run, 1, kind, "null").expect(204);
        }
        for (var end : List.of("completed null", "completed {\"score\":1.0}", "error null")) {
            var run = calls.submit(team, job);
            calls.lease("w").expect(200);
            calls.outcome(run, "w", 1, end.split(" ")[0], end.split(" ")[1]).expect(204);
        }
        calls.cancel(team, calls.submit(team, job));

        var told = calls.get(team, "/v2/jobs/" + job).expect(200).body();
        assertThat(told.get("mean_reward").doubleValue()).isEqualTo(1.0);
        assertThat(told.get("ungraded_count").asInt()).isEqualTo(6);
        assertThat(told.get("ungraded_because").toString())
                .isEqualTo("{\"grader\":1,\"infrastructure\":2,\"unknown\":1,\"cancelled\":1,\"no_grade\":1}");
    }

    @Test
    void aRunMaySayWhatIsTriedAgain() {
        var run = submit("{\"model\": 1}").run();
        calls.lease("w").expect(200);
        fails(run, 1, "model", "null").expect(204);
        assertThat(calls.status(team, run)).isEqualTo("queued");
        calls.lease("w").expect(200);
        fails(run, 2, "model", "null").expect(204);
        assertThat(calls.status(team, run)).isEqualTo("error");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "[] | retry: must be an object", "{\"agent\": -1} | retry.agent: must be a whole number from 0 to 20",
        "{\"agent\": 1.5} | retry.agent:", "{\"agent\": null} | retry.agent:", "{\"luck\": 1} | retry: 'luck' is no kind of failure"})
    void whatCannotBeAskedForIsRefusedByName(String retry, String detail) {
        assertThat(submit(retry).reply().expect(400).text("detail")).startsWith(detail);
    }

    private boolean isHeard(RunId run, int attempt) {
        return calls.ask("/internal/runs/" + run + "/live?attempt=" + attempt).expect(200).body().get("latest").asBoolean();
    }

    private record Submitted(RunId run, Reply reply) {}

    private Submitted submit(String retry) {
        var run = new RunId(UUID.randomUUID());
        var body = Calls.submission(run, job).stripTrailing();
        return new Submitted(run, calls.post(team, "/v2/rollouts/submit", body.substring(0, body.length() - 1) + ", \"retry\": " + retry + "}"));
    }

    private Reply fails(RunId run, int attempt, String kind, String evaluation) {
        return calls.work("w", "/internal/leases/" + run + "/outcome", """
                {"attempt": %d, "status": "error", "evaluation": %s, "timings": {},
                 "failure": {"kind": "%s", "phase": "provisioning", "detail": "[provisioning] no"}}""".formatted(attempt, evaluation, kind));
    }
}
