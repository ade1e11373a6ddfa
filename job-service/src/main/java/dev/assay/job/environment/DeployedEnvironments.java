// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.environment;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.EnvironmentVersion;
import dev.assay.kit.rest.InternalRest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/** What the names of a team's environments stand for. */
@Component
public class DeployedEnvironments {

    private static final Logger log = LoggerFactory.getLogger(DeployedEnvironments.class);

    private final RestClient environments;

    DeployedEnvironments(InternalRest rest, @Value("${assay.environment-url}") String environmentUrl) {
        this.environments = rest.forService(environmentUrl, "environment-service");
    }

    /** What is known of a name. */
    public sealed interface Found {

        /** It was deployed and built. */
        record Deployed(EnvironmentVersion version) implements Found {}

        /** The team has none of that name that was built. */
        record Nothing() implements Found {}

        /** Nobody can say now: whoever wants it is let in unseen, and a worker finds out. */
        record Unknown() implements Found {}
    }

    public Found find(TeamId team, String environment) {
        try {
            var version = environments
                    .get()
                    .uri("/internal/environments/resolve?team={team}&name={name}", team, environment)
                    .retrieve()
                    .body(EnvironmentVersion.class);
            return version == null ? new Found.Unknown() : new Found.Deployed(version);
        } catch (HttpClientErrorException.NotFound e) {
            return new Found.Nothing();
        } catch (RestClientException e) {
            log.debug("let in unseen: environment-service does not say: {}", e.toString());
            return new Found.Unknown();
        }
    }
}
