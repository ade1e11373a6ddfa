// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.RunPlace;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What the keys of runtime sessions open. Such a key has the session's id where a run's key has the run's. */
@Repository
class SessionKeys {

    private static final String HOLDS = "cause is null and lease_expires_at > now()";

    private final JdbcClient jdbc;

    SessionKeys(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Whether there is such a session, and that attempt holds it. */
    boolean holds(RunId session, int attempt) {
        return jdbc.sql("select exists (select from session where id = :session and attempt = :attempt and " + HOLDS + ")")
                .param("session", session.value())
                .param("attempt", attempt)
                .query(Boolean.class)
                .single();
    }

    /**
     * Whether it is for that run besides, which is its team's.
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
        return jdbc.sql(
                        """
                        select session.team_id, run.job_id from session
                        left join run on run.id = session.run_id and run.team_id = session.team_id
                        where session.id = :session
                        """)
                .param("session", session.value())
                .query((row, number) -> {
                    var job = row.getObject("job_id", UUID.class);
                    return new RunPlace(new TeamId(row.getObject("team_id", UUID.class)), job == null ? null : new JobId(job));
                })
                .optional();
    }
}
