// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistics;

import dev.assay.contracts.JobId;
import dev.assay.contracts.TeamId;
import dev.assay.grading.statistics.PassRates.Tally;
import dev.assay.kit.number.Moments;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Adds grades up where they lie: what comes out is as long as there are kinds of it, or a page of tasks. */
@Repository
class StatisticsRows {

    /** Each task of a job with its sums, by its key. The condition narrows the runs. */
    private static final String TASKS =
            """
            select key, max(task_slug) as slug, max(environment) as environment, max(task_version::text) as version, count(*) as runs,
                count(counted) as n, count(counted) filter (where reward >= :passes) as c, coalesce(sum(counted), 0) as total,
                coalesce(sum(counted * counted), 0) as squares, coalesce(bool_and(counted in (0, 1)), true) as pass_or_fail
            from (
                select *, task_key(task_slug, environment, task_version) collate "C" as key, counted(status, reward) as counted
                from grade where job = :job and team = :team) as run
            where key > :after group by key order by key limit :limit""";

    /** What {@link Sample} is made of, out of rows with sums of tasks. */
    private static final String SAMPLE =
            """
            count(*) filter (where n > 0) as tasks, coalesce(sum(n), 0) as runs, coalesce(sum(n * n), 0) as sizes,
            coalesce(sum(total), 0) as total, coalesce(sum(n * total), 0) as cross_sum, coalesce(sum(total * total), 0) as totals,
            coalesce(sum(squares), 0) as squares, coalesce(bool_and(pass_or_fail), true) as pass_or_fail""";

    private final JdbcClient jdbc;

