// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistic;

import dev.assay.contracts.JobId;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Statistics of jobs. */
@RestController
@Admits(Role.VIEWER)
@Tag(name = "grades", description = "Grades of record")
class JobGradesController {

    private static final int MOST_GROUPS = 1000;

    private final JobStatistics statistics;
    private final Jobs jobs;

    JobGradesController(JobStatistics statistics, Jobs jobs) {
        this.statistics = statistics;
        this.jobs = jobs;
    }

    @GetMapping("/v2/jobs/{id}/grades")
    @Operation(
            summary = "Get what a job's runs came to",
            description = "Mean and sample standard deviation of the runs that completed with a grade, per job and per group; the others "
                    + "are counted apart. At most 1000 groups to a page; later groups come behind those that are there.")
    JobGrades grades(
            Caller caller,
            @PathVariable JobId id,
            @Parameter(
                            description = "How many groups.",
                            schema = @Schema(type = "integer", format = "int32", minimum = "1", maximum = "1000", defaultValue = "500"))
                    @RequestParam(defaultValue = "500")
                    int limit,
            @Parameter(
                            description = "How many groups to skip.",
                            schema = @Schema(type = "integer", format = "int32", minimum = "0", defaultValue = "0"))
                    @RequestParam(defaultValue = "0")
                    int offset) {
        if (limit < 1 || limit > MOST_GROUPS) {
            throw Problem.badRequest("limit", "must be between 1 and " + MOST_GROUPS);
        }
        if (offset < 0) {
            throw Problem.badRequest("offset", "must not be negative");
        }
        var grades = statistics.of(caller.team(), id, limit, offset);
        if (grades.job().runs() == 0) {
            jobs.require(caller.team(), id);
        }
        return grades;
    }
}
