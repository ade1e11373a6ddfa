// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistic;

import dev.assay.contracts.JobId;
import dev.assay.grading.grade.Grades;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Statistics of jobs. */
@RestController
@Admits(Role.VIEWER)
@Tag(name = "grades", description = "Grades of record")
class JobGradesController {

    private final Grades grades;
    private final Jobs jobs;

    JobGradesController(Grades grades, Jobs jobs) {
        this.grades = grades;
        this.jobs = jobs;
    }

    @GetMapping("/v2/jobs/{id}/grades")
    @Operation(
            summary = "Get what a job's runs came to",
            description = "Mean and sample standard deviation of the graded runs, per job and per group; runs without a grade apart.")
    JobGrades grades(Caller caller, @PathVariable JobId id) {
        var ended = grades.ofJob(caller.team(), id);
        if (ended.isEmpty()) {
            jobs.require(caller.team(), id);
        }
        return JobGrades.of(id, ended);
    }
}
