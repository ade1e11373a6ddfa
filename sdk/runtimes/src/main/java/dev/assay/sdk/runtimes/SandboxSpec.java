// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import java.util.Map;

/**
 * One sandbox to launch.
 *
 * @param declaredName the environment's name as its code declares it
 * @param environmentVariables the deployer's, for the environment only; names that are no identifiers are left out
 */
public record SandboxSpec(
        SandboxLabel label,
        PreparedVersion version,
        String declaredName,
        Map<String, String> environmentVariables,
        SandboxLimits limits) {}
