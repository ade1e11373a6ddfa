// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.rest.InternalRest;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClientException;
import tools.jackson.databind.JsonNode;

/** How runs stand that have not ended: only job-service knows. */
@Component
public class LiveRuns {

    private static final Logger log = LoggerFactory.getLogger(LiveRuns.class);

    private final InternalRest rest;
    private final String jobUrl;

    LiveRuns(InternalRest rest, @Value("${assay.job-url}") String jobUrl) {
        this.rest = rest;
        this.jobUrl = jobUrl;
    }

    /**
     * The run's status now; empty if the team has no such run.
     *
     * @throws Problem 503 while job-service cannot say
     */
    public Optional<String> status(RunId run, TeamId team) {
        return find(run, team).map(known -> known.path("status").asString("running"));
    }

    /**
     * The run as job-service tells it; empty if the team has no such run.
     *
     * @throws Problem 503 while job-service cannot say
     */
    Optional<JsonNode> find(RunId run, TeamId team) {
        try {
            return Optional.ofNullable(rest.forTeam(jobUrl, "job-service", team).get().uri("/v2/trace/{run}", run).retrieve().body(JsonNode.class));
        } catch (HttpClientErrorException.NotFound e) {
            return Optional.empty();
        } catch (RestClientException e) {
            log.warn("job-service cannot say how run {} stands: {}", run, e.toString());
            throw Problem.unavailable("How run " + run + " stands cannot be looked up now.");
        }
    }

    /** The same of a run that there is; while job-service cannot say, as it stands as far as anybody here has heard. */
    String statusOfKnown(RunId run, TeamId team, String heard) {
        try {
            return status(run, team).orElse(heard);
        } catch (Problem away) {
            return heard;
        }
    }
}
