// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.sandbox;

import dev.assay.sdk.protocol.RuntimeConfig;
import dev.assay.sdk.protocol.SandboxBounds;
import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.SandboxLimits;
import java.time.Duration;
import java.util.Optional;

/** What a runtime config that is within this worker's bounds asks for, and how it is given, whatever runs it. */
final class SandboxRequest {

    private static final long MIB = 1L << 20;
    private static final Duration SPARE = Duration.ofMinutes(2);

    private SandboxRequest() {}

    /** What is not given as it is asked for, though it runs; empty if all is. */
    static Optional<String> shortfall(RuntimeConfig config, double mostCpus) {
        var cpu = config.cpu();
        return cpu != null && cpu > mostCpus
                ? Optional.of("resources.cpu " + cpu + " is cut to the " + mostCpus + " that this worker gives a sandbox at most")
                : Optional.empty();
    }

    /** A config may ask for less than the operator gives, never for more ({@link SandboxBounds}). */
    static Network network(RuntimeConfig config, Network given) {
        if (given == Network.NONE || config.network() != null && !config.asksForNetwork()) {
            return Network.NONE;
        }
        return config.network() != null && config.network().isArray() ? Network.LISTED : given;
    }

    /** How long a sandbox may take until it serves, and then until it answers. */
    static Duration startup(RuntimeConfig config, Duration usual) {
        var asked = config.limits();
        return asked == null || asked.startupTimeoutS() == null ? usual : Duration.ofSeconds(asked.startupTimeoutS());
    }

    static SandboxLimits limits(RuntimeConfig config, SandboxLimits defaults, double mostCpus) {
        var limits = defaults.withGpus(config.gpus());
        if (config.gpuTypes().size() == 1) {
            limits = limits.withGpuType(config.gpuTypes().getFirst());
        }
        var memory = config.memoryMb();
        if (memory != null) {
            limits = limits.withMemoryBytes(memory * MIB);
        }
        var disk = config.storageMb();
        if (disk != null) {
            limits = limits.withDiskBytes(disk * MIB);
        }
        var cpu = config.cpu();
        if (cpu != null) {
            limits = limits.withCpus(Math.min(cpu, mostCpus));
        }
        limits = limits.withStartup(startup(config, limits.startup()));
        var asked = config.limits();
        if (asked != null && asked.runTimeoutS() != null) {
            // it is kept to from when the environment answers, by whoever drives the run; this is for when nobody does
            limits = limits.withLifetime(Duration.ofSeconds(asked.runTimeoutS()).plus(limits.startup()).plus(SPARE));
        }
        return limits;
    }
}