    StatisticsRows(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The graded runs, and how the tasks that have more than one of them spread. */
    record Sums(Sample sample, Spread spread) {}

    Sums sums(TeamId team, JobId job) {
        return tasks(team, job, 0, "", Long.MAX_VALUE, "with task as (" + TASKS + ") select " + SAMPLE
                        + """
                        , count(*) filter (where n > 1) as repeated, count(*) filter (where n > 1 and n * squares = total * total) as alike,
                        avg(sqrt((n * squares - total * total) / (n * (n - 1)))) filter (where n > 1) as deviation from task""")
                .query((row, number) -> new Sums(sample(row), Spread.of(
                        row.getLong("repeated"), row.getLong("alike"), row.getBigDecimal("deviation"))))
                .single();
    }

    List<Tally> tallies(TeamId team, JobId job, double passesAt) {
        return tasks(team, job, passesAt, "", Long.MAX_VALUE,
                        "with task as (" + TASKS + ") select n, c, count(*) as tasks from task where n > 0 group by n, c")
                .query((row, number) -> new Tally(row.getLong("n"), row.getLong("c"), row.getLong("tasks")))
                .list();
    }

    /** @param after the key behind which the page begins */
    List<TaskResult> tasks(TeamId team, JobId job, double passesAt, String after, long limit) {
        return tasks(team, job, passesAt, after, limit, TASKS).query(StatisticsRows::task).list();
    }

    private JdbcClient.StatementSpec tasks(TeamId team, JobId job, double passesAt, String after, long limit, String sql) {
        return jdbc.sql(sql)
                .param("team", team.value())
                .param("job", job.value())
                .param("passes", passesAt)
                .param("after", after)
                .param("limit", limit);
    }

    /**
     * How some runs ended.
     *
     * @param graded by the grade of record
     * @param told whether they are graded by what their ends said, which is all that job-service knows
     * @param kind whose failure it was; null: nobody said so, or none
     */
    record Ended(String status, boolean graded, boolean told, @Nullable String kind, @Nullable String phase, long runs) {}

    List<Ended> ends(TeamId team, JobId job) {
        return jdbc.sql(
                        """
                        select status, counted(status, reward) is not null as graded,
                            counted(status, case when record is null then reward else own_reward end) is not null as told, failure_kind, failure_phase,
                            count(*) as runs
                        from grade where job = :job and team = :team group by 1, 2, 3, 4, 5 order by runs desc, 1, 2, 3, 4, 5""")
                .param("team", team.value())
                .param("job", job.value())
                .query((row, number) -> new Ended(
                        row.getString("status"), row.getBoolean("graded"), row.getBoolean("told"), row.getString("failure_kind"), row.getString("failure_phase"),
                        row.getLong("runs")))
                .list();
    }

    Times times(TeamId team, JobId job) {
        return jdbc.sql(
                        """
                        select count(*) as runs, (percentile_cont(array[0.5, 0.9]) within group (order by seconds))[1] as median,
                            (percentile_cont(array[0.5, 0.9]) within group (order by seconds))[2] as ninth
                        from (
                            select greatest(0, extract(epoch from finished_at - started_at))::double precision as seconds from grade
                            where job = :job and team = :team and started_at is not null and counted(status, reward) is not null) as run""")
                .param("team", team.value())
                .param("job", job.value())
                .query((row, number) -> new Times(
                        row.getLong("runs"), row.getObject("median", Double.class), row.getObject("ninth", Double.class)))
                .single();
    }

    /** The graded runs of an agent with a model; those of one task of all jobs go together. */
    record Ranked(@Nullable String agent, @Nullable String model, long over, Sample sample) {}

    /** @param tasks only these; null: all */
    List<Ranked> ranked(TeamId team, Collection<JobId> jobs, @Nullable Collection<String> tasks, int most) {
        return jdbc.sql(
                        """
                        with task as (
                            select agent, model, count(*) as over, count(counted) as n, coalesce(sum(counted), 0) as total,
                                coalesce(sum(counted * counted), 0) as squares, coalesce(bool_and(counted in (0, 1)), true) as pass_or_fail
                            from (select *, counted(status, reward) as counted from grade where job = any(:jobs::uuid[]) and team = :team
                                and (:tasks::text[] is null or task_slug = any(:tasks::text[]))) as run
                            group by agent, model, task_slug)
                        select agent, model, sum(over) as over, """
                                + SAMPLE
                                + """
                                 from task group by agent, model
                                order by sum(total) / nullif(sum(n), 0) desc nulls last, sum(n) desc, model, agent limit :most""")
                .param("team", team.value())
                .param("jobs", jobs.stream().map(JobId::value).toArray(UUID[]::new))
                .param("tasks", tasks == null ? null : tasks.toArray(String[]::new))
                .param("most", most)
                .query((row, number) ->
                        new Ranked(row.getString("agent"), row.getString("model"), row.getLong("over"), sample(row)))
                .list();
    }

    /** Who had runs in which job. */
    record Taken(JobId job, @Nullable String agent, @Nullable String model) {}

    List<Taken> taken(TeamId team, Collection<JobId> jobs) {
        return jdbc.sql("select distinct job, agent, model from grade where job = any(:jobs::uuid[]) and team = :team")
                .param("team", team.value())
                .param("jobs", jobs.stream().map(JobId::value).toArray(UUID[]::new))
                .query((row, number) ->
                        new Taken(new JobId(row.getObject("job", UUID.class)), row.getString("agent"), row.getString("model")))
                .list();
    }

    private static Sample sample(ResultSet row) throws SQLException {
        return new Sample(
                row.getLong("tasks"), row.getLong("runs"), number(row, "sizes"), number(row, "total"), number(row, "cross_sum"),
                number(row, "totals"), number(row, "squares"), row.getBoolean("pass_or_fail"));
    }

    private static TaskResult task(ResultSet row, int number) throws SQLException {
        var graded = row.getLong("n");
        var rewards = new Moments(graded, number(row, "total"), number(row, "squares"));
        var version = row.getString("version");
        return new TaskResult(
                row.getString("key"),
                row.getString("slug"),
                row.getString("environment"),
                version == null ? null : UUID.fromString(version),
                row.getLong("runs"),
                graded,
                row.getLong("runs") - graded,
                row.getLong("c"),
                rewards.mean(),
                rewards.deviation(),
                row.getBoolean("pass_or_fail"));
    }

    private static BigDecimal number(ResultSet row, String column) throws SQLException {
        return Objects.requireNonNull(row.getBigDecimal(column));
    }
}
