// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.lease;

import dev.assay.contracts.internal.WorkAttempts.WorkAttempt;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Which attempts are over. */
@Repository
class OverWork {

    private final JdbcClient jdbc;

    OverWork(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Those of them that hold no lease, of runs and sessions that are known here. A lease that has run out holds until it was taken away: its
     * worker may still renew it. One that was never given is somebody else's, as where a database was copied.
     */
    List<WorkAttempt> of(List<WorkAttempt> attempts) {
        return jdbc.sql(
                        """
                        select asked.work, asked.attempt from unnest(:works::uuid[], :attempts::integer[]) as asked (work, attempt)
                        where exists (
                                select from run where run.id = asked.work and run.attempt >= asked.attempt
                                    and not (run.state = 'held' and run.attempt = asked.attempt))
                            or exists (
                                select from session where session.id = asked.work and session.attempt >= asked.attempt
                                    and not (session.state = 'held' and session.attempt = asked.attempt))
                        """)
                .param("works", attempts.stream().map(WorkAttempt::work).toArray(UUID[]::new))
                .param("attempts", attempts.stream().map(WorkAttempt::attempt).toArray(Integer[]::new))
                .query((row, number) -> new WorkAttempt(row.getObject("work", UUID.class), row.getInt("attempt")))
                .list();
    }
}
