// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.lease;

import dev.assay.contracts.RunId;
import dev.assay.contracts.VersionId;
import dev.assay.job.run.Retries;
import dev.assay.job.run.RunSettings;
import dev.assay.job.run.RunState.Terms;
import dev.assay.kit.problem.Problem;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What was asked for, as a lease hands it out. */
@Repository
class LeasedSpecs {

    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final Terms usual;

    LeasedSpecs(JdbcClient jdbc, JsonMapper json, RunSettings settings) {
        this.jdbc = jdbc;
        this.json = json;
        this.usual = new Terms(settings.run().timeout(), Retries.USUAL);
    }

    record Spec(
            JsonNode args, JsonNode agent, @Nullable JsonNode runtimeConfig, @Nullable JsonNode verifier, @Nullable VersionId version,
            @Nullable VersionId verifierVersion) {}

    /** Null for those that cannot be read. */
    Map<RunId, @Nullable Spec> of(Collection<RunId> runs) {
        var specs = new HashMap<RunId, @Nullable Spec>();
        jdbc.sql(
                        """
                        select run_id, args, agent, runtime_config, verifier, version_id, verifier_version_id from run_spec
                        where run_id = any(:runs::uuid[])
                        """)
                .param("runs", ids(runs))
                .query(row -> {
                    specs.put(new RunId(row.getObject("run_id", UUID.class)), spec(row));
                });
        return specs;
    }

    private @Nullable Spec spec(ResultSet row) throws SQLException {
        try {
            return new Spec(
                    json.readTree(row.getString("args")),
                    json.readTree(row.getString("agent")),
                    tree(row, "runtime_config"),
                    tree(row, "verifier"),
                    version(row, "version_id"),
                    version(row, "verifier_version_id"));
        } catch (JacksonException e) {
            return null;
        }
    }

    /** On which terms a worker gets each: the usual ones where they cannot be read, for one run must not keep all others waiting. */
    Map<RunId, Terms> terms(Collection<RunId> runs) {
        var terms = new HashMap<RunId, Terms>();
        runs.forEach(run -> terms.put(run, usual));
        jdbc.sql(
                        """
                        select run_id, run_spec.timeout_millis, run_spec.retry, job.retry as job_retry
                        from run_spec join run on run.id = run_id left join job on job.id = run.job_id where run_id = any(:runs::uuid[])
                        """)
                .param("runs", ids(runs))
                .query(row -> {
                    terms.put(new RunId(row.getObject("run_id", UUID.class)), terms(row));
                });
        return terms;
    }

    private Terms terms(ResultSet row) throws SQLException {
        try {
            var own = Terms.read(row);
            return new Terms(own.timeout(), own.retries().or(Retries.read(row.getString("job_retry"))));
        } catch (Problem | JacksonException e) {
            return usual;
        }
    }

    private static UUID[] ids(Collection<RunId> runs) {
        return runs.stream().map(RunId::value).toArray(UUID[]::new);
    }

    private static @Nullable VersionId version(ResultSet row, String column) throws SQLException {
        var id = row.getObject(column, UUID.class);
        return id == null ? null : new VersionId(id);
    }

    private @Nullable JsonNode tree(ResultSet row, String column) throws SQLException {
        var text = row.getString(column);
        return text == null ? null : json.readTree(text);
    }
}
