// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.search;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.kit.problem.Problem;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

/** Finds a team's runs. */
@Repository
class FoundRuns {

    /** How often a word is said decides by which index a run is found: that is looked at each time. */
    private static final String BOUNDS = "set local statement_timeout = '10s'; set local plan_cache_mode = force_custom_plan";

    private static final String CANCELLED = "57014";

    private final JdbcClient jdbc;
    private final TransactionTemplate transactions;

    FoundRuns(JdbcClient jdbc, TransactionTemplate transactions) {
        this.jdbc = jdbc;
        this.transactions = transactions;
    }

    /**
     * The latest begun first.
     *
     * @throws Problem 503 if it takes too long
     */
    List<FoundRun> find(TeamId team, RunFilter filter, @Nullable Cursor before, int limit) {
        var values = new HashMap<String, Object>();
        var where = filter.conditions(values);
        where.add("run.team = :team");
        values.put("team", team.value());
        if (before != null) {
            where.add("(run.begun_at, run.run) < (:at, :run)");
            values.put("at", before.begunAt().atOffset(ZoneOffset.UTC));
            values.put("run", before.run());
        }
        try {
            return transactions.execute(status -> {
                jdbc.sql(BOUNDS).update();
                return jdbc.sql("""
                        select run.run, job, task_slug, environment, model, coalesce(status, 'running') as status, stop_reason, error, reward,
                            begun_at, finished_at, tools, read_at
                        from run left join said on said.run = run.run where %s
                        order by run.begun_at desc, run.run desc limit :limit""".formatted(String.join(" and ", where)))
                        .params(values)
                        .param("limit", limit)
                        .query(FoundRuns::found)
                        .list();
            });
        } catch (DataAccessException e) {
            if (e.getRootCause() instanceof SQLException cause && CANCELLED.equals(cause.getSQLState())) {
                throw Problem.unavailable("This search takes too long: narrow it, by a time, a task or a job.");
            }
            throw e;
        }
    }

    private static FoundRun found(ResultSet row, int number) throws SQLException {
        var job = row.getObject("job", UUID.class);
        var tools = row.getArray("tools");
        return new FoundRun(
                new RunId(row.getObject("run", UUID.class)),
                job == null ? null : new JobId(job),
                row.getString("task_slug"),
                row.getString("environment"),
                row.getString("model"),
                row.getString("status"),
                row.getString("stop_reason"),
                row.getString("error"),
                row.getObject("reward", Double.class),
                Objects.requireNonNull(time(row, "begun_at")),
                time(row, "finished_at"),
                tools == null ? List.of() : Arrays.asList((String[]) tools.getArray()),
                time(row, "read_at"));
    }

    private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
        var time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
