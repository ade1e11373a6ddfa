// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.run;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.RunOwner;
import dev.assay.kit.rest.InternalRest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/** Whose a run is: the first team's that named it. Owners never change, so an answer is remembered. */
@Component
public class RunOwners {

    private static final Logger log = LoggerFactory.getLogger(RunOwners.class);
    private static final int REMEMBERED = 50_000;
    private static final Duration REST = Duration.ofSeconds(2);

    private final RestClient jobService;
    private final Clock clock;
    private final Map<RunId, TeamId> known = Collections.synchronizedMap(new LinkedHashMap<>(1024, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<RunId, TeamId> eldest) {
            return size() > REMEMBERED;
        }
    });
    private volatile Instant awayUntil = Instant.MIN;

    RunOwners(InternalRest rest, @Value("${assay.job-url}") String jobUrl, Clock clock) {
        this.jobService = rest.forService(jobUrl, "job-service");
        this.clock = clock;
    }

    /** The run's owner, which is this team if nobody was before it; empty while job-service cannot be asked. */
    public Optional<TeamId> claim(RunId run, TeamId team) {
        var owner = known.get(run);
        if (owner != null) {
            return Optional.of(owner);
        }
        if (clock.instant().isBefore(awayUntil)) {
            return Optional.empty();
        }
        try {
            var answer = jobService.post().uri("/internal/runs/{run}/claim", run).body(new RunOwner(team)).retrieve().body(RunOwner.class);
            if (answer == null) {
                return Optional.empty();
            }
            known.put(run, answer.team());
            return Optional.of(answer.team());
        } catch (RestClientException e) {
            log.warn("job-service cannot say whose run {} is: {}", run, e.toString());
            awayUntil = clock.instant().plus(REST);
            return Optional.empty();
        }
    }
}
