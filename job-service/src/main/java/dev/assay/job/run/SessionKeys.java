// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.RunId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What the keys of runtime sessions open. Such a key has the session's id where a run's key has the run's; no run has that id. */
@Repository
class SessionKeys {

    private static final String HELD =
            """
            select exists (
                select from session
                where id = :session and state in ('starting', 'ready') and attempt = :attempt and lease_expires_at > now()""";

    private final JdbcClient jdbc;

    SessionKeys(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Whether there is such a session, and that attempt holds it. */
    boolean holds(RunId session, int attempt) {
        return jdbc.sql(HELD + ")")
                .param("session", session.value())
                .param("attempt", attempt)
                .query(Boolean.class)
                .single();
    }

    /** Whether it is for that run besides, which is its team's. */
    boolean isFor(RunId session, int attempt, RunId run) {
        return jdbc.sql(HELD + " and run_id = :run and team_id = (select team_id from run where run.id = :run))")
                .param("session", session.value())
                .param("attempt", attempt)
                .param("run", run.value())
                .query(Boolean.class)
                .single();
    }
}
