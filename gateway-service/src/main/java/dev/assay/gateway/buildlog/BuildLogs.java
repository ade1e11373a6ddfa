// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.buildlog;

import dev.assay.contracts.BuildId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.BuildLog;
import dev.assay.kit.rest.InternalRest;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;

/** The logs of builds, as environment-service keeps them. */
@Component
class BuildLogs {

    private static final int WAIT_MILLIS = 15_000;

    private final RestClient environments;

    BuildLogs(InternalRest rest, @Value("${assay.environment-url}") String environments) {
        this.environments = rest.forService(environments, "environment-service");
    }

    /**
     * What came after a line, waiting for it; empty if the team has no such build.
     *
     * @throws org.springframework.web.client.RestClientException if environment-service cannot answer now
     */
    Optional<BuildLog> after(int line, BuildId build, TeamId team) {
        try {
            return Optional.ofNullable(environments.get()
                    .uri("/internal/builds/{build}/log?after={line}&waitMillis={wait}&team={team}", build, line, WAIT_MILLIS, team)
                    .retrieve()
                    .body(BuildLog.class));
        } catch (HttpClientErrorException.NotFound e) {
            return Optional.empty();
        }
    }
}
