// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.report;

import dev.assay.job.run.Ending;
import dev.assay.job.run.Grades;
import dev.assay.job.run.RunResult;
import dev.assay.job.run.RunStatus;
import dev.assay.job.run.Told;
import dev.assay.kit.problem.Problem;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** What a client tells of the end of a run. */
@Schema(example = "{\"status\": \"completed\", \"reward\": 1.0, \"evaluation_result\": {\"score\": 1.0}}")
@JsonNaming(SnakeCaseStrategy.class)
record RunExited(
        @Schema(allowableValues = {"completed", "error", "cancelled"}, description = "`completed` if absent.") @Nullable String status,
        @Schema(description = "Counts only beside an evaluation result: an ungraded run says 0.0 too.") @Nullable Double reward,
        @Nullable String error,
        @Schema(type = "object", description = "The environment's grade frame; absent: never graded.") @Nullable JsonNode evaluationResult,
        @Schema(maxLength = 1000) @Nullable String stopReason,
        @Schema(type = "object", description = "Free form, for display.") @Nullable JsonNode metadata) {

    static final RunExited NOTHING = new RunExited(null, null, null, null, null, null);

    Ending ending() {
        var end =
                switch (status) {
                    case null -> RunStatus.COMPLETED;
                    case "completed" -> RunStatus.COMPLETED;
                    case "error" -> RunStatus.ERROR;
                    case "cancelled" -> RunStatus.CANCELLED;
                    case String other -> throw Problem.badRequest("status", "'" + other + "' is none of completed, error, cancelled");
                };
        var score = Grades.score(Told.object("evaluation_result", evaluationResult));
        var graded = score != null && end != RunStatus.CANCELLED;
        var told = reward != null && Double.isFinite(reward) ? reward : score;
        return new Ending(end, Told.name("stop_reason", stopReason), Told.storable(error), graded ? told : null);
    }

    RunResult result() {
        return new RunResult(evaluationResult, Told.object("metadata", metadata), Map.of());
    }
}
