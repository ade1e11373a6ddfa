// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/** The rows of runs. Whoever means to change one locks it first. */
@Repository
class Runs {

    private final JdbcClient jdbc;
    private final JsonMapper json;

    Runs(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    Optional<Run> find(RunId id) {
        return jdbc.sql("select " + RunRow.COLUMNS + " from run where id = :id")
                .param("id", id.value())
                .query(RunRow::read)
                .optional();
    }

    Optional<Run> lock(RunId id) {
        return jdbc.sql("select " + RunRow.COLUMNS + " from run where id = :id for update")
                .param("id", id.value())
                .query(RunRow::read)
                .optional();
    }

    /** The same, without waiting: empty also if somebody else has it locked. */
    Optional<Run> lockUnlessBusy(RunId id) {
        return jdbc.sql("select " + RunRow.COLUMNS + " from run where id = :id for update skip locked")
                .param("id", id.value())
                .query(RunRow::read)
                .optional();
    }

    /** Leases that have run out. Those that are just being renewed, or swept by another replica, are passed over. */
    List<Run> lockRunOut(Duration deadlineGrace, int limit) {
        return jdbc.sql("select " + RunRow.COLUMNS
                        + """
                         from run
                        where state = 'held' and (lease_expires_at <= now() or deadline <= now() - make_interval(secs => :grace))
                        limit :limit
                        for update skip locked
                        """)
                .param("grace", seconds(deadlineGrace))
                .param("limit", limit)
                .query(RunRow::read)
                .list();
    }

    /** Runs whose time was over before a worker had them. */
    List<Run> lockLateInQueue(int limit) {
        return jdbc.sql("select " + RunRow.COLUMNS + " from run where state = 'queued' and ends_by <= now() limit :limit for update skip locked")
                .param("limit", limit)
                .query(RunRow::read)
                .list();
    }

    /** Their time begins anew, if it is limited. */
    void restartTime(Collection<RunId> ids) {
        jdbc.sql("update run set ends_by = now() + make_interval(secs => rollout_timeout_s) where id = any(:ids::uuid[]) and rollout_timeout_s is not null")
                .param("ids", ids.stream().map(RunId::value).toArray(UUID[]::new))
                .update();
    }

    /** Cancellations of runs that never came: whoever submits one after that long means it. */
    int forgetCancelledAhead(Duration kept, int limit) {
        return jdbc.sql(
                        """
                        with gone as (
                            delete from run where id in (
                                select id from run where state = 'cancelled_ahead' and created_at < now() - make_interval(secs => :kept)
                                order by id limit :limit for update skip locked)
                            returning id),
                        steps as (delete from run_transition using gone where run_id = gone.id)
                        select count(*) from gone
                        """)
                .param("kept", seconds(kept))
                .param("limit", limit)
                .query(Integer.class)
                .single();
    }

    /** Runs that clients drive and have said nothing of since. */
    List<Run> lockSilent(Duration silence, int limit) {
        return jdbc.sql("select " + RunRow.COLUMNS
                        + """
                         from run
                        where state in ('driven', 'named') and last_activity <= now() - make_interval(secs => :silence)
                        limit :limit
                        for update skip locked
                        """)
                .param("silence", seconds(silence))
                .param("limit", limit)
                .query(RunRow::read)
                .list();
    }

    /** What the platform still has to do for a job. In the order in which everybody locks runs. */
    List<Run> lockLive(JobId job, int limit) {
        return jdbc.sql("select " + RunRow.COLUMNS
                        + """
                         from run
                        where job_id = :job and state in ('queued', 'held') and status <> 'cancelling'
                        order by id
                        limit :limit
                        for update
                        """)
                .param("job", job.value())
                .param("limit", limit)
                .query(RunRow::read)
                .list();
    }

    /** False: it is cancelled. Whoever cancels the job, submits to it or runs it again waits for the end of this transaction. */
    boolean lockUncancelled(JobId job) {
        return jdbc.sql("select cancelled_at is null from job where id = :job for no key update")
                .param("job", job.value())
                .query(Boolean.class)
                .single();
    }

    /** What of a job may be run again: over without a grade. Some of those that ended by then, in one order for all. */
    List<Run> lockUnscored(JobId job, Instant endedBy, int limit) {
        return jdbc.sql("select " + RunRow.COLUMNS + " from run where job_id = :job and ended_at <= :endedBy and " + UNSCORED
                        + " order by seq limit :limit for update")
                .param("job", job.value())
                .param("endedBy", Timestamp.from(endedBy))
                .param("limit", limit)
                .query(RunRow::read)
                .list();
    }

    /** The same of one run: empty if it is none of those. */
    Optional<Run> lockUnscored(RunId id) {
        return jdbc.sql("select " + RunRow.COLUMNS + " from run where id = :id and " + UNSCORED + " for update")
                .param("id", id.value())
                .query(RunRow::read)
                .optional();
    }

    /** For dashboards. The text stands in the statement: only so is a partial index found. */
    long count(String state) {
        var sql =
                switch (state) {
                    case "queued" -> "select count(*) from run where state = 'queued'";
                    case "held" -> "select count(*) from run where state = 'held'";
                    default -> throw new IllegalArgumentException(state);
                };
        return jdbc.sql(sql).query(Long.class).single();
    }

    /**
     * What a run was asked for with.
     *
     * @param taskVersion the version of its taskset's task; null: it is of none
     * @param verifier the environment of its verifier; null: it has none
     */
    record Asked(@Nullable UUID taskVersion, @Nullable String verifier) {

        static final Asked NOTHING = new Asked(null, null);
    }

    /** Of those that were submitted here; nobody knows of the others. */
    Map<RunId, Asked> asked(Collection<RunId> ids) {
        var found = new HashMap<RunId, Asked>();
        jdbc.sql("select run_id, task_version_id, verifier from run_spec where run_id = any(:ids::uuid[])")
                .param("ids", ids.stream().map(RunId::value).toArray(UUID[]::new))
                .query(row -> {
                    var verifier = row.getString("verifier");
                    found.put(
                            new RunId(row.getObject("run_id", UUID.class)),
                            new Asked(
                                    row.getObject("task_version_id", UUID.class),
                                    verifier == null ? null : json.readTree(verifier).path("env").asString(null)));
                });
        return found;
    }

    /** A client is still busy with these. Locked in one order: of a topic that changes hands two may tell the same. */
    void touch(List<RunId> ids) {
        jdbc.sql(
                        """
                        update run set last_activity = now() where id in (
                            select id from run where id in (:ids) and state in ('driven', 'named') and last_activity < now()
                            order by id for update)
                        """)
                .param("ids", ids.stream().map(RunId::value).toList())
                .update();
    }

    /** The time that all go by, whatever their own clocks say. */
    Instant now() {
        return jdbc.sql("select now()").query(Timestamp.class).single().toInstant();
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    /** Whether it could be inserted: false if somebody else just did. */
    boolean insert(Run run, Transition step) {
        return jdbc.sql(
                        """
                        with moved as (
                            insert into run (id, team_id, job_id, ref, parent_id, group_id, slug, environment, task, model, agent,
                                environment_version, state, status, attempt, losses, revision, worker, ask, lease_expires_at,
                                deadline, timeout_millis, retry, not_before, initialized, last_activity, stop_reason, error, failure_kind,
                                failure_phase, reward, ended_by, ended_before, created_at, started_at, ended_at)
                            values (:id, :team_id, :job_id, :ref, :parent_id, :group_id, :slug, :environment, :task, :model, :agent,
                                :environment_version, :state, :status, :attempt, :losses, :revision, :worker, :ask, :lease_expires_at,
                                :deadline, :timeout_millis, :retry, :not_before, :initialized, :last_activity, :stop_reason, :error,
                                :failure_kind, :failure_phase, :reward, :ended_by, :ended_before, :created_at,
                                :started_at, :ended_at)
                            on conflict (id) do nothing
                            returning id, attempt, status)
                        """
                                + STEP)
                        .params(parameters(run, step))
                        .update()
                == 1;
    }

    /** Runs that wait for a worker from now on. In one order for all. @return those that there were not yet */
    List<RunId> insertQueued(Collection<Run> runs, Transition step) {
        var all = List.copyOf(runs);
        return jdbc.sql(
                        """
                        with moved as (
                            insert into run (id, team_id, job_id, parent_id, group_id, slug, environment, task, model, agent,
                                environment_version, state, status, created_at)
                            select id, team, job, parent, group_id, slug, environment, task, model, agent, version, 'queued', 'queued', created
                            from unnest(:ids::uuid[], :teams::uuid[], :jobs::uuid[], :parents::uuid[], :groups::text[], :slugs::text[],
                                :environments::text[], :tasks::text[], :models::text[], :agents::text[], :versions::integer[],
                                :created::timestamptz[])
                                as told (id, team, job, parent, group_id, slug, environment, task, model, agent, version, created)
                            order by id
                            on conflict (id) do nothing
                            returning id, attempt, status),
                        steps as (
                            insert into run_transition (run_id, attempt, status, cause) select id, attempt, status, :cause from moved)
                        select id from moved
                        """)
                .param("ids", all.stream().map(run -> run.id().value()).toArray(UUID[]::new))
                .param("teams", all.stream().map(run -> run.team().value()).toArray(UUID[]::new))
                .param("jobs", all.stream().map(run -> value(run.facts().job(), JobId::value)).toArray(UUID[]::new))
                .param("parents", all.stream().map(run -> value(run.facts().parent(), RunId::value)).toArray(UUID[]::new))
                .param("groups", texts(all, RunFacts::groupId))
                .param("slugs", texts(all, RunFacts::slug))
                .param("environments", texts(all, RunFacts::environment))
                .param("tasks", texts(all, RunFacts::task))
                .param("models", texts(all, RunFacts::model))
                .param("agents", texts(all, RunFacts::agent))
                .param("versions", all.stream().map(run -> run.facts().environmentVersion()).toArray(Integer[]::new))
                .param("created", all.stream().map(run -> run.createdAt().toString()).toArray(String[]::new))
                .param("cause", step.cause().wire())
                .query((row, number) -> new RunId(row.getObject("id", UUID.class)))
                .list();
    }

    private static String[] texts(List<Run> runs, Function<RunFacts, @Nullable String> text) {
        return runs.stream().map(run -> text.apply(run.facts())).toArray(String[]::new);
    }

    private static <T> @Nullable UUID value(@Nullable T id, Function<T, UUID> value) {
        return id == null ? null : value.apply(id);
    }

    /** @param step null: it stands where it stood, and only what is known of it has changed */
    void update(Run run, @Nullable Transition step) {
        var update =
                """
                update run set job_id = :job_id, ref = :ref, parent_id = :parent_id, group_id = :group_id, slug = :slug,
                    environment = :environment, task = :task, model = :model, agent = :agent,
                    environment_version = :environment_version, last_activity = :last_activity, ended_before = :ended_before,
                    started_at = :started_at,
                """
                        + RunRow.STATE_ASSIGNMENTS + " where id = :id";
        if (step == null) {
            jdbc.sql(update).params(RunRow.parameters(run)).update();
        } else {
            jdbc.sql("with moved as (" + update + " returning id, attempt, status) " + STEP).params(parameters(run, step)).update();
        }
    }

    private static Map<String, @Nullable Object> parameters(Run run, Transition step) {
        var values = RunRow.parameters(run);
        step.addTo(values);
        return values;
    }

    /** That the platform drove and can drive again. What has no grade stands here as the index of such runs says it: else it is not used. */
    private static final String UNSCORED =
            """
            state = 'finished' and ended_by in ('worker', 'platform')
            and (standing = 'error' or standing = 'cancelled' or (standing = 'completed' and reward is null))
            and exists (select from run_spec where run_id = run.id)""";

    private static final String STEP = Transition.insert("run_transition", "run_id");
}
