// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import dev.assay.contracts.BuildId;
import dev.assay.contracts.JsonNull;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.VersionId;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A build that a worker may work on ({@code POST /internal/builds/leases} with a {@link LeaseRequest}; 204: none). The context comes
 * from {@code GET /internal/versions/{version}/context}.
 *
 * @param attempt the fencing token
 * @param environmentVariables what the deployer gave, in the clear: for the sandbox only, never logged
 * @param buildArgs passed to the build as environment variables, or as the arguments of an image's recipe
 * @param buildSecrets for the steps of an image's recipe that mount them, by their ids, in the clear: never logged
 * @param noCache whether nothing that an earlier build has made may be used
 * @param runtimeConfig what the version runs with unless a run says otherwise, or null
 * @param example one of the team's tasks of that environment, to try the version with; null: it has none
 */
public record BuildLease(
        BuildId build,
        VersionId version,
        TeamId team,
        String declaredName,
        int attempt,
        long ttlMillis,
        String contextSha256,
        Map<String, String> environmentVariables,
        Map<String, String> buildArgs,
        Map<String, String> buildSecrets,
        boolean noCache,
        @Nullable JsonNode runtimeConfig,
        @Nullable Example example) {

    /**
     * A task as a taskset has it.
     *
     * @param task the template's name, which a new version may not have any more
     */
    public record Example(String task, JsonNode args) {}

    public BuildLease {
        runtimeConfig = JsonNull.absent(runtimeConfig);
    }

    /** Without the values: a lease that is logged must give nothing away. */
    @Override
    public String toString() {
        return "BuildLease[" + build + ", " + version + ", " + attempt + "]";
    }
}
