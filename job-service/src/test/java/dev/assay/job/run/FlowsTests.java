// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.job.Calls;
import dev.assay.job.RunningJobService;
import dev.assay.job.Time;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The fair order on the real tables. Its rules are {@link FairOrderTests}'. */
@RunningJobService
class FlowsTests {

    @Autowired
    Calls calls;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    Time time;

    @Autowired
    WaitingRuns waiting;

    final TeamId team = TeamId.random();
    final UUID job = UUID.randomUUID();

    @Test
    void aPausedJobIsGivenToNobody() {
        var run = calls.submit(team, job);
        set("paused_at = now()");
        calls.lease("w").expect(204);
        set("paused_at = null");
        assertThat(calls.lease("w").expect(200).text("run")).isEqualTo(run.toString());
    }

    @Test
    void aJobHoldsNoMoreThanItMayAndTheNextWhenOneEnds() {
        submit(3, job);
        set("max_concurrent = 2");
        var held = given(5);
        assertThat(held).hasSize(2);
        calls.outcome(RunId.parse(held.getFirst()), "w", 1, "completed", "{\"score\": 1}").expect(204);
        assertThat(given(5)).hasSize(1);
        assertThat(given(5)).isEmpty();
    }

    @Test
    void aJobOfHigherPriorityIsFirstAndASmallTeamDoesNotWaitForIt() {
        submit(5, job);
        var urgent = UUID.randomUUID();
        var urgents = submit(2, urgent);
        jdbc.sql("update job set priority = 1 where id = :job").param("job", urgent).update();
        var small = calls.submit(TeamId.random(), UUID.randomUUID());
        assertThat(given(3)).contains(small.toString()).containsAll(urgents);
    }

    @Test
    void aLargeRunIsPassedOverForAWhileAndThenHasRoomKeptForIt() {
        jdbc.sql("delete from worker").update();
        jdbc.sql("insert into worker (name, isolation, seen_at, cpus, memory_mb, gpus) values ('worker/w', 'none', now(), 4, 16000, 0)").update();
        var first = asking(8_000);
        assertThat(given(1)).containsExactly(first);
        var large = asking(12_000);
        var small = asking(4_000);
        var next = asking(4_000);
        assertThat(given(1)).as("what is behind it in its job goes before it").containsExactly(small);
        time.pass(Duration.ofSeconds(61));
        assertThat(given(1)).as("there is room for it, but kept").isEmpty();
        assertThat(waits(large)).endsWith("; what gets free at worker 'worker/w' is kept for it");
        assertThat(waits(next)).endsWith("or keeps for what has waited for longer");
        calls.outcome(RunId.parse(first), "w", 1, "completed", "{\"score\": 1}").expect(204);
        assertThat(given(4)).containsExactly(large);
        calls.outcome(RunId.parse(large), "w", 1, "completed", "{\"score\": 1}").expect(204);
        assertThat(given(4)).containsExactly(next);
        assertThat(jdbc.sql("select count(*) from passed_over where id = :id").param("id", UUID.fromString(large)).query(Long.class).single())
                .as("it waits no more")
                .isZero();
    }

    private String asking(int memoryMb) {
        var run = new RunId(UUID.randomUUID());
        var config = "\"runtime_config\": {\"resources\": {\"memory_mb\": %d}}, \"group_id\"".formatted(memoryMb);
        calls.post(team, "/v2/rollouts/submit", Calls.submission(run, job).replace("\"group_id\"", config)).expect(201);
        return run.toString();
    }

    private String waits(String run) {
        waiting.forget();
        return calls.trace(team, RunId.parse(run)).body().path("waiting_because").path("detail").asString();
    }

    @Test
    void finishedRunsAreNotReadByWhoeverGivesRunsOut() {
        submit(3, job);
        jdbc.sql(
                        """
                        insert into run (id, team_id, job_id, state, status, attempt, revision, ended_by, created_at, ended_at)
                        select gen_random_uuid(), :team, gen_random_uuid(), 'finished', 'completed', 0, 1, 'client', now(), now()
                        from generate_series(1, 5000)
                        """)
                .param("team", team.value())
                .update();
        jdbc.sql("analyze run").update();
        for (var statement : List.of(Flows.WAITING, "select count(*) from run where state = 'held'")) {
            var plan = String.join("\n", jdbc.sql("explain " + statement).query(String.class).list());
            assertThat(plan).contains("run_").doesNotContain("Seq Scan on run ");
        }
    }

    @Test
    void whileAllAreQueuedTheTableIsNotReadForTheFirstOfThem() {
        jdbc.sql(
                        """
                        insert into run (id, team_id, job_id, state, status, attempt, revision, created_at)
                        select gen_random_uuid(), :team, gen_random_uuid(), 'queued', 'queued', 0, 1, now() from generate_series(1, 5000)
                        """)
                .param("team", team.value())
                .update();
        jdbc.sql("analyze run").update();
        var plan = jdbc.sql("explain " + LeaseRows.MAY_BE).param("asks", new UUID[] {UUID.randomUUID()}).query(String.class).list();
        assertThat(String.join("\n", plan)).contains("run_").doesNotContain("Seq Scan on run ");
    }

    private void set(String what) {
        jdbc.sql("update job set " + what + " where id = :job").param("job", job).update();
    }

    private List<String> submit(int runs, UUID to) {
        return Stream.generate(() -> calls.submit(team, to).toString()).limit(runs).toList();
    }

    private List<String> given(int free) {
        var leases = calls.work("w", "/internal/leases", "{\"free\": %d, \"waitMillis\": 0}".formatted(free)).expect(200).body();
        return leases.path("leases").valueStream().map(lease -> lease.path("run").asString()).toList();
    }
}
