// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.RunPlace;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What the keys of runtime sessions open. Such a key has the session's id where a run's key has the run's. */
@Repository
class SessionKeys {

    private static final String PLACE =
            """
            select session.team_id, run.job_id from session left join run on run.id = session.run_id and run.team_id = session.team_id
            where session.id = :session""";

    private final JdbcClient jdbc;

    SessionKeys(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The place of such a session, if that attempt holds it. */
    Optional<RunPlace> held(RunId session, int attempt) {
        return jdbc.sql(PLACE + " and session.attempt = :attempt and session.cause is null and session.lease_expires_at > now()")
                .param("session", session.value())
                .param("attempt", attempt)
                .query(SessionKeys::place)
                .optional();
    }

    /**
     * Whether an attempt of it speaks for that run, which is its team's.
     *
     * @param after how long it may speak of that after its end
     */
    boolean isFor(RunId session, int attempt, RunId run, Duration after) {
        return jdbc.sql(
                        """
                        select exists (
                            select from session join run on run.id = session.run_id and run.team_id = session.team_id
                            where session.id = :session and session.attempt = :attempt and run.id = :run and (
                                session.closed_at > now() - make_interval(secs => :after)
                                or session.cause is null and session.lease_expires_at > now()))
                        """)
                .param("session", session.value())
                .param("attempt", attempt)
                .param("run", run.value())
                .param("after", after.toSeconds())
                .query(Boolean.class)
                .single();
    }

    /** Whose a session is, and of which job the run that it is for; empty: there is no such session. */
    Optional<RunPlace> place(RunId session) {
        return jdbc.sql(PLACE).param("session", session.value()).query(SessionKeys::place).optional();
    }

    private static RunPlace place(ResultSet row, int number) throws SQLException {
        var job = row.getObject("job_id", UUID.class);
        return new RunPlace(new TeamId(row.getObject("team_id", UUID.class)), job == null ? null : new JobId(job));
    }
}
