// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.job;

import dev.assay.contracts.JobId;
import dev.assay.contracts.UserId;
import dev.assay.job.run.Retries;
import io.swagger.v3.oas.annotations.media.Schema;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** What people do with jobs that go on. What changes a job by its state, {@link Jobs} writes down beside it. */
@Repository
class JobChanges {

    private final JdbcClient jdbc;

    JobChanges(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * How its runs are given out and tried again from now on; those that workers have go on.
     *
     * @param priority null: it stays
     * @param limited whether to set how many are held at once
     * @param maxConcurrent if so: null, as many as there are places for
     * @param retry null: it stays
     */
    @Transactional
    public void change(
            JobId id, UserId user, @Nullable Integer priority, boolean limited, @Nullable Integer maxConcurrent, @Nullable Retries retry) {
        limit(id, user, priority, limited, maxConcurrent);
        if (retry != null) {
            retry(id, user, retry.text());
        }
    }

    private void limit(JobId id, UserId user, @Nullable Integer priority, boolean limited, @Nullable Integer maxConcurrent) {
        jdbc.sql(
                        """
                        with asked as (
                            select id, coalesce(:priority, priority) as priority, case when :limited then :most else max_concurrent end as most
                            from job where id = :id for update),
                        changed as (
                            update job set priority = asked.priority, max_concurrent = asked.most from asked
                            where job.id = asked.id and (job.priority, job.max_concurrent) is distinct from (asked.priority, asked.most)
                            returning job.id, job.priority, job.max_concurrent)
                        insert into job_change (job_id, user_id, what, detail)
                        select id, :user, 'limited', 'priority ' || priority || ', max_concurrent ' || coalesce(max_concurrent::text, 'none')
                        from changed
                        """)
                .param("id", id.value())
                .param("user", user.value())
                .param("priority", priority, Types.INTEGER)
                .param("limited", limited)
                .param("most", maxConcurrent, Types.INTEGER)
                .update();
    }

    /** @param retry null: the platform's own */
    private void retry(JobId id, UserId user, @Nullable String retry) {
        jdbc.sql(
                        """
                        with changed as (update job set retry = :retry where id = :id and retry is distinct from :retry returning id)
                        insert into job_change (job_id, user_id, what, detail)
                        select id, :user, 'retry', coalesce(:retry, 'as usual') from changed
                        """)
                .param("id", id.value())
                .param("user", user.value())
                .param("retry", retry, Types.VARCHAR)
                .update();
    }

    /** What was done with a job, and who did it. */
    @JsonNaming(SnakeCaseStrategy.class)
    record JobChange(
            @Schema(description = "Grows with each.") long seq,
            Instant at,
            @Schema(
                    description = "`paused`, `resumed`, `limited`: how its runs are given out, `retry`: how often they are tried again, "
                            + "`cancelled`, `reopened`: cancelled no more.") String what,
            UserId userId,
            @Schema(description = "Of `limited` and `retry`: to what.") @Nullable String detail) {}

    /** The latest first, of those before one. */
    List<JobChange> of(JobId id, long before, int most) {
        return jdbc.sql(
                        """
                        select seq, at, what, user_id, detail from job_change where job_id = :id and seq < :before order by seq desc limit :most
                        """)
                .param("id", id.value())
                .param("before", before)
                .param("most", most)
                .query((row, number) -> new JobChange(
                        row.getLong("seq"),
                        row.getObject("at", OffsetDateTime.class).toInstant(),
                        row.getString("what"),
                        new UserId(row.getObject("user_id", UUID.class)),
                        row.getString("detail")))
                .list();
    }
}
