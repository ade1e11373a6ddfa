// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.job.Calls;
import dev.assay.job.RunningJobService;
import dev.assay.job.Time;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;

@RunningJobService
class RunTransitionsTests {

    @Autowired
    Calls calls;

    @Autowired
    Time time;

    @Autowired
    Queue queue;

    @Autowired
    JdbcClient jdbc;

    final TeamId team = TeamId.random();
    final UUID job = UUID.randomUUID();

    @Test
    void aRunTellsEveryStepWithItsCause() {
        var run = calls.submit(team, job);
        calls.lease("one").expect(200);
        calls.renew(run, "one", 1, "initializing").expect(200);
        calls.renew(run, "one", 1, "running").expect(200);
        time.pass(Duration.ofSeconds(16));
        queue.sweepLeases();
        calls.lease("two").expect(200);
        calls.outcome(run, "two", 2, "completed", "{\"score\": 1.0}").expect(204);
        calls.outcome(run, "two", 2, "completed", "{\"score\": 1.0}").expect(204);

        assertThat(steps(run)).containsExactly(
                "queued 0 submitted user null null",
                "initializing 1 leased worker worker/one null",
                "running 1 ready worker worker/one null",
                "queued 1 worker_lost platform worker/one null",
                "initializing 2 leased worker worker/two null",
                "completed 2 reported worker worker/two null");
    }

    @Test
    void aRunTellsWhichUserCancelledItAndOfAJobEachDoes() {
        var held = calls.submit(team, job);
        calls.lease("w").expect(200);
        var queued = calls.submit(team, job);
        calls.post(team, "/v2/rollouts/cancel_job", "{\"job_id\": \"" + job + "\"}").expect(200);
        calls.outcome(held, "w", 1, "error", "null").expect(204);

        var user = new UUID(7, team.value().getLeastSignificantBits());
        assertThat(steps(held)).endsWith("cancelling 1 cancel user " + user + " null", "cancelled 1 reported worker worker/w null");
        assertThat(steps(queued)).endsWith("cancelled 0 cancel user " + user + " null");
        assertThat(steps(calls.submit(team, job))).containsExactly("cancelled 0 cancelled_ahead platform null null");
    }

    @Test
    void theHistoryOfAnotherTeamsRunIsNotThere() {
        var run = calls.submit(team, job);
        calls.get(TeamId.random(), "/v2/trace/" + run + "/transitions").expect(404);
    }

    /** Whatever the service believes: these are asked of the database past it. */
    @ParameterizedTest
    @CsvSource({
        "queued, state = 'held' and status = 'running' and attempt = 1",
        "queued, state = 'held' and status = 'initializing' and attempt = 2",
        "queued, state = 'driven' and status = 'running'",
        "queued, state = 'finished' and status = 'completed' and ended_by = 'worker' and revision = 0",
        "running, status = 'initializing'",
        "running, state = 'queued' and status = 'queued' and attempt = 0",
        "running, state = 'finished' and status = 'completed' and revision = 2",
        "cancelling, status = 'running'",
        "cancelling, state = 'queued' and status = 'queued'",
        "completed, reward = 0",
        "completed, status = 'error'",
        "completed, revision = 0",
        "completed, state = 'held' and status = 'running'",
        "completed, state = 'finished' and status = 'error' and revision = 2 and ended_by = 'client'",
        "completed, state = 'driven' and status = 'running'",
    })
    void aForbiddenStepIsRefusedByTheDatabaseItself(String from, String to) {
        var run = calls.submit(team, job);
        if (!from.equals("queued")) {
            calls.lease("w").expect(200);
            calls.renew(run, "w", 1, "running").expect(200);
        }
        switch (from) {
            case "cancelling" -> calls.cancel(team, run);
            case "completed" -> calls.outcome(run, "w", 1, "completed", "{\"score\": 1.0}").expect(204);
            default -> {}
        }
        assertThat(calls.status(team, run)).isEqualTo(from);

        assertThatThrownBy(() -> jdbc.sql("update run set " + to.replace(" and ", ", ") + " where id = :run")
                        .param("run", run.value())
                        .update())
                .isInstanceOf(DataIntegrityViolationException.class)
                .hasMessageContaining("no step leads from");
        assertThat(calls.status(team, run)).isEqualTo(from);
    }

    @Test
    void noRunBeginsInAWorkersHands() {
        assertThatThrownBy(() -> jdbc.sql(
                                """
                                insert into run (id, team_id, state, status, attempt, created_at)
                                values (gen_random_uuid(), gen_random_uuid(), 'held', 'initializing', 1, now())""")
                        .update())
                .isInstanceOf(DataIntegrityViolationException.class)
                .hasMessageContaining("none begins held");
    }

    private List<String> steps(RunId run) {
        return calls.get(team, "/v2/trace/" + run + "/transitions").expect(200).body().get("items").valueStream()
                .map(step -> "%s %s %s %s %s %s".formatted(
                        step.get("status").asString(), step.get("attempt").asInt(), step.get("cause").asString(), step.get("by").asString(),
                        step.get("who").isNull() ? null : step.get("who").asString(),
                        step.get("detail").isNull() ? null : step.get("detail").asString()))
                .toList();
    }
}
