// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.job;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** When jobs will be over, from how long the last attempts of their newest runs took. */
@Repository
class Estimates {

    /** Of each kind: whoever looks at a job asks again and again. */
    private static final int NEWEST = 100;

    private final JdbcClient jdbc;

    Estimates(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    private record Attempt(boolean isOver, Duration length, Instant now) {}

    /** Null: nobody can say. What a client drives has none: it alone knows how many runs are still to come. */
    @Nullable Instant endOf(JobView job) {
        var counts = job.counts();
        if (job.pausedAt() != null || counts.runningCount() == 0 || counts.over() == 0) {
            return null;
        }
        var attempts = jdbc.sql(
                        """
                        select ended_at is not null as is_over, now() as database_time,
                            extract(epoch from coalesce(ended_at, now()) - coalesce(leased_at, started_at)) * 1000 as millis
                        from (
                            select ended_at, started_at, (
                                select max(at) from run_transition
                                where run_id = newest.id and cause = 'leased' and at <= coalesce(ended_at, now())
                            ) as leased_at
                            from (
                                (
                                    (select id, seq, started_at, ended_at from run
                                    where job_id = :job and standing = 'completed' order by seq desc limit :newest)
                                    union all
                                    (select id, seq, started_at, ended_at from run
                                    where job_id = :job and standing = 'error' order by seq desc limit :newest)
                                    order by seq desc limit :newest
                                )
                                union all
                                select id, seq, started_at, null from (
                                    select id, seq, started_at, state from run
                                    where job_id = :job and standing = 'running' order by seq desc limit :newest
                                ) going
                                where state = 'held'
                            ) newest
                        ) attempt
                        where coalesce(leased_at, started_at) is not null
                        """)
                .param("job", job.id().value())
                .param("newest", NEWEST)
                .query((row, number) -> new Attempt(
                        row.getBoolean("is_over"),
                        Duration.ofMillis(Math.max(0, row.getLong("millis"))),
                        row.getTimestamp("database_time").toInstant()))
                .list();
        var took = new ArrayList<Duration>();
        var going = new ArrayList<Duration>();
        attempts.forEach(attempt -> (attempt.isOver() ? took : going).add(attempt.length()));
        var left = Progress.left(took, going, counts.runningCount(), counts.queuedCount());
        return left == null ? null : attempts.getFirst().now().plus(left);
    }
}
