// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.export;

import dev.assay.contracts.JobId;
import dev.assay.contracts.TeamId;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.rest.InternalRest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClientException;

/** All runs of a job, a line for each: what they were worth is known before the first row is written, since advantages need it. */
@Component
class JobRuns {

    private static final int AT_ONCE = 1000;

    /** Lines are held in memory, a few hundred bytes each. */
    private static final int MOST = 100_000;

    private final InternalRest rest;
    private final String jobs;

    JobRuns(InternalRest rest, @Value("${assay.job-url}") String jobs) {
        this.rest = rest;
        this.jobs = jobs;
    }

    private record Page(List<JobRun> items, long total, @Nullable String next) {}

    /**
     * In the order in which they came.
     *
     * @throws Problem 404 if the team has no such job; 422 if it has too many runs; 503
     */
    List<JobRun> of(JobId job, TeamId team) {
        var runs = new ArrayList<JobRun>();
        var page = page(job, team, null);
        while (true) {
            if (page.total() > MOST) {
                throw Problem.unprocessable(
                        "Job " + job + " has " + page.total() + " runs, and at most " + MOST + " are exported at once.");
            }
            runs.addAll(page.items());
            if (page.next() == null) {
                return runs.reversed();
            }
            page = page(job, team, page.next());
        }
    }

    private Page page(JobId job, TeamId team, @Nullable String cursor) {
        try {
            return Objects.requireNonNull(rest.forTeam(jobs, "job-service", team).get()
                    .uri(uri -> {
                        uri.path("/v2/jobs/{job}/traces").queryParam("limit", AT_ONCE);
                        return cursor == null ? uri.build(job) : uri.queryParam("cursor", cursor).build(job);
                    })
                    .retrieve()
                    .body(Page.class));
        } catch (HttpClientErrorException.NotFound e) {
            throw Problem.notFound("There is no job " + job + ".");
        } catch (RestClientException e) {
            throw Problem.unavailable("Job " + job + " cannot be looked up just now. Try again later.");
        }
    }
}
