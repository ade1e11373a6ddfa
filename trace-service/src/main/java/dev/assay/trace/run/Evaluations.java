// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.run;

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
public class Evaluations {

    private final RestClient jobService;

    Evaluations(InternalRest rest, @Value("${assay.job-url}") String jobUrl) {
        this.jobService = rest.forService(jobUrl, "job-service");
    }

    /**
     * With what the run was graded; null if it was not.
     *
     * @param run null: no end of it has come yet
     * @throws Problem 503 while it cannot be had
     */
    public @Nullable JsonNode of(RunId id, @Nullable TracedRun run) {
        if (run == null || !run.evaluationByReference()) {
            return run == null ? null : run.evaluation();
        }
        try {
            return jobService.get()
                    .uri("/internal/runs/{run}/evaluation?revision={revision}", id, run.revision())
                    .retrieve()
                    .body(JsonNode.class);
        } catch (RestClientException e) {
            throw Problem.unavailable("The evaluation of run " + id + " cannot be had from job-service just now. Try again.");
        }
    }
}
