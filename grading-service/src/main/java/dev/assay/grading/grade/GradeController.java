// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.grade;

import dev.assay.contracts.RunId;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.rest.LargeEvaluations;
import dev.assay.kit.web.RunRef;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Grades of single runs. */
@RestController
@Admits(Role.VIEWER)
@Tag(name = "grades", description = "Grades of record")
class GradeController {

    private final Grades grades;
    private final LargeEvaluations largeEvaluations;

    GradeController(Grades grades, LargeEvaluations largeEvaluations) {
        this.grades = grades;
        this.largeEvaluations = largeEvaluations;
    }

    @GetMapping("/v2/trace/{id}/grade")
    @Operation(
            summary = "Get a run's grade of record",
            description = "404 until the run has ended; the reward is null if it was never graded. "
                    + "503 while an evaluation that is too large to be kept here cannot be had.")
    GradeView grade(
            Caller caller,
            @Parameter(description = "A UUID, dashed or not, or the text that the client bound.", schema = @Schema(type = "string", maxLength = 200))
                    @PathVariable
                    String id) {
        var run = new RunId(RunRef.ofRun("id", id).id());
        return grades.find(caller.team(), run)
                .map(grade -> GradeView.of(grade, evaluation(run)))
                .orElseThrow(() -> Problem.notFound("There is no run " + id + " that has ended."));
    }

    private @Nullable JsonNode evaluation(RunId run) {
        var known = grades.evaluation(run);
        return known.byReference() ? largeEvaluations.of(run, known.revision()) : known.evaluation();
    }
}
