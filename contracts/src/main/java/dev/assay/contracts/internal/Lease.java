// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import dev.assay.contracts.JobId;
import dev.assay.contracts.JsonNull;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.VersionId;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A run that a worker may work on until the lease runs out.
 *
 * @param attempt the fencing token: 1 for the first lease of a run, one more for each later one
 * @param ttlMillis how long the lease holds from now; renew well before
 * @param preparationMillis how long it may take until the environment answers: fetching and installing it is not the run's own time
 * @param runTimeoutMillis how long the attempt may take from when its environment answers, before the platform ends it
 * @param rolloutMillis how long it may take from now in any case, because the time for the whole rollout is over then; null: no such limit
 * @param environment the environment's name as declared, not normalized
 * @param version what the environment's name stood for when the run was submitted, for each of its attempts; null: nobody could be
 *     asked then, it is the newest
 * @param task the task's template id in the environment
 * @param args the template's arguments, a JSON object
 * @param agent {@code {"type": …, "config": {…}}} as submitted
 * @param runtimeConfig the row's runtime config, or null
 * @param verifier a second task whose grade is the grade of record, or null
 * @param verifierVersion as {@code version}, of the verifier's environment; null also without a verifier
 * @param runKey an API key that is valid for this run only, for model calls and spans
 */
public record Lease(
        RunId run,
        JobId job,
        TeamId team,
        int attempt,
        long ttlMillis,
        long preparationMillis,
        long runTimeoutMillis,
        @Nullable Long rolloutMillis,
        String environment,
        @Nullable VersionId version,
        String task,
        String slug,
        JsonNode args,
        JsonNode agent,
        @Nullable String groupId,
        @Nullable RunId parent,
        @Nullable JsonNode runtimeConfig,
        @Nullable JsonNode verifier,
        @Nullable VersionId verifierVersion,
        String runKey) {

    public Lease {
        runtimeConfig = JsonNull.absent(runtimeConfig);
        verifier = JsonNull.absent(verifier);
    }
}
