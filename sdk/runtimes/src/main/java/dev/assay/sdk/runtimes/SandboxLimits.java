// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import java.time.Duration;

/**
 * What one sandbox may use.
 *
 * @param memoryBytes of all its processes together where control groups can be used, otherwise of each
 * @param processes and threads at one time
 * @param diskBytes of all that it writes; one that holds more is ended
 * @param cpus processors' worth of time; 0: as much as there is
 * @param gpus how many it has for itself
 * @param gpuType of which kind, as its provider calls it; empty: any
 * @param startup how long it may take until it serves
 * @param lifetime after which it is ended whatever it is doing
 */
public record SandboxLimits(
        long memoryBytes, int processes, long diskBytes, double cpus, int gpus, String gpuType, Duration startup, Duration lifetime) {

    /** For a row that says nothing. */
    public static final SandboxLimits DEFAULTS =
            new SandboxLimits(2L << 30, 512, 10L << 30, 0, 0, "", Duration.ofSeconds(120), Duration.ofHours(2));

    public SandboxLimits withMemoryBytes(long value) {
        return new SandboxLimits(value, processes, diskBytes, cpus, gpus, gpuType, startup, lifetime);
    }

    public SandboxLimits withProcesses(int value) {
        return new SandboxLimits(memoryBytes, value, diskBytes, cpus, gpus, gpuType, startup, lifetime);
    }

    public SandboxLimits withDiskBytes(long value) {
        return new SandboxLimits(memoryBytes, processes, value, cpus, gpus, gpuType, startup, lifetime);
    }

    public SandboxLimits withCpus(double value) {
        return new SandboxLimits(memoryBytes, processes, diskBytes, value, gpus, gpuType, startup, lifetime);
    }

    public SandboxLimits withGpus(int value) {
        return new SandboxLimits(memoryBytes, processes, diskBytes, cpus, value, gpuType, startup, lifetime);
    }

    public SandboxLimits withGpuType(String value) {
        return new SandboxLimits(memoryBytes, processes, diskBytes, cpus, gpus, value, startup, lifetime);
    }

    public SandboxLimits withStartup(Duration value) {
        return new SandboxLimits(memoryBytes, processes, diskBytes, cpus, gpus, gpuType, value, lifetime);
    }

    public SandboxLimits withLifetime(Duration value) {
        return new SandboxLimits(memoryBytes, processes, diskBytes, cpus, gpus, gpuType, startup, value);
    }
}
