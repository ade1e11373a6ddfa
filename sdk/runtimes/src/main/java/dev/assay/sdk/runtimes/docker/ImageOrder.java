// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.sdk.runtimes.SandboxLimits;
import java.time.Duration;
import java.util.Map;

/**
 * An image to build of a context with a recipe.
 *
 * @param label whose build it is
 * @param environment its normalized name
 * @param environmentId what tells it from all others: of each the newest few images are kept
 * @param version its id, a plain name
 * @param contextSha256 of what was uploaded
 * @param buildArgs values for what the recipe declares
 * @param secrets for the steps that mount them, by plain ids; they are in no layer and in no line of the log that this class writes
 * @param noCache whether nothing that was made before may be used
 * @param network of its steps
 * @param limits of memory for its steps, and of disk for the image
 * @param longest that it may take
 */
public record ImageOrder(
        SandboxLabel label, String environment, String environmentId, String version, String contextSha256, Map<String, String> buildArgs,
        Map<String, String> secrets, boolean noCache, Network network, SandboxLimits limits, Duration longest) {

    /** For a service of the same version: its images are counted apart from others'. */
    ImageOrder ofService(String service, String key, Map<String, String> args) {
        return new ImageOrder(
                label, environment, environmentId + "/" + service, version + "-" + key, contextSha256, args, secrets, noCache, network, limits,
                longest);
    }

    /** Without the values. */
    @Override
    public String toString() {
        return "ImageOrder[" + label + ", " + environment + ", " + version + "]";
    }
}
