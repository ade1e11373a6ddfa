// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.grade;

import dev.assay.contracts.RunId;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.rest.InternalRest;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import tools.jackson.databind.JsonNode;

/** Evaluations of runs. Those that are too large to be sent around lie in job-service, and are asked for when somebody wants to see them. */
@Component
class Evaluations {

    private final Grades grades;
    private final RestClient jobService;

    Evaluations(Grades grades, InternalRest rest, @Value("${assay.job-url}") String jobUrl) {
        this.grades = grades;
        this.jobService = rest.forService(jobUrl, "job-service");
    }

    /**
     * The evaluation of a run that has ended; null if it was never graded.
     *
     * @throws Problem 503 while it cannot be had
     */
    @Nullable JsonNode of(RunId run) {
        var known = grades.evaluation(run);
        if (!known.byReference()) {
            return known.evaluation();
        }
        try {
            return jobService.get()
                    .uri("/internal/runs/{run}/evaluation?revision={revision}", run, known.revision())
                    .retrieve()
                    .body(JsonNode.class);
        } catch (RestClientException e) {
            throw Problem.unavailable("The evaluation of run " + run + " cannot be had from job-service just now. Try again.");
        }
    }
}
