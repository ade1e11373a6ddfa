// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.grade;

import dev.assay.contracts.RunId;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Grades of single runs. */
@RestController
@Admits(Role.VIEWER)
@Tag(name = "grades", description = "Grades of record")
class GradeController {

    private final Grades grades;
    private final Evaluations evaluations;

    GradeController(Grades grades, Evaluations evaluations) {
        this.grades = grades;
        this.evaluations = evaluations;
    }

    @GetMapping("/v2/trace/{id}/grade")
    @Operation(
            summary = "Get a run's grade of record",
            description = "404 until the run has ended; the reward is null if it was never graded. "
                    + "503 while an evaluation that is too large to be kept here cannot be had.")
    GradeView grade(Caller caller, @PathVariable RunId id) {
        return grades.find(caller.team(), id)
                .map(grade -> GradeView.of(grade, evaluations.of(id)))
                .orElseThrow(() -> Problem.notFound("There is no run " + id + " that has ended."));
    }
}
