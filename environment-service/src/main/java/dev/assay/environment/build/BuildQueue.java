// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.build;

import dev.assay.contracts.BuildId;
import dev.assay.contracts.EnvironmentId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.VersionId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * The rows of builds as a queue with leases: who takes one raises its attempt, and only the newest attempt may say anything. Leases go by
 * the database's time, whatever the clock of the replica that is asked says.
 */
@Component
class BuildQueue {

    private final JdbcClient jdbc;

    BuildQueue(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    record Taken(
            BuildId build, TeamId team, EnvironmentId environment, VersionId version, int attempt, boolean noCache, @Nullable String sealedBuildArgs,
            @Nullable String sealedBuildSecrets) {}

    /** Whether there is anything to be given, or that was given. */
    boolean areInProgress() {
        return jdbc.sql("select exists (select from builds where status = 'IN_PROGRESS')").query(Boolean.class).single();
    }

    /**
     * A build for a worker; the same as before if it asks the same question again.
     *
     * @param needs which builds it may have
     */
    @Transactional
    Optional<Taken> next(String worker, @Nullable UUID ask, Set<EngineNeed> needs, Duration lease, int maxAttempts) {
        var given = ask == null ? Optional.<Taken>empty() : given(worker, ask, lease);
        return given.or(() -> take(worker, ask, needs, lease, maxAttempts));
    }

    /** Whether one waits that is for a worker with an engine if there is one. */
    boolean preferAnEngine() {
        return jdbc.sql("""
                        select exists (select from builds where status = 'IN_PROGRESS' and engine = 'IF_THERE'
                            and (lease_until is null or lease_until <= now()))""")
                .query(Boolean.class)
                .single();
    }

    /** What the worker was given in answer to the same question, as long as that holds; from now on for a whole lease. */
    private Optional<Taken> given(String worker, UUID ask, Duration lease) {
        // the same question twice at a time: the second waits, and sees what the first was given
        jdbc.sql("select pg_advisory_xact_lock(hashtextextended(:ask, 0))").param("ask", ask.toString()).query(row -> {});
        return jdbc.sql("""
                        update builds set lease_until = now() + make_interval(secs => :lease)
                        where status = 'IN_PROGRESS' and worker = :worker and ask = :ask and lease_until > now()
                        returning id, team_id, environment_id, version_id, attempt, no_cache, build_args, build_secrets""")
                .param("lease", lease.toMillis() / 1000.0)
                .param("worker", worker)
                .param("ask", ask)
                .query(BuildQueue::taken)
                .optional();
    }

    /**
     * A build that is in nobody's hands, now in this worker's; one that was held until now was lost. As runs are: the team that holds the fewest
     * comes first, of equals the one whose turn was longest ago, and of a team's builds the oldest.
     */
    private Optional<Taken> take(String worker, @Nullable UUID ask, Set<EngineNeed> needs, Duration lease, int maxAttempts) {
        return jdbc.sql("""
                        with team as (
                            select team_id, held, (select max(started_at) from builds given where given.team_id = going.team_id) as last_turn
                            from (
                                select team_id, count(*) filter (where lease_until > now()) as held
                                from builds where status = 'IN_PROGRESS' group by team_id) going)
                        update builds
                        set attempt = attempt + 1, losses = losses + case when lease_until is null then 0 else 1 end, worker = :worker,
                            ask = :ask, lease_until = now() + make_interval(secs => :lease), attempt_lines = 0,
                            started_at = coalesce(started_at, now())
                        where id = (
                            select waiting.id from builds waiting join team using (team_id)
                            where status = 'IN_PROGRESS' and (lease_until is null or lease_until <= now() and losses + 1 < :maxAttempts)
                                and engine = any(:needs::text[])
                            order by team.held, team.last_turn nulls first, seq limit 1
                            for update of waiting skip locked)
                        returning id, team_id, environment_id, version_id, attempt, no_cache, build_args, build_secrets""")
                .param("worker", worker)
                .param("ask", ask)
                .param("lease", seconds(lease))
                .param("maxAttempts", maxAttempts)
                .param("needs", needs.stream().map(EngineNeed::name).toArray(String[]::new))
                .query(BuildQueue::taken)
                .optional();
    }

    private static Taken taken(ResultSet row, int number) throws SQLException {
        return new Taken(
                new BuildId(row.getObject("id", UUID.class)),
                new TeamId(row.getObject("team_id", UUID.class)),
                new EnvironmentId(row.getObject("environment_id", UUID.class)),
                new VersionId(row.getObject("version_id", UUID.class)),
                row.getInt("attempt"),
                row.getBoolean("no_cache"),
                row.getString("build_args"),
                row.getString("build_secrets"));
    }

    /** Gives a build back that its worker has let go of: it is in nobody's hands, and nothing was lost. False if it does not hold it. */
    boolean release(BuildId build, String worker, int attempt) {
        return jdbc.sql("""
                        update builds set lease_until = null, worker = null
                        where id = :id and worker = :worker and attempt = :attempt and status = 'IN_PROGRESS'""")
                        .param("id", build.value())
                        .param("worker", worker)
                        .param("attempt", attempt)
                        .update()
                == 1;
    }

    /** Fails the builds that the last worker allowed has lost. */
    List<BuildId> giveUp(int maxAttempts) {
        return jdbc.sql("""
                        update builds
                        set status = 'FAILED', finished_at = now(), build_args = null, build_secrets = null,
                            losses = losses + 1, error_message = 'the build was interrupted ' || losses + 1 || ' times'
                        where id in (
                            select id from builds
                            where status = 'IN_PROGRESS' and losses + 1 >= :maxAttempts and lease_until <= now()
                            for update skip locked)
                        returning id""")
                .param("maxAttempts", maxAttempts)
                .query((row, n) -> new BuildId(row.getObject("id", UUID.class)))
                .list();
    }

    /** Locks a build that is in nobody's hands and that nothing was said of yet; false if it is none such. */
    boolean lockUnheard(BuildId build) {
        return jdbc.sql("""
                        select id from builds where id = :id and status = 'IN_PROGRESS' and lease_until is null and line_count = 0 for update""")
                .param("id", build.value())
                .query()
                .optionalValue()
                .isPresent();
    }

    /** How many lines the attempt has reported so far. */
    record Held(int lineCount, int attemptLines) {}

    /** Renews the attempt's lease and locks the build; empty if the attempt no longer holds it. */
    Optional<Held> renew(BuildId build, String worker, int attempt, Duration lease) {
        return jdbc.sql("""
                        update builds set lease_until = now() + make_interval(secs => :lease)
                        where id = :id and worker = :worker and attempt = :attempt and status = 'IN_PROGRESS'
                        returning line_count, attempt_lines""")
                .param("lease", seconds(lease))
                .param("id", build.value())
                .param("worker", worker)
                .param("attempt", attempt)
                .query((row, n) -> new Held(row.getInt("line_count"), row.getInt("attempt_lines")))
                .optional();
    }

    void reported(BuildId build, int attemptLines) {
        jdbc.sql("update builds set attempt_lines = :lines where id = :id")
                .param("lines", attemptLines)
                .param("id", build.value())
                .update();
    }

    record Finished(EnvironmentId environment, VersionId version) {}

    /** Ends a build with the attempt's verdict; empty if the attempt no longer holds it. */
    Optional<Finished> finish(BuildId build, String worker, int attempt, BuildStatus verdict, @Nullable String error) {
        return jdbc.sql("""
                        update builds
                        set status = :status, error_message = :error, finished_at = now(), lease_until = null, build_args = null,
                            build_secrets = null
                        where id = :id and worker = :worker and attempt = :attempt and status = 'IN_PROGRESS'
                        returning environment_id, version_id""")
                .param("status", verdict.name())
                .param("error", error)
                .param("id", build.value())
                .param("worker", worker)
                .param("attempt", attempt)
                .query((row, n) -> new Finished(
                        new EnvironmentId(row.getObject("environment_id", UUID.class)),
                        new VersionId(row.getObject("version_id", UUID.class))))
                .optional();
    }

    /** Ends a build that nobody wants any more; whoever holds it hears so when it next says something. False if it has ended. */
    boolean stop(BuildId build) {
        return jdbc.sql("""
                        update builds
                        set status = 'STOPPED', error_message = 'the build was cancelled', finished_at = now(), lease_until = null,
                            worker = null, build_args = null, build_secrets = null
                        where id = :id and status = 'IN_PROGRESS'""")
                        .param("id", build.value())
                        .update()
                == 1;
    }

    /** Whether exactly this attempt has given the verdict that stands. */
    boolean finishedBy(BuildId build, String worker, int attempt) {
        return jdbc.sql("""
                        select exists (select from builds where id = :id and worker = :worker and attempt = :attempt
                            and status <> 'IN_PROGRESS' and lease_until is null)""")
                .param("id", build.value())
                .param("worker", worker)
                .param("attempt", attempt)
                .query(Boolean.class)
                .single();
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
