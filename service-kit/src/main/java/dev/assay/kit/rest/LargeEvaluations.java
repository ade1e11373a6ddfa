// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.rest;

import dev.assay.contracts.RunId;
import dev.assay.kit.problem.Problem;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import tools.jackson.databind.JsonNode;

/**
 * Evaluations that are too large to be sent around: they lie in job-service, and are asked for when somebody wants to see them. A bean of
 * the services that import it.
 */
public class LargeEvaluations {

    private final RestClient jobService;

    LargeEvaluations(InternalRest rest, @Value("${assay.job-url}") String jobUrl) {
        this.jobService = rest.forService(jobUrl, "job-service");
    }

    /**
     * With what a run was graded.
     *
     * @param revision of the run's end that told of it
     * @throws Problem 503 while it cannot be had
     */
    public @Nullable JsonNode of(RunId run, int revision) {
        try {
            return jobService.get()
                    .uri("/internal/runs/{run}/evaluation?revision={revision}", run, revision)
                    .retrieve()
                    .body(JsonNode.class);
        } catch (RestClientException e) {
            throw Problem.unavailable("The evaluation of run " + run + " cannot be had from job-service just now. Try again.");
        }
    }
}
