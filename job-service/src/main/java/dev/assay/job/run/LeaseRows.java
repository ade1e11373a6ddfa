// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.RunId;
import dev.assay.job.run.FairOrder.Flow;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/** The rows of runs as they are given out and held: many at once. */
@Repository
class LeaseRows {

    /**
     * In an order that the index has and the table has not: by the statistics of a queue that was long a moment ago, reading the table until
     * the first queued run comes along would seem to cost nothing.
     */
    static final String MAY_BE =
            """
            select (select true from run where state = 'queued' order by team_id, job_id limit 1) is not null
                or exists (select from run where state = 'held' and ask = any(:asks::uuid[]))
                or exists (select from withdrawn_ask where ask = any(:asks::uuid[]))
            """;

    private final JdbcClient jdbc;

    LeaseRows(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** What workers were given in answer to such questions, as long as that holds. */
    List<Run> lockGiven(Collection<String> workers, Collection<UUID> asks) {
        return jdbc.sql("select " + RunRow.COLUMNS
                        + """
                         from run
                        where state = 'held' and worker = any(:workers::text[]) and ask = any(:asks::uuid[]) and lease_expires_at > now()
                        order by id
                        for update
                        """)
                .param("workers", workers.toArray(String[]::new))
                .param("asks", asks.toArray(UUID[]::new))
                .query(RunRow::read)
                .list();
    }

    /** Whether there may be something in answer to such questions: a queued run, one that was given, or that it was taken back. */
    boolean mayBeFor(Collection<UUID> asks) {
        return jdbc.sql(MAY_BE)
                .param("asks", asks.toArray(UUID[]::new))
                .query(Boolean.class)
                .single();
    }

    /**
     * The heads of flows, so many of each, and whose head each is. Runs that somebody else is just changing are passed over.
     *
     * @param taken what this transaction has locked already: that it does not pass over by itself
     */
    Map<Run, Flow> lockQueued(Map<Flow, Integer> flows, Collection<Run> taken) {
        var all = List.copyOf(flows.keySet());
        var locked = new LinkedHashMap<Run, Flow>();
        jdbc.sql("select taken.*, flow.number, now() as database_time"
                        + """
                         from unnest(:teams::uuid[], :jobs::uuid[], :runtimes::text[], :models::text[], :counts::integer[])
                            with ordinality as flow (team, job, runtime, model, count, number)
                        cross join lateral (
                            select * from run
                            where state = 'queued' and team_id = flow.team and job_id = flow.job and run.runtime = flow.runtime
                                and coalesce(run.model, '') = flow.model
                                and coalesce(not_before, '-infinity'::timestamptz) <= now()
                                and id <> all(:taken::uuid[])
                            order by coalesce(not_before, '-infinity'::timestamptz), seq
                            limit flow.count
                            for update skip locked) as taken
                        """)
                .param("teams", all.stream().map(flow -> flow.team().value()).toArray(UUID[]::new))
                .param("jobs", all.stream().map(flow -> flow.job().value()).toArray(UUID[]::new))
                .param("runtimes", all.stream().map(Flow::runtime).toArray(String[]::new))
                .param("models", all.stream().map(Flow::model).toArray(String[]::new))
                .param("taken", taken.stream().map(run -> run.id().value()).toArray(UUID[]::new))
                .param("counts", all.stream().map(flows::get).toArray(Integer[]::new))
                .query(row -> {
                    locked.put(RunRow.read(row, 0), all.get(row.getInt("number") - 1));
                });
        return locked;
    }

    /** Those of them that are held. In one order for all: two who lock the same runs do not wait in a circle. */
    List<Run> lockHeld(Collection<RunId> ids) {
        return jdbc.sql("select " + RunRow.COLUMNS + " from run where id = any(:ids::uuid[]) and state = 'held' order by id for update")
                .param("ids", ids.stream().map(RunId::value).toArray(UUID[]::new))
                .query(RunRow::read)
                .list();
    }

    /** Of runs that are held by now, and what step brought each there, in one statement. No step: its lease was renewed. */
    void updateHeld(Map<Run, Optional<Transition>> held) {
        var rows = JsonMapper.shared().createArrayNode();
        held.forEach((run, step) -> {
            var state = (RunState.Held) run.state();
            var row = rows.addObject()
                    .put("id", run.id().toString())
                    .put("status", state.status().wire())
                    .put("attempt", state.numbers().fence())
                    .put("worker", state.worker())
                    .put("ask", state.ask() == null ? null : state.ask().toString())
                    .put("lease_expires_at", state.expires().toString())
                    .put("deadline", state.deadline().toString())
                    .put("timeout_millis", state.terms().timeout().toMillis())
                    .put("retry", state.terms().retries().text())
                    .put("initialized", state.phase() == RunState.Phase.RUNNING)
                    .put("started_at", Objects.requireNonNull(run.startedAt()).toString());
            step.ifPresent(one -> row.put("cause", one.cause().wire()).put("who", one.who()).put("detail", one.detail()));
        });
        jdbc.sql(
                        """
                        with told as (
                            select * from jsonb_to_recordset(:rows::jsonb) as told (
                                id uuid, status text, attempt integer, worker text, ask uuid, lease_expires_at timestamptz,
                                deadline timestamptz, timeout_millis bigint, retry text, initialized boolean,
                                started_at timestamptz, cause text, who text, detail text)),
                        moved as (
                            update run set state = 'held', status = told.status, attempt = told.attempt, worker = told.worker,
                                ask = told.ask, lease_expires_at = told.lease_expires_at, deadline = told.deadline,
                                timeout_millis = told.timeout_millis,
                                retry = told.retry, not_before = null, initialized = told.initialized, started_at = told.started_at
                            from told where run.id = told.id)
                        insert into run_transition (run_id, attempt, status, cause, who, detail)
                        select id, attempt, status, cause, who, detail from told where cause is not null
                        """)
                .param("rows", rows.toString())
                .update();
    }
}
