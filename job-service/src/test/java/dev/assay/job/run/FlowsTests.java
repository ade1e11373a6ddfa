// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.job.Calls;
import dev.assay.job.RunningJobService;
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
