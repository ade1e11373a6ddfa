// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistic;

import dev.assay.contracts.JobId;
import dev.assay.contracts.TeamId;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.rest.InternalRest;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClientException;

/** Which jobs there are: only job-service knows of those in which no run has ended yet. */
@Component
class Jobs {

    private final InternalRest rest;
    private final String jobUrl;

    Jobs(InternalRest rest, @Value("${assay.job-url}") String jobUrl) {
        this.rest = rest;
        this.jobUrl = jobUrl;
    }

    /** @throws Problem 404 if the team has no such job */
    void require(TeamId team, JobId job) {
        try {
            rest.forTeam(jobUrl, "job-service", team).get().uri("/v2/jobs/{job}", job).retrieve().toBodilessEntity();
        } catch (HttpClientErrorException e) {
            if (e.getStatusCode() == HttpStatus.NOT_FOUND) {
                throw Problem.notFound("There is no job " + job + ".");
            }
            throw Problem.unavailable("The jobs cannot be looked up now.");
        } catch (RestClientException e) {
            throw Problem.unavailable("The jobs cannot be looked up now.");
        }
    }
}
