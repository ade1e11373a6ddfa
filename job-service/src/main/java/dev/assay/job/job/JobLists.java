// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.job;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Jobs and their runs, as lists. A job's status and counts are read from its runs: there is nothing that could disagree with them. */
@Repository
class JobLists {

    private static final String JOBS =
            """
            select job.id, job.name, job.repeats, job.taskset_id, job.taskset_name, job.created_at, job.seq, runs.*
            from job
            cross join lateral (
                select count(*) as runs,
                    count(*) filter (where status = 'queued') as queued,
                    count(*) filter (where status in ('initializing', 'running', 'cancelling')) as running,
                    count(*) filter (where status = 'completed') as completed,
                    count(*) filter (where status = 'error') as errors,
                    count(*) filter (where status = 'cancelled') as cancelled,
                    count(reward) as graded,
                    -- scaled by a power of two, which loses nothing: sums of huge rewards would overflow
                    avg(reward / 1099511627776) * 1099511627776 as mean,
                    min(started_at) as started,
                    max(ended_at) as ended
                from run where run.job_id = job.id
            ) runs
            """;

    private final JdbcClient jdbc;

    JobLists(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    Page<JobView> jobs(TeamId team, @Nullable String taskset, Page.Wanted wanted) {
        var items = jdbc.sql(JOBS
                        + """
                        where job.id in (
                            select id from job where team_id = :team and (cast(:taskset as text) is null or taskset_id = :taskset)
                            order by seq desc limit :limit offset :offset)
                        order by job.seq desc
                        """)
                .param("team", team.value())
                .param("taskset", taskset)
                .param("limit", wanted.limit())
                .param("offset", wanted.offset())
                .query(JobLists::job)
                .list();
        var total = jdbc.sql("select count(*) from job where team_id = :team and (cast(:taskset as text) is null or taskset_id = :taskset)")
                .param("team", team.value())
                .param("taskset", taskset)
                .query(Long.class)
                .single();
        return new Page<>(items, total, wanted.limit(), wanted.offset());
    }

    Optional<JobView> job(JobId id, TeamId team) {
        return jdbc.sql(JOBS + " where job.id = :id and job.team_id = :team")
                .param("id", id.value())
                .param("team", team.value())
                .query(JobLists::job)
                .optional();
    }

    Page<JobRunView> runs(JobId job, Page.Wanted wanted) {
        var items = jdbc.sql(
                        """
                        select id, status, reward, started_at, created_at, ended_at, error, slug, group_id, model, attempt, environment,
                            stop_reason
                        from run where job_id = :job order by seq desc limit :limit offset :offset
                        """)
                .param("job", job.value())
                .param("limit", wanted.limit())
                .param("offset", wanted.offset())
                .query(JobLists::run)
                .list();
        var total = jdbc.sql("select count(*) from run where job_id = :job")
                .param("job", job.value())
                .query(Long.class)
                .single();
        return new Page<>(items, total, wanted.limit(), wanted.offset());
    }

    private static JobView job(ResultSet row, int number) throws SQLException {
        var runs = row.getLong("runs");
        var errors = row.getLong("errors");
        var cancelled = row.getLong("cancelled");
        var over = row.getLong("completed") + errors + cancelled;
        return new JobView(
                new JobId(row.getObject("id", UUID.class)),
                row.getString("name"),
                row.getString("taskset_id"),
                row.getString("taskset_name"),
                row.getObject("repeats", Integer.class),
                JobView.status(runs, over, errors, cancelled),
                Objects.requireNonNull(instant(row, "created_at")),
                instant(row, "started"),
                over == runs ? instant(row, "ended") : null,
                runs,
                row.getLong("queued"),
                row.getLong("running"),
                row.getLong("completed"),
                errors,
                cancelled,
                row.getLong("graded"),
                row.getObject("mean", Double.class));
    }

    private static JobRunView run(ResultSet row, int number) throws SQLException {
        return new JobRunView(
                new RunId(row.getObject("id", UUID.class)),
                row.getString("status"),
                row.getObject("reward", Double.class),
                instant(row, "started_at"),
                Objects.requireNonNull(instant(row, "created_at")),
                instant(row, "ended_at"),
                row.getString("error"),
                row.getString("slug"),
                row.getString("group_id"),
                row.getString("model"),
                row.getInt("attempt"),
                row.getString("environment"),
                row.getString("stop_reason"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        Timestamp value = row.getTimestamp(column);
        return value == null ? null : value.toInstant();
    }
}
