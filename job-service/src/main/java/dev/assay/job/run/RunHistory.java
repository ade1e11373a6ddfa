// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.RunId;
import dev.assay.contracts.SessionId;
import dev.assay.contracts.TeamId;
import dev.assay.kit.problem.Problem;
import io.swagger.v3.oas.annotations.media.Schema;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** The steps that runs and sessions have made. */
@Repository
public class RunHistory {

    /** To a page: more than any run makes that is not begun again and again. */
    private static final int MOST = 500;

    private final JdbcClient jdbc;

    RunHistory(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** A step as the API shows it. */
    @JsonNaming(SnakeCaseStrategy.class)
    record RunTransition(
            @Schema(description = "Grows with each step.") long seq,
            Instant at,
            @Schema(description = "How it has stood since, in the words of a run.") String status,
            @Schema(description = "Of the lease that it had then, or had last; 0: none yet.") int attempt,
            @Schema(
                            description =
                                    """
                                    `named`: its spans came first. `submitted`, `entered` by its client, `leased` by a worker, `ready`: its \
                                    environment answered. `failed`: another attempt follows. `given_back`, `worker_failed`, `worker_lost`. `cancel`, `cancelled_ahead`: it or \
                                    its job had been cancelled before. `reported` by its worker, `exited` by its client, `out_of_time`, \
                                    `abandoned`, `restored`: begun again, but nothing followed. `rerun`.""")
                    String cause,
            @Schema(description = "Whose word it was: `user`, `worker`, `client`, `platform`, `silence`.") String by,
            @Schema(description = "The worker's name, or the user's id.") @Nullable String who,
            @Schema(description = "What went wrong, its first 500 characters.") @Nullable String detail,
            @Schema(description = "Whose failure that was: `agent`, `environment`, `grader`, `model`, `infrastructure`; null: nobody said so.")
                    @Nullable String failure) {}

    /** The steps of a run or a session, the oldest first. */
    @JsonNaming(SnakeCaseStrategy.class)
    public record RunTransitions(
            @Schema(description = "At most 500. What is older than such lists has none.") List<RunTransition> items,
            @Schema(description = "Ask with this as `after` for the next page; null: this was the last.") @Nullable Long next) {}

    /**
     * @param after only those behind that one
     * @throws Problem 404 if there is no such run, or it is another team's
     */
    RunTransitions of(RunId run, TeamId team, @Nullable Long after) {
        var own = jdbc.sql("select exists (select from run where id = :run and team_id = :team)")
                .param("run", run.value())
                .param("team", team.value())
                .query(Boolean.class)
                .single();
        if (!own) {
            throw Problem.notFound("There is no run " + run + ".");
        }
        return steps("run_transition", "run_id", run.value(), after);
    }

    /**
     * Of a session that whoever asks may see.
     *
     * @param after only those behind that one
     */
    public RunTransitions of(SessionId session, @Nullable Long after) {
        return steps("session_transition", "session_id", session.value(), after);
    }

    private RunTransitions steps(String table, String column, UUID id, @Nullable Long after) {
        if (after != null && after < 0) {
            throw Problem.badRequest("after", "must not be negative");
        }
        var items = jdbc.sql("select seq, at, status, attempt, cause, who, detail, failure from " + table + " where " + column
                        + " = :id and seq > :after order by seq limit :most")
                .param("id", id)
                .param("after", after == null ? 0 : after)
                .param("most", MOST)
                .query(RunHistory::step)
                .list();
        return new RunTransitions(items, items.size() < MOST ? null : items.getLast().seq());
    }

    /** Whether that attempt has told its end, whatever followed: what it still has to say is of its own timeline. */
    boolean hasTold(RunId run, int attempt) {
        return jdbc.sql("select exists (select from run_transition where run_id = :run and attempt = :attempt and cause in ('failed', 'reported'))")
                .param("run", run.value())
                .param("attempt", attempt)
                .query(Boolean.class)
                .single();
    }

    private static RunTransition step(ResultSet row, int number) throws SQLException {
        var cause = Cause.of(row.getString("cause"));
        return new RunTransition(
                row.getLong("seq"),
                Objects.requireNonNull(RunRow.instant(row, "at")),
                row.getString("status"),
                row.getInt("attempt"),
                cause.wire(),
                cause.by().wire(),
                row.getString("who"),
                row.getString("detail"),
                row.getString("failure"));
    }
}
