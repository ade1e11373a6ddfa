// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.job;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Adds up what has been counted since the last time, so that readers find little to add. They read the same before, during and after. One
 * replica does so at a time.
 */
@Component
class Tallies {

    private static final Logger log = LoggerFactory.getLogger(Tallies.class);

    private final JdbcClient jdbc;
    private final TransactionTemplate transactions;

    Tallies(JdbcClient jdbc, TransactionTemplate transactions) {
        this.jdbc = jdbc;
        this.transactions = transactions;
    }

    @Scheduled(fixedDelayString = "${assay.sweep.interval}")
    void addUp() {
        try {
            transactions.executeWithoutResult(status -> {
                if (isOurTurn()) {
                    addUpRuns();
                    addUpJobs();
                }
            });
        } catch (DataAccessException | TransactionException e) {
            log.warn("counts wait to be added up: {}", e.toString());
        }
    }

    private boolean isOurTurn() {
        return jdbc.sql("select pg_try_advisory_xact_lock(hashtext('tallies'), hashtext(current_schema()))").query(Boolean.class).single();
    }

    private void addUpRuns() {
        jdbc.sql(
                        """
                        with change as (delete from tally_change returning *)
                        insert into tally_sum as known
                        select job_id, level.key, case when level.key <> '' then max(slug) end,
                            case when level.key <> '' then max(group_id) end,
                            sum(runs), sum(queued), sum(running), sum(completed), sum(error), sum(cancelled), sum(graded), sum(passed),
                            sum(reward_sum), sum(reward_squares), min(started_at), max(ended_at),
                            sum(by_agent), sum(by_environment), sum(by_grader), sum(by_model), sum(by_infrastructure)
                        from change cross join lateral (values (''), (group_key)) as level (key)
                        group by job_id, level.key
                        on conflict (job_id, group_key) do update set
                            runs = known.runs + excluded.runs, queued = known.queued + excluded.queued,
                            running = known.running + excluded.running, completed = known.completed + excluded.completed,
                            error = known.error + excluded.error, cancelled = known.cancelled + excluded.cancelled,
                            graded = known.graded + excluded.graded, passed = known.passed + excluded.passed,
                            reward_sum = known.reward_sum + excluded.reward_sum,
                            reward_squares = known.reward_squares + excluded.reward_squares,
                            started_at = least(known.started_at, excluded.started_at),
                            ended_at = greatest(known.ended_at, excluded.ended_at),
                            by_agent = known.by_agent + excluded.by_agent,
                            by_environment = known.by_environment + excluded.by_environment,
                            by_grader = known.by_grader + excluded.by_grader, by_model = known.by_model + excluded.by_model,
                            by_infrastructure = known.by_infrastructure + excluded.by_infrastructure
                        """)
                .update();
    }

    private void addUpJobs() {
        jdbc.sql(
                        """
                        with change as (delete from job_total_change returning *)
                        insert into job_total_sum as known
                        select team_id, taskset_key, sum(jobs) from change group by team_id, taskset_key
                        on conflict (team_id, taskset_key) do update set jobs = known.jobs + excluded.jobs
                        """)
                .update();
    }
}
