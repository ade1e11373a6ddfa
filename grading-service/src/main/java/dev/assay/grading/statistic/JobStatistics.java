// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistic;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.grading.statistic.JobGrades.Failure;
import dev.assay.grading.statistic.JobGrades.Group;
import dev.assay.kit.number.Moments;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Sums up grades where they lie: no evaluation is read for it. */
@Repository
class JobStatistics {

    private static final int MOST_FAILURES = 100;
    private static final int MOST_REWARDS = 100;
    private static final int LONGEST_TEXT = 1000;

    /** Exact sums: those of doubles overflow, and depend on the order of adding. */
    private static final String SUMS =
            """
            count(*) as runs, count(*) filter (where graded) as graded,
            coalesce(sum(reward::text::numeric) filter (where graded), 0) as reward_sum,
            coalesce(sum(reward::text::numeric * reward::text::numeric) filter (where graded), 0) as reward_squares,
            min(reward) filter (where graded) as smallest, max(reward) filter (where graded) as largest""";

    private static final String OF_JOB =
            """
             from (
                select run, task_slug, group_id, environment, finished_at, reward, status = 'completed' and reward is not null as graded
                from grade where team = :team and job = :job
            ) ended
            """;

    private final JdbcClient jdbc;

    JobStatistics(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    JobGrades of(TeamId team, JobId job, int limit, int offset) {
        var whole = jdbc.sql("select " + SUMS + OF_JOB)
                .param("team", team.value())
                .param("job", job.value())
                .query((row, number) -> statistics(row))
                .single();
        var groups = jdbc.sql("select task_slug, group_id, min(environment) as environment, "
                        + "(array_agg(reward order by finished_at, run) filter (where graded))[1\\:" + MOST_REWARDS + "] as rewards, "
                        + SUMS + OF_JOB
                        + " group by task_slug, group_id order by min(finished_at), task_slug, group_id limit :limit offset :offset")
                .param("team", team.value())
                .param("job", job.value())
                .param("limit", limit)
                .param("offset", offset)
                .query(JobStatistics::group)
                .list();
        var total = jdbc.sql("select count(*) from (select task_slug, group_id" + OF_JOB + " group by task_slug, group_id) groups")
                .param("team", team.value())
                .param("job", job.value())
                .query(Long.class)
                .single();
        return new JobGrades(job, whole, groups, total, failures(team, job));
    }

    private List<Failure> failures(TeamId team, JobId job) {
        return jdbc.sql(
                        """
                        select run, task_slug, status, left(stop_reason, :longest) as stop_reason, left(error, :longest) as error
                        from grade where team = :team and job = :job and (status <> 'completed' or reward is null)
                        order by finished_at desc, run desc limit :most
                        """)
                .param("team", team.value())
                .param("job", job.value())
                .param("longest", LONGEST_TEXT)
                .param("most", MOST_FAILURES)
                .query((row, number) -> new Failure(
                        new RunId(row.getObject("run", UUID.class)),
                        row.getString("task_slug"),
                        row.getString("status"),
                        row.getString("stop_reason"),
                        row.getString("error")))
                .list();
    }

    private static Statistics statistics(ResultSet row) throws SQLException {
        var rewards = new Moments(row.getLong("graded"), number(row, "reward_sum"), number(row, "reward_squares"));
        return Statistics.of(row.getLong("runs"), rewards, row.getObject("smallest", Double.class), row.getObject("largest", Double.class));
    }

    private static BigDecimal number(ResultSet row, String column) throws SQLException {
        return Objects.requireNonNull(row.getBigDecimal(column));
    }

    private static Group group(ResultSet row, int number) throws SQLException {
        var rewards = row.getArray("rewards");
        return new Group(
                row.getString("group_id"),
                row.getString("task_slug"),
                row.getString("environment"),
                statistics(row),
                rewards == null ? List.of() : List.of((Double[]) rewards.getArray()));
    }
}
