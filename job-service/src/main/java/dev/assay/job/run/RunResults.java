// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.RunId;
import dev.assay.kit.text.JsonText;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What came of runs, as JSON texts. The latest end's result replaces an earlier one's. */
@Repository
class RunResults {

    /** In bytes. A record may have a mebibyte, and there are other things in it. */
    private static final int MOST_IN_A_RECORD = 256 * 1024;

    private final JdbcClient jdbc;
    private final JsonMapper json;

    RunResults(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    void save(Map<RunId, RunResult> results) {
        if (results.isEmpty()) {
            return;
        }
        var all = List.copyOf(results.entrySet());
        jdbc.sql(
                        """
                        insert into run_result (run_id, evaluation, metadata, timings)
                        select * from unnest(:runs::uuid[], :evaluations::text[], :metadata::text[], :timings::text[])
                        on conflict (run_id) do update
                        set evaluation = excluded.evaluation, metadata = excluded.metadata, timings = excluded.timings
                        """)
                .param("runs", all.stream().map(one -> one.getKey().value()).toArray(UUID[]::new))
                .param("evaluations", all.stream().map(one -> text(one.getValue().evaluation())).toArray(String[]::new))
                .param("metadata", all.stream().map(one -> text(one.getValue().metadata())).toArray(String[]::new))
                .param("timings", all.stream().map(one -> timings(one.getValue())).toArray(String[]::new))
                .update();
    }

    private @Nullable String timings(RunResult result) {
        return result.timings().isEmpty() ? null : json.writeValueAsString(result.timings());
    }

    /** Whether many of that size could be too much at once. */
    boolean isLarge(RunResult result) {
        return sizeIfLarge(result.evaluation()) != null || sizeIfLarge(result.metadata()) != null;
    }

    /** How many bytes it has if it is too large to be told, and has to be asked for; else null. */
    @Nullable Integer sizeIfLarge(@Nullable JsonNode evaluation) {
        var size = evaluation == null ? 0 : json.writeValueAsBytes(evaluation).length;
        return size > MOST_IN_A_RECORD ? size : null;
    }

    /** The evaluation of that end of the run; empty if there is none, or if the run has ended once more since. */
    Optional<String> evaluation(RunId run, int revision) {
        return jdbc.sql("""
                select evaluation from run_result join run on id = run_id
                where id = :run and revision = :revision and evaluation is not null""")
                .param("run", run.value())
                .param("revision", revision)
                .query(String.class)
                .optional();
    }

    private @Nullable String text(@Nullable JsonNode node) {
        return node == null || node.isNull() ? null : JsonText.of(json, node);
    }
}
