// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.qa;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** What a check has come to. */
@JsonNaming(SnakeCaseStrategy.class)
record Judgement(String schemaVersion, String verdict, String summary, List<Finding> findings, Metadata metadata) {

    private static final String SCHEMA = "qa_agent_result.v1";

    enum Verdict {
        PASSED,
        FAILED,
        UNKNOWN;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Something that was found, with where it can be seen. */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Finding(
            @Schema(description = "Of a sign: what kind it is.") @Nullable String sign,
            String summary,
            @Nullable String description,
            @Schema(description = "`error`, `warning` or `info`.") @Nullable String severity,
            @Schema(description = "Of a trace: ids of entries of its timeline. Of a task: ids of runs.") List<String> evidenceRefs) {}

    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Metadata(
            @Schema(description = "`rule` or `judge`.") String by,
            @Schema(description = "The model that judged.") @Nullable String model,
            @Schema(description = "How sure it says that it is, from 0 to 1.") @Nullable Double confidence) {}

    static Judgement byRule(Verdict verdict, String summary, List<Finding> findings) {
        return new Judgement(SCHEMA, verdict.word(), summary, findings, new Metadata("rule", null, null));
    }

    static Judgement byJudge(Verdict verdict, String summary, List<Finding> findings, String model, @Nullable Double confidence) {
        return new Judgement(SCHEMA, verdict.word(), summary, findings, new Metadata("judge", model, confidence));
    }
}
