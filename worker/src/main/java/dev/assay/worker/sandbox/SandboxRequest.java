// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.sandbox;

import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.SandboxLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a row's runtime config asks for, and what of it the {@code process} runtime can give. */
final class SandboxRequest {

    private static final List<String> IMPOSSIBLE_RESOURCES = List.of("gpu", "tpu", "os");
    private static final long MIB = 1L << 20;
    private static final Duration SPARE = Duration.ofMinutes(2);

    /** The most that the operator lets one sandbox have. */
    record Most(long memoryBytes, long diskBytes, double cpus) {}

    private SandboxRequest() {}

    /** The row's config over the environment's default, member by member of the top level; image and compose exclude each other. */
    static @Nullable JsonNode effective(@Nullable JsonNode environments, @Nullable JsonNode rows) {
        if (!(rows instanceof ObjectNode row) || row.isEmpty()) {
            return environments;
        }
        if (!(environments instanceof ObjectNode base)) {
            return row;
        }
        var merged = base.deepCopy();
        if (row.hasNonNull("image")) {
            merged.remove("compose");
        }
        if (row.hasNonNull("compose")) {
            merged.remove("image");
        }
        return merged.setAll(row);
    }

    /** Why this runtime cannot run it; empty if it can. With less memory or disk than it asks for it would only fail later. */
    static Optional<String> refusal(@Nullable JsonNode config, Most most) {
        if (config == null) {
            return Optional.empty();
        }
        List<String> asked = new ArrayList<>();
        for (var member : List.of("image", "compose")) {
            if (config.hasNonNull(member)) {
                asked.add(member);
            }
        }
        for (var member : IMPOSSIBLE_RESOURCES) {
            if (config.path("resources").hasNonNull(member)) {
                asked.add("resources." + member);
            }
        }
        if (!asked.isEmpty()) {
            return Optional.of("runtime_config asks for " + String.join(", ", asked)
                    + ": this worker runs environments as processes and has no such thing");
        }
        return tooMuch(config, "memory_mb", most.memoryBytes()).or(() -> tooMuch(config, "storage_mb", most.diskBytes()));
    }

    private static Optional<String> tooMuch(JsonNode config, String resource, long mostBytes) {
        var asked = config.path("resources").path(resource);
        return asked.isNumber() && asked.asDouble(Double.MAX_VALUE) > mostBytes / (double) MIB
                ? Optional.of("runtime_config asks for resources." + resource + " " + asked.asString()
                        + ": this worker gives a sandbox at most " + mostBytes / MIB)
                : Optional.empty();
    }

    /** What is not given as it is asked for, though it runs; empty if all is. */
    static Optional<String> shortfall(@Nullable JsonNode config, Most most, boolean limitsCpus) {
        var cpu = config == null ? null : config.path("resources").get("cpu");
        if (cpu == null || !cpu.isNumber()) {
            return Optional.empty();
        }
        if (!limitsCpus) {
            return Optional.of("resources.cpu " + cpu + " is not kept to: this worker cannot limit processors");
        }
        return cpu.asDouble(Double.MAX_VALUE) > most.cpus()
                ? Optional.of("resources.cpu " + cpu + " is cut to the " + most.cpus() + " that this worker gives a sandbox at most")
                : Optional.empty();
    }

    /** A config may ask for less than the operator gives, never for more. */
    static Network network(@Nullable JsonNode config, Network given) throws NotRunnableException {
        if (config == null || !config.hasNonNull("network")) {
            return given;
        }
        return switch (config.path("network").asString("")) {
            case "none" -> Network.NONE;
            case "outbound" -> {
                if (given == Network.NONE) {
                    throw new NotRunnableException("runtime_config asks for network outbound: this worker gives sandboxes none");
                }
                yield given;
            }
            default -> throw new NotRunnableException("runtime_config.network must be 'none' or 'outbound'");
        };
    }

    static SandboxLimits limits(@Nullable JsonNode config, SandboxLimits defaults, Most most) {
        if (config == null) {
            return defaults;
        }
        var limits = defaults;
        var memory = config.path("resources").path("memory_mb");
        if (memory.isNumber() && memory.asLong() > 0) {
            limits = limits.withMemoryBytes(Math.min(memory.asLong() * MIB, most.memoryBytes()));
        }
        var disk = config.path("resources").path("storage_mb");
        if (disk.isNumber() && disk.asLong() > 0) {
            limits = limits.withDiskBytes(Math.min(disk.asLong() * MIB, most.diskBytes()));
        }
        var cpu = config.path("resources").path("cpu");
        if (cpu.isNumber() && cpu.asDouble(Double.MAX_VALUE) > 0) {
            limits = limits.withCpus(Math.min(cpu.asDouble(Double.MAX_VALUE), most.cpus()));
        }
        var startup = config.path("limits").path("startup_timeout_s");
        if (startup.isNumber() && startup.asLong() > 0) {
            limits = limits.withStartup(Duration.ofSeconds(startup.asLong()));
        }
        var run = config.path("limits").path("run_timeout_s");
        if (run.isNumber() && run.asLong() > 0) {
            // it is kept to from when the environment answers, by whoever drives the run; this is for when nobody does
            limits = limits.withLifetime(Duration.ofSeconds(run.asLong()).plus(limits.startup()).plus(SPARE));
        }
        return limits;
    }
}
