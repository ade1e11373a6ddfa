// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.tunnel;

import dev.assay.contracts.SessionId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.SessionKnock;
import dev.assay.contracts.internal.SessionPlace;
import dev.assay.kit.rest.InternalRest;
import java.util.Objects;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;

/** Where sessions are, as job-service knows. */
@Component
class SessionPlaces {

    /** Clients wait ten seconds for a handshake, and print a traceback for each that is refused: this is as patient as may be. */
    private static final int KNOCKS = 2;

    private static final int WAIT_MILLIS = 4_000;

    private final RestClient jobs;

    SessionPlaces(InternalRest rest, @Value("${assay.job-url}") String jobUrl) {
        this.jobs = rest.forService(jobUrl, "job-service");
    }

    /**
     * Waits a little for a session that is on its way; empty if the team has no such session.
     *
     * @throws org.springframework.web.client.RestClientException if job-service cannot answer now
     */
    Optional<SessionPlace> find(SessionId session, TeamId team) {
        try {
            var place = knock(session, team);
            for (int knocks = 1; knocks < KNOCKS && place.address() == null && !place.state().equals("ended"); knocks++) {
                place = knock(session, team);
            }
            return Optional.of(place);
        } catch (HttpClientErrorException.NotFound e) {
            return Optional.empty();
        }
    }

    private SessionPlace knock(SessionId session, TeamId team) {
        return Objects.requireNonNull(jobs.post()
                .uri("/internal/sessions/{session}/knock", session)
                .body(new SessionKnock(team, WAIT_MILLIS))
                .retrieve()
                .body(SessionPlace.class));
    }
}
