// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import java.net.URI;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One sandbox to launch.
 *
 * @param prepared by the runtime that launches it
 * @param declaredName the environment's name as its code declares it
 * @param environmentVariables for the environment only; names that are no identifiers are left out
 * @param network what it reaches beside itself, where sandboxes can be walled off
 * @param ofThisRun which of the variables no other launch has: what was loaded with all others may be used again. Empty: nobody says so
 * @param credential what the runtime takes of the team, as {@link Runtime#takesCredential} says; null: nothing
 */
public record SandboxSpec(
        SandboxLabel label,
        Prepared prepared,
        String declaredName,
        Map<String, String> environmentVariables,
        Network network,
        SandboxLimits limits,
        Set<String> ofThisRun,
        @Nullable Credential credential) {

    public SandboxSpec(
            SandboxLabel label, Prepared prepared, String declaredName, Map<String, String> environmentVariables, Network network,
            SandboxLimits limits) {
        this(label, prepared, declaredName, environmentVariables, network, limits, Set.of());
    }

    public SandboxSpec(
            SandboxLabel label, Prepared prepared, String declaredName, Map<String, String> environmentVariables, Network network,
            SandboxLimits limits, Set<String> ofThisRun) {
        this(label, prepared, declaredName, environmentVariables, network, limits, ofThisRun, null);
    }

    public SandboxSpec withLimits(SandboxLimits value) {
        return new SandboxSpec(label, prepared, declaredName, environmentVariables, network, value, ofThisRun, credential);
    }

    /** What the environment finds among its variables, by name, where no door leads out. */
    public SortedMap<String, String> variables() {
        var variables = new TreeMap<String, String>();
        environmentVariables.forEach((name, value) -> {
            if (name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
                variables.put(name, value);
            }
        });
        return variables;
    }

    /**
     * What the environment finds among its variables, by name: those that it was given, and where a door leads out, that it does.
     *
     * @param door as the sandbox reaches it
     */
    public SortedMap<String, String> variables(URI door) {
        var variables = variables();
        if (network == Network.OUTBOUND) {
            variables.putAll(proxy(door.toString()));
        }
        return variables;
    }

    /** What programs find among their variables that go out by way of this address: as each of them reads it. */
    public static Map<String, String> proxy(String address) {
        var here = "127.0.0.1,localhost";
        return Map.of(
                "HTTP_PROXY", address, "http_proxy", address, "HTTPS_PROXY", address, "https_proxy", address,
                "ALL_PROXY", address, "all_proxy", address, "NO_PROXY", here, "no_proxy", here);
    }
}
