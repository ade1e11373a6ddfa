// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.run;

import com.github.benmanes.caffeine.cache.Cache;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.RunOwner;
import dev.assay.kit.cache.Caches;
import dev.assay.kit.rest.InternalRest;
import dev.assay.kit.web.TimeLeft;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/** Whose a run is: the first team's that named it. Owners never change, so an answer is remembered; whoever asks meanwhile waits for it. */
@Component
public class RunOwners {

    private static final Logger log = LoggerFactory.getLogger(RunOwners.class);
    private static final int REMEMBERED = 50_000;
    private static final Duration REST = Duration.ofSeconds(2);
    /** An upload waits for the answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final RestClient jobService;
    private final Clock clock;
    private final Cache<RunId, TeamId> known = Caches.builder().maximumSize(REMEMBERED).build();
    private volatile Instant awayUntil = Instant.MIN;

    RunOwners(InternalRest rest, @Value("${assay.job-url}") String jobUrl, Clock clock) {
        this.jobService = rest.forService(jobUrl, "job-service", PATIENCE);
        this.clock = clock;
    }

    /** The run's owner, which is this team if nobody was before it; empty while job-service cannot be asked. */
    public Optional<TeamId> claim(RunId run, TeamId team) {
        return Optional.ofNullable(known.get(run, unknown -> ask(unknown, team)));
    }

    private @Nullable TeamId ask(RunId run, TeamId team) {
        if (clock.instant().isBefore(awayUntil)) {
            return null;
        }
        try {
            var answer = TimeLeft.forOthersToo(() -> claimed(run, team));
            return answer == null ? null : answer.team();
        } catch (RuntimeException e) {
            // whatever it is, also on this side: a question that cannot be asked is one that is not answered
            log.warn("job-service cannot say whose run {} is: {}", run, e.toString());
            awayUntil = clock.instant().plus(REST);
            return null;
        }
    }

    private @Nullable RunOwner claimed(RunId run, TeamId team) {
        return jobService.post().uri("/internal/runs/{run}/claim", run).body(new RunOwner(team)).retrieve().body(RunOwner.class);
    }
}
