// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import java.util.Map;
import java.util.Set;

/**
 * One sandbox to launch.
 *
 * @param prepared by the runtime that launches it
 * @param declaredName the environment's name as its code declares it
 * @param environmentVariables for the environment only; names that are no identifiers are left out
 * @param network what it reaches beside itself, where sandboxes can be walled off
 * @param ofThisRun which of the variables no other launch has: what was loaded with all others may be used again. Empty: nobody says so
 */
public record SandboxSpec(
        SandboxLabel label,
        Prepared prepared,
        String declaredName,
        Map<String, String> environmentVariables,
        Network network,
        SandboxLimits limits,
        Set<String> ofThisRun) {

    public SandboxSpec(
            SandboxLabel label, Prepared prepared, String declaredName, Map<String, String> environmentVariables, Network network,
            SandboxLimits limits) {
        this(label, prepared, declaredName, environmentVariables, network, limits, Set.of());
    }
}
