// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.batch;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.RunGroups;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.rest.InternalRest;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/**
 * Groups of a batch are its slices, in order. Where the platform knows of every input which group it was run in, a slice of several is a
 * mistake: it would be compared with strangers. A batch with an input of which nothing is known is taken as it is given.
 */
@Component
class KnownGroups {

    private final RestClient jobs;

    KnownGroups(InternalRest rest, @Value("${assay.job-url}") String jobs) {
        this.jobs = rest.forService(jobs, "job-service");
    }

    /** @throws Problem 422 that names the first slice of several groups; 503 if that cannot be looked up */
    void check(List<@Nullable RunId> traces, @Nullable Integer groupSize, TeamId team) {
        if (groupSize == null || groupSize == 1 || traces.contains(null)) {
            return;
        }
        var groups = of(traces.stream().distinct().toList(), team);
        if (!groups.keySet().containsAll(traces)) {
            return;
        }
        for (int from = 0; from < traces.size(); from += groupSize) {
            Set<String> mixed = new HashSet<>();
            traces.subList(from, from + groupSize).forEach(run -> mixed.add(groups.get(run)));
            if (mixed.size() > 1) {
                throw Problem.unprocessable("inputs[%d] to inputs[%d]: a group of %d whose runs are of %d groups. Groups are slices of group_size:"
                        .formatted(from, from + groupSize - 1, groupSize, mixed.size()) + " runs of one stand one behind the other.");
            }
        }
    }

    private Map<RunId, String> of(List<RunId> runs, TeamId team) {
        try {
            var asked = jobs.post().uri("/internal/runs/groups").body(new RunGroups.Ask(team, runs));
            return Objects.requireNonNull(asked.retrieve().body(RunGroups.class)).groups();
        } catch (RestClientException e) {
            throw Problem.unavailable("inputs: it cannot be looked up just now which groups the runs are of. Try again later.");
        }
    }
}
