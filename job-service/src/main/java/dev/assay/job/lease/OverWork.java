// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.lease;

import dev.assay.contracts.internal.WorkAttempts;
import dev.assay.contracts.internal.WorkAttempts.WorkAttempt;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Which attempts are over. */
@Repository
class OverWork {

    private static final String OVER =
            """
            select asked.id, asked.attempt from unnest(:ids::uuid[], :attempts::integer[]) as asked (id, attempt)
            where exists (
                select from %s as piece where piece.id = asked.id and piece.attempt >= asked.attempt
                    and not (piece.state = 'held' and piece.attempt = asked.attempt))
            """;

    private static final String RUNS = OVER.formatted("run");
    private static final String SESSIONS = OVER.formatted("session");

    private final JdbcClient jdbc;

    OverWork(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Those of them that hold no lease, of what is known here. A lease that has run out holds until it was taken away: its worker may still
     * renew it. One that was never given is somebody else's.
     */
    WorkAttempts of(WorkAttempts asked) {
        return new WorkAttempts(over(RUNS, asked.runs()), over(SESSIONS, asked.sessions()));
    }

    private List<WorkAttempt> over(String question, List<WorkAttempt> attempts) {
        return attempts.isEmpty()
                ? List.of()
                : jdbc.sql(question)
                        .param("ids", attempts.stream().map(WorkAttempt::id).toArray(UUID[]::new))
                        .param("attempts", attempts.stream().map(WorkAttempt::attempt).toArray(Integer[]::new))
                        .query((row, number) -> new WorkAttempt(row.getObject("id", UUID.class), row.getInt("attempt")))
                        .list();
    }
}
