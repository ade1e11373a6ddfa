// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.export;

import dev.assay.contracts.JobId;
import dev.assay.contracts.TeamId;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.rest.InternalRest;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClientException;
import tools.jackson.databind.JsonNode;

/** Which groups of a job are over with all their runs, as job-service numbers them. */
@Component
class FinishedGroups {

    private final InternalRest rest;
    private final String jobs;

    FinishedGroups(InternalRest rest, @Value("${assay.job-url}") String jobs) {
        this.rest = rest;
        this.jobs = jobs;
    }

    record FinishedGroup(long number, List<JobRun> runs) {}

    /**
     * @param size how many runs a group was asked for
     * @param left how many groups are still to come behind these
     */
    record Finished(List<FinishedGroup> items, int size, long left) {}

    /**
     * @param after the number behind which they are wanted
     * @param size null: as the job says
     * @throws Problem 404 if the team has no such job; 400 if it does not say how many runs a group has; 503
     */
    Finished of(JobId job, TeamId team, long after, @Nullable Integer size, int most) {
        try {
            return Objects.requireNonNull(rest.forTeam(jobs, "job-service", team).get()
                    .uri(uri -> {
                        uri.path("/internal/jobs/{job}/finished-groups").queryParam("after", after).queryParam("most", most);
                        return size == null ? uri.build(job) : uri.queryParam("size", size).build(job);
                    })
                    .retrieve()
                    .body(Finished.class));
        } catch (HttpClientErrorException.NotFound e) {
            throw Problem.notFound("There is no job " + job + ".");
        } catch (HttpClientErrorException.BadRequest e) {
            var told = e.getResponseBodyAs(JsonNode.class);
            throw Problem.badRequest(told == null ? "group_size: is not this job's" : told.path("detail").asString(""));
        } catch (RestClientException e) {
            throw Problem.unavailable("Job " + job + " cannot be looked up just now. Try again later.");
        }
    }
}
