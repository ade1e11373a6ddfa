// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.RunId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What came of runs, as JSON texts. The latest end's result replaces an earlier one's. */
@Repository
class RunResults {

    private final JdbcClient jdbc;
    private final JsonMapper json;

    RunResults(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    void save(RunId run, RunResult result) {
        jdbc.sql(
                        """
                        insert into run_result (run_id, evaluation, metadata, timings) values (:run, :evaluation, :metadata, :timings)
                        on conflict (run_id) do update
                        set evaluation = excluded.evaluation, metadata = excluded.metadata, timings = excluded.timings
                        """)
                .param("run", run.value())
                .param("evaluation", text(result.evaluation()))
                .param("metadata", text(result.metadata()))
                .param("timings", result.timings().isEmpty() ? null : json.writeValueAsString(result.timings()))
                .update();
    }

    private @Nullable String text(@Nullable JsonNode node) {
        return node == null || node.isNull() ? null : json.writeValueAsString(node);
    }
}
