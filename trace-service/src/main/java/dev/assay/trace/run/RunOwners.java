// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.run;

import com.github.benmanes.caffeine.cache.Cache;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.RunOwner;
import dev.assay.kit.cache.Caches;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Whose a run is: the first team's that named it. Owners never change, so an answer is remembered; whoever asks meanwhile waits for it. */
@Component
public class RunOwners {

    private static final int REMEMBERED = 50_000;

    private final AskJobs jobs;
    private final Cache<RunId, TeamId> known = Caches.builder().maximumSize(REMEMBERED).build();

    RunOwners(AskJobs jobs) {
        this.jobs = jobs;
    }

    /** The run's owner, which is this team if nobody was before it; empty while job-service cannot be asked. */
    public Optional<TeamId> claim(RunId run, TeamId team) {
        return Optional.ofNullable(known.get(run, unknown -> ask(unknown, team)));
    }

    private @Nullable TeamId ask(RunId run, TeamId team) {
        return jobs.ask(rest -> rest.post().uri("/internal/runs/{run}/claim", run).body(new RunOwner(team)).retrieve().body(RunOwner.class))
                .map(RunOwner::team)
                .orElse(null);
    }
}
