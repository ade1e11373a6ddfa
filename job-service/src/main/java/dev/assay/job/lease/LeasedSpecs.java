// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.lease;

import dev.assay.contracts.RunId;
import dev.assay.contracts.VersionId;
import dev.assay.job.run.RunState.Terms;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What was asked for, as a lease hands it out. */
@Repository
class LeasedSpecs {

    private final JdbcClient jdbc;
    private final JsonMapper json;

    LeasedSpecs(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    record Spec(
            JsonNode args, JsonNode agent, @Nullable JsonNode runtimeConfig, @Nullable JsonNode verifier, @Nullable VersionId version,
            @Nullable VersionId verifierVersion) {}

    Spec of(RunId run) {
        return jdbc.sql(
                        """
                        select args, agent, runtime_config, verifier, version_id, verifier_version_id from run_spec where run_id = :run
                        """)
                .param("run", run.value())
                .query((row, number) -> new Spec(
                        json.readTree(row.getString("args")),
                        json.readTree(row.getString("agent")),
                        tree(row, "runtime_config"),
                        tree(row, "verifier"),
                        version(row, "version_id"),
                        version(row, "verifier_version_id")))
                .single();
    }

    /** On which terms a worker gets it. */
    Terms terms(RunId run) {
        return jdbc.sql("select timeout_millis, retry from run_spec where run_id = :run")
                .param("run", run.value())
                .query((row, number) -> Terms.read(row))
                .single();
    }

    /** Which versions the first attempt has found that was told none: they are those of all others. */
    void pin(RunId run, @Nullable VersionId version, @Nullable VersionId verifierVersion) {
        pin(run, "version_id", version);
        pin(run, "verifier_version_id", verifierVersion);
    }

    private void pin(RunId run, String column, @Nullable VersionId version) {
        if (version != null) {
            jdbc.sql("update run_spec set %1$s = :version where run_id = :run and %1$s is null".formatted(column))
                    .param("version", version.value())
                    .param("run", run.value())
                    .update();
        }
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
