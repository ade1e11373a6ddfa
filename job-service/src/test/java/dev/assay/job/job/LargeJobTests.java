// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.JobId;
import dev.assay.contracts.TeamId;
import dev.assay.job.RunningJobService;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** A job of 5000 runs in 50 groups, a tenth of them errors, in a table with others. What a page reads is counted by the database. */
@RunningJobService
class LargeJobTests {

    private static final int RUNS = 5000;

    /** A few hundred rows of other tests' jobs are read faster from end to end than by an index; never all of these runs. */
    private static final long FEW = RUNS / 5;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    JobLists lists;

    @Autowired
    Estimates estimates;

    @Autowired
    Tallies tallies;

    @Autowired
    TransactionTemplate transactions;

    private final TeamId team = TeamId.random();
    private final JobId job = JobId.random();

    @BeforeEach
    void insert() {
        jdbc.sql("insert into job (id, team_id, user_id, created_at) values (:job, :team, :team, now())")
                .param("job", job.value())
                .param("team", team.value())
                .update();
        jdbc.sql(
                        """
                        insert into run (id, team_id, job_id, group_id, slug, state, status, ended_by, reward, revision, created_at,
                            started_at, ended_at)
                        select gen_random_uuid(), :team, :job, 'group ' || n % 50, 'task ' || lpad((n % 50)::text, 2, '0'), 'finished',
                            case when n % 10 = 0 then 'error' else 'completed' end, 'silence',
                            case when n % 10 = 0 then null else (n % 3) / 2.0 end, 1, now(), now(), now()
                        from generate_series(1, :runs) as n
                        """)
                .param("team", team.value())
                .param("job", job.value())
                .param("runs", RUNS)
                .update();
        jdbc.sql("analyze run").update();
        // another test's service may be adding up just now
        await().until(() -> {
            tallies.addUp();
            return jdbc.sql("select count(*) from tally_change where job_id = :job").param("job", job.value()).query(Long.class).single() == 0;
        });
        jdbc.sql("analyze tally_sum").update();
    }

    @AfterEach
    void remove() {
        jdbc.sql("delete from run where job_id = :job").param("job", job.value()).update();
    }

    @Test
    void noPageReadsMoreThanStandsOnIt() {
        var wanted = new Page.Wanted(20, 0, Long.MAX_VALUE);

        assertThat(rowsRead(() -> lists.jobs(team, null, wanted))).isLessThan(FEW);
        assertThat(rowsRead(() -> lists.jobs(team, "a taskset", wanted))).isLessThan(FEW);
        assertThat(rowsRead(() -> lists.job(job, team))).isLessThan(FEW);
        assertThat(rowsRead(() -> lists.runs(job, null, wanted))).isLessThan(FEW);
        assertThat(rowsRead(() -> lists.runs(job, null, new Page.Wanted(20, 0, oldest() + 100)))).isLessThan(FEW);
        assertThat(rowsRead(() -> lists.runs(job, Standing.ERROR, wanted))).isLessThan(FEW);
        assertThat(rowsRead(() -> lists.runs(job, Standing.CANCELLED, wanted))).isLessThan(FEW);
        assertThat(rowsRead(() -> lists.runs(job, Standing.UNGRADED, wanted))).isLessThan(FEW);
        assertThat(rowsRead(() -> lists.groups(job, null, 2))).isLessThan(FEW);

        // and what has changed since it was added up costs as much as it is
        jdbc.sql("""
                        update run set status = 'error', ended_by = 'client', revision = 2
                        where id in (select id from run where job_id = :job limit 10)""")
                .param("job", job.value())
                .update();
        assertThat(rowsRead(() -> lists.job(job, team))).isLessThan(FEW);
        assertThat(rowsRead(() -> lists.groups(job, null, 2))).isLessThan(FEW);

        jdbc.sql(
                        """
                        insert into run (id, team_id, job_id, state, status, created_at)
                        select gen_random_uuid(), :team, :job, 'queued', 'queued', now() from generate_series(1, 500)
                        """)
                .param("team", team.value())
                .param("job", job.value())
                .update();
        jdbc.sql("""
                        update run set state = 'held', status = 'initializing', attempt = 1, worker = 'none', started_at = now(),
                            lease_expires_at = now() + interval '1 day'
                        where job_id = :job and state = 'queued'""")
                .param("job", job.value())
                .update();
        var going = lists.job(job, team).orElseThrow();
        assertThat(rowsRead(() -> estimates.endOf(going))).isLessThan(FEW);
    }

    @Test
    void theCountsAreThoseOfTheRuns() {
        // every kind of change, also several of one run in one transaction
        transactions.executeWithoutResult(status -> {
            jdbc.sql("""
                            update run set state = 'driven', status = 'running', reward = null
                            where job_id = :job and slug = 'task 03' and reward = 0.5""")
                    .param("job", job.value())
                    .update();
            jdbc.sql("""
                            update run set state = 'finished', status = 'cancelled', revision = 2, slug = 'other'
                            where job_id = :job and status = 'running' and group_id = 'group 3'""")
                    .param("job", job.value())
                    .update();
            jdbc.sql("delete from run where job_id = :job and slug = 'task 07'").param("job", job.value()).update();
        });

        var kept = lists.job(job, team).orElseThrow().counts();
        var counted = jdbc.sql(
                        """
                        select count(*) as runs, count(*) filter (where status = 'completed') as completed,
                            count(*) filter (where status = 'error') as error, count(*) filter (where status = 'cancelled') as cancelled,
                            count(reward) as graded, avg(reward) as mean, stddev_samp(reward) as deviation
                        from run where job_id = :job
                        """)
                .param("job", job.value())
                .query()
                .singleRow();
        assertThat(List.of(kept.runCount(), kept.completedCount(), kept.errorCount(), kept.cancelledCount(), kept.gradedCount()))
                .isEqualTo(List.of(
                        counted.get("runs"), counted.get("completed"), counted.get("error"), counted.get("cancelled"), counted.get("graded")));
        assertThat(kept.cancelledCount()).isPositive();
        assertThat(kept.runningCount()).isZero();
        assertThat(kept.meanReward()).isCloseTo((Double) counted.get("mean"), within(1e-12));
        assertThat(kept.standardDeviation()).isCloseTo((Double) counted.get("deviation"), within(1e-12));
        var groups = lists.groups(job, null, 500).items();
        assertThat(groups).extracting(GroupView::taskSlug).contains("other").doesNotContain("task 07").hasSize(50);
        assertThat(groups.stream().mapToLong(group -> group.counts().runCount()).sum()).isEqualTo(kept.runCount());
    }

    private long oldest() {
        return jdbc.sql("select min(seq) from run where job_id = :job").param("job", job.value()).query(Long.class).single();
    }

    /** Asked often enough for the database to have settled on a plan. */
    private long rowsRead(Runnable page) {
        return LongStream.generate(() -> rowsReadOnce(page)).limit(12).max().getAsLong();
    }

    private long rowsReadOnce(Runnable page) {
        return transactions.execute(status -> {
            var before = rowsReadHere();
            page.run();
            return rowsReadHere() - before;
        });
    }

    private long rowsReadHere() {
        return jdbc.sql("select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint from pg_stat_xact_user_tables")
                .query(Long.class)
                .single();
    }
}
