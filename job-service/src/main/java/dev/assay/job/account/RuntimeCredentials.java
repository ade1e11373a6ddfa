// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.account;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.RuntimeCredential;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.sealing.SecretBox;
import dev.assay.kit.sealing.UnopenedException;
import dev.assay.sdk.protocol.RuntimeConfigShape;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Sealed at rest, each for its team and runtime; opened for whoever holds one of that team's runs, and for nobody else. */
@Repository
public class RuntimeCredentials {

    private static final String SECRET = "secret";

    private final JdbcClient jdbc;
    private final SecretBox secrets;

    RuntimeCredentials(JdbcClient jdbc, SecretBox secrets) {
        this.jdbc = jdbc;
        this.secrets = secrets;
    }

    /** One that was entered, without what it is. */
    record Entered(String runtime, String hint, Instant enteredAt) {}

    /** In place of the one that was there. */
    void enter(TeamId team, String runtime, String secret, String hint) {
        jdbc.sql("""
                insert into runtime_credential (team_id, runtime, sealed, hint, entered_at) values (:team, :runtime, :sealed, :hint, now())
                on conflict (team_id, runtime) do update set sealed = excluded.sealed, hint = excluded.hint, entered_at = excluded.entered_at""")
                .param("team", team.value())
                .param("runtime", runtime)
                .param("sealed", secrets.seal(Map.of(SECRET, secret), owner(team, runtime)))
                .param("hint", hint)
                .update();
    }

    List<Entered> of(TeamId team) {
        return jdbc.sql("select runtime, hint, entered_at from runtime_credential where team_id = :team order by runtime")
                .param("team", team.value())
                .query((row, number) -> new Entered(
                        row.getString("runtime"), row.getString("hint"), row.getObject("entered_at", OffsetDateTime.class).toInstant()))
                .list();
    }

    /** @return false: there is none */
    boolean delete(TeamId team, String runtime) {
        return jdbc.sql("delete from runtime_credential where team_id = :team and runtime = :runtime")
                        .param("team", team.value())
                        .param("runtime", runtime)
                        .update() > 0;
    }

    /**
     * Refuses a run that would get no sandbox for want of one. It may be taken away later: that its worker finds out.
     *
     * @param prefix before the field's name
     * @throws Problem 400 that names the runtime
     */
    public void require(String prefix, TeamId team, String runtime) {
        if (RuntimeConfigShape.OF_TEAMS_ACCOUNTS.contains(runtime) && of(team).stream().noneMatch(one -> one.runtime().equals(runtime))) {
            throw Problem.badRequest(
                    prefix + "runtime_config.runtime",
                    "the team has no credential for '" + runtime + "': an administrator enters it with PUT /v2/runtimes/" + runtime + "/credential");
        }
    }

    /**
     * Opens the one of the team whose run it is, if that run, or its verifier, is for that runtime: who may hold runs of any team, but only of
     * other runtimes, gets none.
     *
     * @return empty if this worker does not hold that attempt of the run
     */
    public Optional<RuntimeCredential> open(RunId run, String worker, int attempt, String runtime) {
        return jdbc.sql("""
                select run.team_id, run.runtime = :runtime or spec.runtime_config::jsonb ->> 'runtime' = :runtime
                    or spec.verifier::jsonb -> 'runtime_config' ->> 'runtime' = :runtime as needed
                from run join run_spec spec on spec.run_id = run.id
                where run.id = :run and run.state = 'held' and run.worker = :worker and run.attempt = :attempt and run.lease_expires_at > now()""")
                .param("run", run.value())
                .param("worker", worker)
                .param("attempt", attempt)
                .param("runtime", runtime)
                .query((row, number) -> row.getBoolean("needed")
                        ? open(new TeamId(row.getObject("team_id", UUID.class)), runtime)
                        : new RuntimeCredential(null, "neither the run nor its verifier is for '" + runtime + "'"))
                .optional();
    }

    private RuntimeCredential open(TeamId team, String runtime) {
        var sealed = jdbc.sql("select sealed from runtime_credential where team_id = :team and runtime = :runtime")
                .param("team", team.value())
                .param("runtime", runtime)
                .query(String.class)
                .optional();
        if (sealed.isEmpty()) {
            return new RuntimeCredential(null, "the team has no credential for '" + runtime + "' any more");
        }
        try {
            return new RuntimeCredential(secrets.open(sealed.get(), owner(team, runtime)).get(SECRET), null);
        } catch (UnopenedException e) {
            return new RuntimeCredential(null, e.reason());
        }
    }

    private static String owner(TeamId team, String runtime) {
        return "team " + team + " at " + runtime;
    }
}
