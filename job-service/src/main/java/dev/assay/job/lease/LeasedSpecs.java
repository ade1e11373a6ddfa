// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.lease;

import dev.assay.contracts.RunId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
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

    record Spec(JsonNode args, JsonNode agent, @Nullable JsonNode runtimeConfig, @Nullable JsonNode verifier, Duration timeout) {}

    Spec of(RunId run) {
        return jdbc.sql("select args, agent, runtime_config, verifier, timeout_millis from run_spec where run_id = :run")
                .param("run", run.value())
                .query((row, number) -> new Spec(
                        json.readTree(row.getString("args")),
                        json.readTree(row.getString("agent")),
                        tree(row, "runtime_config"),
                        tree(row, "verifier"),
                        Duration.ofMillis(row.getLong("timeout_millis"))))
                .single();
    }

    private @Nullable JsonNode tree(ResultSet row, String column) throws SQLException {
        var text = row.getString(column);
        return text == null ? null : json.readTree(text);
    }
}
