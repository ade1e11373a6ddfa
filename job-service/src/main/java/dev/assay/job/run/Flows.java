// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.JobId;
import dev.assay.contracts.TeamId;
import dev.assay.job.run.FairOrder.Flow;
import dev.assay.job.run.FairOrder.Limits;
import dev.assay.job.run.FairOrder.Standing;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** Who waits for what, and who holds what. What is read here costs by the number of flows and of held runs, not of queued ones. */
@Repository
class Flows {

    private static final Duration KEPT = Duration.ofDays(7);

    private final JdbcClient jdbc;
    private final ConcurrencyLimits limits;

    Flows(JdbcClient jdbc, ConcurrencyLimits limits) {
        this.jdbc = jdbc;
        this.limits = limits;
    }

    /**
     * Until the transaction ends nobody else gives runs out: what is counted here is what it goes by. A replica that stops dead in the
     * middle is not waited for.
     */
    void lock() {
        jdbc.sql(
                        """
                        select set_config('idle_in_transaction_session_timeout', '5s', true),
                            pg_advisory_xact_lock(hashtextextended(current_schema() || ' runs are given out', 0))
                        """)
                .query(row -> {});
    }

    /**
     * As it stands for workers that have such runtimes; none named: any.
     *
     * @param waiting the flows of what is given out: {@link #WAITING}, or a statement of the same columns
     */
    FairOrder order(String waiting, Set<String> runtimes) {
        var flows = new HashMap<Flow, Standing>();
        var lastGiven = new HashMap<UUID, Long>();
        jdbc.sql(waiting + " and (:any::boolean or flow.runtime = any(:runtimes::text[]))")
                .param("any", runtimes.isEmpty())
                .param("runtimes", runtimes.toArray(String[]::new))
                .query(row -> {
                    var flow = flow(row);
                    var most = row.getObject("max_concurrent", Integer.class);
                    flows.put(flow, new Standing(row.getLong("seq"), row.getInt("priority"), most));
                    lastGiven.put(flow.team().value(), row.getLong("team_at"));
                    lastGiven.put(flow.job().value(), row.getLong("job_at"));
                });
        var order = new FairOrder(flows.isEmpty() ? Limits.NONE : limits.now(), flows, lastGiven, now());
        if (!flows.isEmpty()) {
            held(order::holds);
        }
        return order;
    }

    /** How many pieces of work somebody holds. */
    @FunctionalInterface
    interface Holding {
        void holds(TeamId team, JobId job, String model, int pieces);
    }

    /** Runs and sessions. */
    void held(Holding holding) {
        jdbc.sql(
                        """
                        select team_id, job_id, coalesce(model, '') as model, count(*) as runs from run
                        where state = 'held' group by 1, 2, 3
                        union all
                        select team_id, coalesce(version_id, team_id), '', count(*) from session where state = 'held' group by 1, 2
                        """)
                .query(row -> {
                    holding.holds(
                            new TeamId(row.getObject("team_id", UUID.class)), new JobId(row.getObject("job_id", UUID.class)),
                            row.getString("model"), row.getInt("runs"));
                });
    }

    private static Flow flow(ResultSet row) throws SQLException {
        return new Flow(
                new TeamId(row.getObject("team_id", UUID.class)), new JobId(row.getObject("job_id", UUID.class)), row.getString("runtime"),
                row.getString("model"));
    }

    /** By the database's time: it goes on over restarts, and is everybody's. */
    private long now() {
        return jdbc.sql("select (extract(epoch from clock_timestamp()) * 1000000)::bigint").query(Long.class).single();
    }

    /** Remembers whose turn it was. */
    void given(Map<UUID, Long> given) {
        var ids = List.copyOf(given.keySet());
        jdbc.sql(
                        """
                        insert into last_given (id, at) select * from unnest(:ids::uuid[], :ats::bigint[])
                        on conflict (id) do update set at = excluded.at
                        """)
                .param("ids", ids.toArray(UUID[]::new))
                .param("ats", ids.stream().map(given::get).toArray(Long[]::new))
                .update();
    }

    /** Who had no turn for so long is like who never had any. */
    @Scheduled(fixedDelayString = "PT1H")
    @Transactional
    public void forget() {
        lock();
        jdbc.sql("delete from last_given where at < :before").param("before", now() - KEPT.toNanos() / 1000).update();
    }

    /** From flow to flow by the index, however many runs each has; then those that have a run that need not wait any longer. */
    static final String WAITING =
            """
            with recursive flow as (
                (select team_id, job_id, runtime, coalesce(model, '') as model from run where state = 'queued'
                order by team_id, job_id, runtime, coalesce(model, '') limit 1)
                union all
                select next.* from flow cross join lateral (
                    select run.team_id, run.job_id, run.runtime, coalesce(run.model, '') as model from run
                    where run.state = 'queued' and (run.team_id, run.job_id, run.runtime, coalesce(run.model, ''))
                        > (flow.team_id, flow.job_id, flow.runtime, flow.model)
                    order by run.team_id, run.job_id, run.runtime, coalesce(run.model, '') limit 1) as next)
            select flow.*, coalesce(job.seq, 0) as seq, coalesce(job.priority, 0) as priority, job.max_concurrent,
                coalesce(team.at, 0) as team_at, coalesce(own.at, 0) as job_at
            from flow
            left join job on job.id = flow.job_id
            left join last_given team on team.id = flow.team_id
            left join last_given own on own.id = flow.job_id
            where job.paused_at is null and exists (
                select from run
                where run.state = 'queued' and run.team_id = flow.team_id and run.job_id = flow.job_id and run.runtime = flow.runtime
                    and coalesce(run.model, '') = flow.model and coalesce(run.not_before, '-infinity'::timestamptz) <= now())
            """;
}
