// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import dev.assay.contracts.TeamId;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.rest.InternalRest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/** What a team can open sessions of. */
@Component
class DeployedEnvironments {

    private static final Logger log = LoggerFactory.getLogger(DeployedEnvironments.class);

    private final RestClient environments;

    DeployedEnvironments(InternalRest rest, @Value("${assay.environment-url}") String environmentUrl) {
        this.environments = rest.forService(environmentUrl, "environment-service");
    }

    /**
     * Where environment-service cannot be asked the session is accepted, and its worker finds out.
     *
     * @throws Problem 404 that names the environment
     */
    void require(TeamId team, String environment) {
        try {
            environments
                    .get()
                    .uri("/internal/environments/resolve?team={team}&name={name}", team, environment)
                    .retrieve()
                    .toBodilessEntity();
        } catch (HttpClientErrorException e) {
            throw Problem.notFound("There is no environment '" + environment + "' that was built in your team: deploy it first.");
        } catch (RestClientException e) {
            log.debug("accepted unseen: environment-service does not answer: {}", e.toString());
        }
    }
}
