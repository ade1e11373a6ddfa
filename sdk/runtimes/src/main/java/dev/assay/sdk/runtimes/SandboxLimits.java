// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import java.time.Duration;

/**
 * What one sandbox may use.
 *
 * @param memoryBytes of all its processes together where control groups can be used, otherwise of each
 * @param processes and threads at one time
 * @param startup how long it may take until it serves
 * @param lifetime after which it is ended whatever it is doing
 */
public record SandboxLimits(long memoryBytes, int processes, Duration startup, Duration lifetime) {

    /** For a row that says nothing. */
    public static final SandboxLimits DEFAULTS =
            new SandboxLimits(2L << 30, 512, Duration.ofSeconds(120), Duration.ofHours(2));

    public SandboxLimits withMemoryBytes(long value) {
        return new SandboxLimits(value, processes, startup, lifetime);
    }

    public SandboxLimits withStartup(Duration value) {
        return new SandboxLimits(memoryBytes, processes, value, lifetime);
    }

    public SandboxLimits withLifetime(Duration value) {
        return new SandboxLimits(memoryBytes, processes, startup, value);
    }
}
