// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.qa;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.grading.qa.QaCheck.Level;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/** The table of checks' results, which is their queue as well. */
@Repository
class QaRows {

    private static final JsonMapper ASCII = JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    private static final int MOST = 2_000;

    private final JdbcClient jdbc;

    QaRows(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * What is checked.
     *
     * @param id a run's, or a task's
     * @param version of the task; null: it is a run
     */
    record Subject(Level level, UUID id, @Nullable UUID version) {}

    /** A result, or what becomes one. */
    record QaRow(
            UUID id, String check, Subject subject, String status, @Nullable Judgement result, @Nullable String error, boolean asked,
            Instant createdAt, @Nullable Instant completedAt) {}

    /** Work that was taken. @param attempt which time it is; what an earlier one says is refused */
    record Taken(UUID id, TeamId team, String check, Subject subject, int attempt) {}

    /**
     * The result that there is, or is being made; else it is queued.
     *
     * @param anew whether a result that is over does not count. An error never does
     */
    QaRow ask(TeamId team, UserId user, QaCheck check, Subject subject, boolean anew, Instant now) {
        jdbc.sql("""
                        insert into qa_result (id, team, check_key, level, subject, task_version, status, due, asked_by, created_at)
                        select :id, :team, :check, :level, :subject, :version, 'queued', :now, :user, :now
                        where :anew or coalesce((
                            select status from qa_result
                            where team = :team and subject = :subject and check_key = :check and task_version is not distinct from cast(:version as uuid)
                            order by seq desc limit 1), 'error') in ('error', 'queued', 'running')
                        on conflict (team, check_key, subject, task_version) where due is not null
                        do update set asked_by = coalesce(qa_result.asked_by, excluded.asked_by)""")
                .param("id", UUID.randomUUID())
                .param("team", team.value())
                .param("check", check.key())
                .param("level", check.level.word())
                .param("subject", subject.id())
                .param("version", subject.version())
                .param("user", user.value())
                .param("anew", anew)
                .param("now", Timestamp.from(now))
                .update();
        return jdbc.sql("""
                        select * from qa_result
                        where team = :team and subject = :subject and check_key = :check and task_version is not distinct from cast(:version as uuid)
                        order by seq desc limit 1""")
                .param("team", team.value())
                .param("subject", subject.id())
                .param("check", check.key())
                .param("version", subject.version())
                .query(QaRows::row)
                .single();
    }

    /** The one in effect of each check: the latest; of a task of the version that it has now. */
    List<QaRow> inEffect(TeamId team, Collection<Subject> subjects) {
        return subjects.stream()
                .flatMap(subject -> jdbc.sql("""
                                select distinct on (check_key) * from qa_result
                                where team = :team and subject = :subject and level = :level
                                    and task_version is not distinct from cast(:version as uuid)
                                order by check_key, seq desc""")
                        .param("team", team.value())
                        .param("subject", subject.id())
                        .param("level", subject.level().word())
                        .param("version", subject.version())
                        .query(QaRows::row)
                        .stream())
                .toList();
    }

    /** All that there ever were, of all versions, the latest first. */
    List<QaRow> history(TeamId team, Level level, Collection<UUID> subjects) {
        return jdbc.sql("""
                        select * from qa_result where team = :team and level = :level and subject in (:subjects)
                        order by seq desc limit :most""")
                .param("team", team.value())
                .param("level", level.word())
                .param("subjects", subjects)
                .param("most", MOST)
                .query(QaRows::row)
                .list();
    }

    /**
     * Takes what is to be done, for as long as the lease says: what nobody has finished by then is taken again.
     *
     * @param most how much
     */
    List<Taken> take(int most, Duration lease, Instant now) {
        return jdbc.sql("""
                        update qa_result set status = 'running', attempt = attempt + 1, due = :until
                        where id in (
                            select id from qa_result where due <= :now order by (asked_by is null), due limit :most for update skip locked)
                        returning *""")
                .param("now", Timestamp.from(now))
                .param("until", Timestamp.from(now.plus(lease)))
                .param("most", most)
                .query((row, number) -> new Taken(
                        row.getObject("id", UUID.class),
                        new TeamId(row.getObject("team", UUID.class)),
                        row.getString("check_key"),
                        subject(row),
                        row.getInt("attempt")))
                .list();
    }

    void finish(Taken taken, Judgement result, Instant now) {
        over(taken, "completed", result.verdict(), ASCII.writeValueAsString(result), null, now);
    }

    void fail(Taken taken, String error, Instant now) {
        over(taken, "error", null, null, error, now);
    }

    private void over(Taken taken, String status, @Nullable String verdict, @Nullable String result, @Nullable String error, Instant now) {
        jdbc.sql("""
                        update qa_result set status = :status, verdict = :verdict, result = :result, error = :error, completed_at = :now, due = null
                        where id = :id and attempt = :attempt and status = 'running'""")
                .param("id", taken.id())
                .param("attempt", taken.attempt())
                .param("status", status)
                .param("verdict", verdict)
                .param("result", result)
                .param("error", error)
                .param("now", Timestamp.from(now))
                .update();
    }

    void again(Taken taken, Instant when) {
        jdbc.sql("update qa_result set status = 'queued', due = :due where id = :id and attempt = :attempt and status = 'running'")
                .param("id", taken.id())
                .param("attempt", taken.attempt())
                .param("due", Timestamp.from(when))
                .update();
    }

    private static Subject subject(ResultSet row) throws SQLException {
        return new Subject(
                Level.valueOf(row.getString("level").toUpperCase(Locale.ROOT)),
                row.getObject("subject", UUID.class),
                row.getObject("task_version", UUID.class));
    }

    private static QaRow row(ResultSet row, int number) throws SQLException {
        var result = row.getString("result");
        var completed = row.getObject("completed_at", OffsetDateTime.class);
        return new QaRow(
                row.getObject("id", UUID.class),
                row.getString("check_key"),
                subject(row),
                row.getString("status"),
                result == null ? null : ASCII.readValue(result, Judgement.class),
                row.getString("error"),
                row.getObject("asked_by") != null,
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                completed == null ? null : completed.toInstant());
    }
}
