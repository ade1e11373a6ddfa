// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.sandbox;

import dev.assay.sdk.protocol.RuntimeConfig;
import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.SandboxLimits;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a runtime config asks for, and what of it this worker's operator gives, whatever runs it. */
final class SandboxRequest {

    private static final long MIB = 1L << 20;
    private static final Duration SPARE = Duration.ofMinutes(2);

    /** The most that the operator lets one sandbox have. */
    record Most(long memoryBytes, long diskBytes, double cpus) {

        static final Most ALL = new Most(Long.MAX_VALUE, Long.MAX_VALUE, Double.MAX_VALUE);
    }

    private SandboxRequest() {}

    /** Why it cannot be given; empty if it can. With less memory or disk than it asks for it would only fail later. */
    static Optional<String> refusal(RuntimeConfig config, Most most) {
        return tooMuch("memory_mb", config.memoryMb(), most.memoryBytes())
                .or(() -> tooMuch("storage_mb", config.storageMb(), most.diskBytes()));
    }

    private static Optional<String> tooMuch(String resource, @Nullable Long asked, long mostBytes) {
        return asked != null && asked > mostBytes / (double) MIB
                ? Optional.of("runtime_config asks for resources." + resource + " " + asked + ": this worker gives a sandbox at most "
                        + mostBytes / MIB)
                : Optional.empty();
    }

    /** What is not given as it is asked for, though it runs; empty if all is. */
    static Optional<String> shortfall(RuntimeConfig config, Most most) {
        var cpu = config.cpu();
        return cpu != null && cpu > most.cpus()
                ? Optional.of("resources.cpu " + cpu + " is cut to the " + most.cpus() + " that this worker gives a sandbox at most")
                : Optional.empty();
    }

    /** A config may ask for less than the operator gives, never for more. */
    static Network network(RuntimeConfig config, Network given) throws NotRunnableException {
        var asked = config.network();
        if (asked == null) {
            return given;
        }
        if (asked.asString("").equals("none")) {
            return Network.NONE;
        }
        if (given == Network.NONE) {
            throw new NotRunnableException("runtime_config asks for network " + (asked.isArray() ? "to listed hosts" : "outbound")
                    + ": this worker gives sandboxes none");
        }
        return asked.isArray() ? Network.LISTED : given;
    }

    /** How long a sandbox may take until it serves, and then until it answers. */
    static Duration startup(RuntimeConfig config, Duration usual) {
        var asked = config.limits();
        return asked == null || asked.startupTimeoutS() == null ? usual : Duration.ofSeconds(asked.startupTimeoutS());
    }

    static SandboxLimits limits(RuntimeConfig config, SandboxLimits defaults, Most most) {
        var limits = defaults.withGpus(config.gpus());
        if (config.gpuTypes().size() == 1) {
            limits = limits.withGpuType(config.gpuTypes().getFirst());
        }
        var memory = config.memoryMb();
        if (memory != null) {
            limits = limits.withMemoryBytes(Math.min(memory * MIB, most.memoryBytes()));
        }
        var disk = config.storageMb();
        if (disk != null) {
            limits = limits.withDiskBytes(Math.min(disk * MIB, most.diskBytes()));
        }
        var cpu = config.cpu();
        if (cpu != null) {
            limits = limits.withCpus(Math.min(cpu, most.cpus()));
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
