// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import dev.assay.sdk.runtimes.process.PreparedVersion;
import java.util.Map;

/**
 * One sandbox to launch.
 *
 * @param declaredName the environment's name as its code declares it
 * @param environmentVariables for the environment only; names that are no identifiers are left out
 * @param network what it reaches beside itself, where sandboxes can be walled off
 */
public record SandboxSpec(
        SandboxLabel label,
        PreparedVersion version,
        String declaredName,
        Map<String, String> environmentVariables,
        Network network,
        SandboxLimits limits) {}
