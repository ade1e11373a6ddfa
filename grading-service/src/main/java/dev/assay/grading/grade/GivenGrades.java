// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.grade;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** All grades that runs were given. What came with a run's end is written by {@link Grades}. */
@Repository
class GivenGrades {

    private static final int MOST = 1_000;

    private final JdbcClient jdbc;

    GivenGrades(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The latest first. */
    List<GivenGrade> of(TeamId team, RunId run) {
        return jdbc.sql("""
                        select given.*, given.id = grade.record or grade.record is null and given.revision = grade.revision as of_record
                        from given_grade as given join grade on grade.run = given.run and grade.team = given.team
                        where given.run = :run and given.team = :team order by given.seq desc limit :most""")
                .param("run", run.value())
                .param("team", team.value())
                .param("most", MOST)
                .query((row, number) -> new GivenGrade(
                        row.getObject("id", UUID.class),
                        row.getString("source"),
                        row.getString("evaluator"),
                        row.getObject("reward", Double.class),
                        row.getString("reason"),
                        row.getString("error"),
                        row.getString("details"),
                        row.getBoolean("of_record"),
                        row.getObject("given_at", OffsetDateTime.class).toInstant()))
                .list();
    }

    /** Said again with nothing else said by them in between it is the same grade: its answer was lost. */
    UUID give(TeamId team, RunId run, UserId person, double reward, @Nullable String reason, Instant now) {
        jdbc.sql("""
                        insert into given_grade (id, run, team, source, evaluator, reward, reason, given_at)
                        select :id, :run, :team, 'person', :person, :reward, :reason, :now
                        where not exists (
                            select 1 from (
                                select reward, reason from given_grade
                                where run = :run and team = :team and source = 'person' and evaluator = :person order by seq desc limit 1) as last
                            where last.reward = :reward and last.reason is not distinct from cast(:reason as text))""")
                .param("id", UUID.randomUUID())
                .param("run", run.value())
                .param("team", team.value())
                .param("person", person.toString())
                .param("reward", reward)
                .param("reason", reason)
                .param("now", Timestamp.from(now))
                .update();
        return jdbc.sql("""
                        select id from given_grade
                        where run = :run and team = :team and source = 'person' and evaluator = :person order by seq desc limit 1""")
                .param("run", run.value())
                .param("team", team.value())
                .param("person", person.toString())
                .query(UUID.class)
                .single();
    }

    /** Makes it the one that counts; false: the run was given no such grade. */
    boolean record(TeamId team, RunId run, UUID grade) {
        return jdbc.sql("""
                        update grade set own_reward = case when record is null then grade.reward else own_reward end, record = given.id, reward = given.reward
                        from given_grade as given
                        where grade.run = :run and grade.team = :team and given.id = :id and given.run = grade.run and given.team = grade.team""")
                        .param("run", run.value())
                        .param("team", team.value())
                        .param("id", grade)
                        .update()
                == 1;
    }

    /** The one that came with the run's last end counts again. */
    void recordItsOwn(TeamId team, RunId run) {
        jdbc.sql("update grade set reward = own_reward, own_reward = null, record = null where run = :run and team = :team and record is not null")
                .param("run", run.value())
                .param("team", team.value())
                .update();
    }
}
