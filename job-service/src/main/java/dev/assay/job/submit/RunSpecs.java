// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.submit;

import dev.assay.contracts.VersionId;
import dev.assay.kit.text.JsonText;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What was asked for, for the worker to read. Written once. */
@Repository
class RunSpecs {

    private final JdbcClient jdbc;
    private final JsonMapper json;

    RunSpecs(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /** @param runtime the one that a worker must have for it */
    void save(SubmitRequest.Checked asked, String runtime, Duration timeout, @Nullable VersionId version, @Nullable VersionId verifierVersion) {
        jdbc.sql(
                        """
                        insert into run_spec (run_id, args, agent, runtime_config, verifier, timeout_millis, retry, version_id, verifier_version_id)
                        values (:run, :args, :agent, :runtimeConfig, :verifier, :timeout, :retry, :version, :verifierVersion)
                        on conflict (run_id) do nothing
                        """)
                .param("run", asked.run().value())
                .param("args", text(asked.args()))
                .param("agent", text(asked.agent()))
                .param("runtimeConfig", text(asked.runtimeConfig()))
                .param("verifier", text(asked.verifier()))
                .param("timeout", timeout.toMillis())
                .param("retry", asked.retries().text())
                .param("version", version == null ? null : version.value())
                .param("verifierVersion", verifierVersion == null ? null : verifierVersion.value())
                .update();
        if (!runtime.equals("process")) {
            jdbc.sql("update run set runtime = :runtime where id = :run")
                    .param("runtime", runtime)
                    .param("run", asked.run().value())
                    .update();
        }
    }

    private @Nullable String text(@Nullable JsonNode node) {
        return node == null ? null : JsonText.of(json, node);
    }
}
