// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.regrade;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/** The tables of regrades, of which one is their queue as well. */
@Repository
class RegradeRows {

    private static final JsonMapper ASCII = JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    private static final int MOST = 100;
    private static final int MOST_ERRORS = 20;

    private final JdbcClient jdbc;

    RegradeRows(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** What was asked for. */
    record Asked(UUID id, JobId job, Grader grader, boolean makeOfRecord) {}

    /**
     * How far it has come.
     *
     * @param before the mean of what those that were graded counted for by their own ends
     * @param after the mean of what they were given
     */
    record Standing(
            Asked asked, long runs, long waiting, long graded, long failed, long cancelled, @Nullable Double before, @Nullable Double after,
            Instant createdAt) {}

    record Failed(RunId run, String error) {}

    /** Work that was taken. @param attempt which time it is; what an earlier one says is refused */
    record Taken(UUID regrade, RunId run, TeamId team, Grader grader, boolean makeOfRecord, @Nullable String task, int attempt) {}

    boolean hasCompleted(TeamId team, JobId job) {
        return jdbc.sql("select exists (select 1 from grade where team = :team and job = :job and status = 'completed')")
                .param("team", team.value())
                .param("job", job.value())
                .query(Boolean.class)
                .single();
    }

    /** With all runs of the job that have completed until now. Asked for once more under the same id it is the same. */
    void ask(TeamId team, UserId user, Asked asked, Instant now) {
        jdbc.sql("""
                        with asked as (
                            insert into regrade (id, team, job, grader, make_of_record, asked_by, created_at)
                            values (:id, :team, :job, :grader, :ofRecord, :user, :now)
                            on conflict (id) do nothing returning id)
                        insert into regrade_run (regrade, run, status, due)
                        select asked.id, run, 'queued', :now from asked, grade
                        where grade.team = :team and grade.job = :job and grade.status = 'completed'""")
                .param("id", asked.id())
                .param("team", team.value())
                .param("job", asked.job().value())
                .param("grader", ASCII.writeValueAsString(asked.grader()))
                .param("ofRecord", asked.makeOfRecord())
                .param("user", user.value())
                .param("now", Timestamp.from(now))
                .update();
    }

    Optional<Standing> find(TeamId team, UUID id) {
        return standings(team, "regrade.id = :what", id).stream().findFirst();
    }

    /** The latest first. */
    List<Standing> of(TeamId team, JobId job) {
        return standings(team, "regrade.job = :what", job.value());
    }

    private List<Standing> standings(TeamId team, String which, UUID what) {
        return jdbc.sql("""
                        select regrade.id, regrade.job, regrade.grader, regrade.make_of_record, regrade.created_at,
                            count(work.run) as runs, count(work.due) as waiting,
                            count(*) filter (where work.status = 'completed') as graded,
                            count(*) filter (where work.status = 'error') as failed,
                            count(*) filter (where work.status = 'cancelled') as cancelled,
                            avg(case when grade.record is null then grade.reward else grade.own_reward end) filter (where given.reward is not null) as before,
                            avg(given.reward) as after
                        from regrade
                            left join regrade_run as work on work.regrade = regrade.id
                            left join given_grade as given on given.id = work.given
                            left join grade on grade.run = work.run
                        where regrade.team = :team and""" + " " + which + """
                        
                        group by regrade.id order by regrade.seq desc limit :most""")
                .param("team", team.value())
                .param("what", what)
                .param("most", MOST)
                .query(RegradeRows::standing)
                .list();
    }

    private static Standing standing(ResultSet row, int number) throws SQLException {
        return new Standing(
                new Asked(
                        row.getObject("id", UUID.class), new JobId(row.getObject("job", UUID.class)),
                        ASCII.readValue(row.getString("grader"), Grader.class), row.getBoolean("make_of_record")),
                row.getLong("runs"), row.getLong("waiting"), row.getLong("graded"), row.getLong("failed"), row.getLong("cancelled"),
                row.getObject("before", Double.class), row.getObject("after", Double.class),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }

    List<Failed> errors(UUID id) {
        return jdbc.sql("select run, error from regrade_run where regrade = :id and status = 'error' order by run limit :most")
                .param("id", id)
                .param("most", MOST_ERRORS)
                .query((row, number) -> new Failed(new RunId(row.getObject("run", UUID.class)), row.getString("error")))
                .list();
    }

    /** What waits is not done any more, and what is just being done comes to nothing. */
    void cancel(UUID id) {
        jdbc.sql("update regrade_run set status = 'cancelled', due = null where regrade = :id and due is not null").param("id", id).update();
    }

    /** Takes what is to be done, for as long as the lease says: what nobody has finished by then is taken again. */
    List<Taken> take(int most, Duration lease, Instant now) {
        return jdbc.sql("""
                        with taken as (
                            update regrade_run set status = 'running', attempt = attempt + 1, due = :until
                            where (regrade, run) in (
                                select regrade, run from regrade_run where due <= :now order by due limit :most for update skip locked)
                            returning regrade, run, attempt)
                        select taken.*, regrade.team, regrade.grader, regrade.make_of_record, grade.task_slug
                        from taken join regrade on regrade.id = taken.regrade left join grade on grade.run = taken.run""")
                .param("now", Timestamp.from(now))
                .param("until", Timestamp.from(now.plus(lease)))
                .param("most", most)
                .query((row, number) -> new Taken(
                        row.getObject("regrade", UUID.class), new RunId(row.getObject("run", UUID.class)), new TeamId(row.getObject("team", UUID.class)),
                        ASCII.readValue(row.getString("grader"), Grader.class), row.getBoolean("make_of_record"), row.getString("task_slug"),
                        row.getInt("attempt")))
                .list();
    }

    /** Beside the grades that there are; of record at once, if that was asked for. What was cancelled or taken by another comes to nothing. */
    void finish(Taken taken, String source, double reward, String details, Instant now) {
        jdbc.sql("""
                        with mine as (
                            update regrade_run set status = 'completed', due = null, given = :given
                            where regrade = :regrade and run = :run and attempt = :attempt and status = 'running' returning run),
                        given as (
                            insert into given_grade (id, run, team, source, evaluator, reward, details, given_at)
                            select :given, run, :team, :source, :evaluator, :reward, :details, :now from mine returning run, id, reward)
                        update grade set own_reward = case when record is null then grade.reward else own_reward end, record = given.id, reward = given.reward
                        from given where :ofRecord and grade.run = given.run and grade.team = :team""")
                .param("given", UUID.randomUUID())
                .param("regrade", taken.regrade())
                .param("run", taken.run().value())
                .param("attempt", taken.attempt())
                .param("team", taken.team().value())
                .param("source", source)
                .param("evaluator", taken.grader().name())
                .param("reward", reward)
                .param("details", details)
                .param("now", Timestamp.from(now))
                .param("ofRecord", taken.makeOfRecord())
                .update();
    }

    void fail(Taken taken, String error) {
        jdbc.sql("""
                        update regrade_run set status = 'error', due = null, error = :error
                        where regrade = :regrade and run = :run and attempt = :attempt and status = 'running'""")
                .param("error", error)
                .param("regrade", taken.regrade())
                .param("run", taken.run().value())
                .param("attempt", taken.attempt())
                .update();
    }

    void again(Taken taken, Instant when) {
        jdbc.sql("""
                        update regrade_run set status = 'queued', due = :due
                        where regrade = :regrade and run = :run and attempt = :attempt and status = 'running'""")
                .param("due", Timestamp.from(when))
                .param("regrade", taken.regrade())
                .param("run", taken.run().value())
                .param("attempt", taken.attempt())
                .update();
    }
}
