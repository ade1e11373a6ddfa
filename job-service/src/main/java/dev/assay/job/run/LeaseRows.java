// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.RunId;
import dev.assay.job.run.FairOrder.Flow;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    /** Those of them that nobody else is just changing. */
    List<Run> lockUnlessBusy(Collection<RunId> ids) {
        return jdbc.sql("select " + RunRow.COLUMNS + " from run where id = any(:ids::uuid[]) order by id for update skip locked")
                .param("ids", ids.stream().map(RunId::value).toArray(UUID[]::new))
                .query(RunRow::read)
                .list();
    }

    /**
     * Runs that this transaction has locked, as they stand by now, and what step brought each there. No step: its lease was renewed, or there
     * is something known of it that was not.
     */
    void write(Map<Run, Optional<Transition>> moved) {
        var rows = JsonMapper.shared().createArrayNode();
        moved.forEach((run, step) -> {
            var row = RunRow.json(run);
            step.ifPresent(one -> row.put("cause", one.cause().wire())
                    .put("who", one.who())
                    .put("detail", one.detail())
                    .put("failure", one.failure() == null ? null : one.failure().wire()));
            rows.add(row);
        });
        jdbc.sql(WRITE).param("rows", rows.toString()).update();
    }

    /**
     * Where each row lies is looked up one by one, and there it is changed. Joined by id, the table would be read from end to end: by a plan
     * that was made while it was small, and is kept as long as nobody has counted its rows anew.
     */
    private static final String WRITE =
            """
            with told as (
                select * from jsonb_to_recordset(:rows::jsonb) as told (
                    id uuid, state text, status text, attempt integer, losses integer, revision integer, worker text, ask uuid,
                    lease_expires_at timestamptz, deadline timestamptz, timeout_millis bigint, retry text, not_before timestamptz,
                    initialized boolean, last_activity timestamptz, stop_reason text, error text, failure_kind text, failure_phase text,
                    reward double precision, ended_by text, ended_before text, environment_version integer, started_at timestamptz,
                    ended_at timestamptz, cause text, who text, detail text, failure text)),
            moved as (
                update run set state = told.state, status = told.status, attempt = told.attempt, losses = told.losses,
                    revision = told.revision, worker = told.worker, ask = told.ask, lease_expires_at = told.lease_expires_at,
                    deadline = told.deadline, timeout_millis = told.timeout_millis, retry = told.retry, not_before = told.not_before,
                    initialized = told.initialized, last_activity = told.last_activity, stop_reason = told.stop_reason,
                    error = told.error, failure_kind = told.failure_kind, failure_phase = told.failure_phase, reward = told.reward,
                    ended_by = told.ended_by, ended_before = told.ended_before, environment_version = told.environment_version,
                    started_at = told.started_at, ended_at = told.ended_at
                from told cross join lateral (select ctid as place from run where id = told.id offset 0) as found
                where run.ctid = found.place)
            insert into run_transition (run_id, attempt, status, cause, who, detail, failure)
            select id, attempt, status, cause, who, detail, failure from told where cause is not null
            """;
}
