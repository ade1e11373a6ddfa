// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import dev.assay.contracts.EnvironmentId;
import dev.assay.contracts.JsonNull;
import dev.assay.contracts.VersionId;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * {@code GET /internal/environments/resolve?team=…&name=…[&version=…]}: what an environment's name stands for: its newest version that
 * was built. 404 with a detail for people when there is none.
 *
 * @param environment the normalized name
 * @param declaredName the name as declared in code: what the client's serving entry point selects by
 * @param number 1 for the first version of the environment
 * @param contextSha256 of the uploaded context, hex
 * @param environmentVariables what the deployer gave, in the clear: for the sandbox only, never logged
 * @param runtimeConfig default for runs that name none, or null
 * @param image that its runs take place in unless their config names something else to run; null: they run from the context
 * @param services that were built of its Compose project; null: none were
 * @param manifest {@code {"env": {name, version}, "tasks": […], "capabilities": […]}}
 */
public record EnvironmentVersion(
        EnvironmentId environmentId,
        VersionId versionId,
        String environment,
        String declaredName,
        int number,
        String contextSha256,
        Map<String, String> environmentVariables,
        @Nullable JsonNode runtimeConfig,
        @Nullable BuiltImage image,
        @Nullable BuiltServices services,
        JsonNode manifest) {

    public EnvironmentVersion {
        runtimeConfig = JsonNull.absent(runtimeConfig);
    }
}
