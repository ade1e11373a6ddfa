// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.rest;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.kit.problem.Problem;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClientException;
import tools.jackson.databind.JsonNode;

/** A job's runs as job-service lists them, the newest first, a page at a time. A bean of the services that import it. */
public class RunsOfJobs {

    private static final int AT_ONCE = 1000;

    private final InternalRest rest;
    private final String jobUrl;

    RunsOfJobs(InternalRest rest, @Value("${assay.job-url}") String jobUrl) {
        this.rest = rest;
        this.jobUrl = jobUrl;
    }

    /** @param total of all pages @param next null: this is the last */
    public record Page(List<JsonNode> items, long total, @Nullable String next) {

        /** Which run a line of it is about. */
        public static RunId run(JsonNode item) {
            return RunId.parse(item.path("id").stringValue());
        }

        public static boolean isOver(JsonNode item) {
            return item.path("end_time").isString();
        }
    }

    /**
     * The pages, each asked for when it is its turn; the first is there already.
     *
     * @throws Problem 404 if the team has no such job; 503, also of pages behind the first
     */
    public Iterator<Page> of(JobId job, TeamId team) {
        var first = page(job, team, null);
        return new Iterator<>() {

            private @Nullable Page page = first;
            private @Nullable String next = first.next();

            @Override
            public boolean hasNext() {
                return page != null || next != null;
            }

            @Override
            public Page next() {
                if (page == null && next == null) {
                    throw new NoSuchElementException();
                }
                var told = page == null ? page(job, team, next) : page;
                page = null;
                next = told.next();
                return told;
            }
        };
    }

    private Page page(JobId job, TeamId team, @Nullable String cursor) {
        try {
            return Objects.requireNonNull(rest.forTeam(jobUrl, "job-service", team).get()
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
