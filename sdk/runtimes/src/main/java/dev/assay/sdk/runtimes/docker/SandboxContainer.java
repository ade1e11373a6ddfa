// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.DeviceRequest;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.Ulimit;
import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.sdk.runtimes.SandboxLimits;
import dev.assay.sdk.runtimes.SandboxSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the container of an environment is made of: the image as it stands, and walls around it. */
final class SandboxContainer {

    private static final long SHARED_MEMORY = 64L << 20;
    private static final long LARGER_THAN_LIMIT = 1L << 20;

    private static final Pattern NAME_OF = Pattern.compile("/?assay-" + OpenSandboxes.IDS + "-of-(?<run>.+)-(?<attempt>\\d{1,9})");

    private SandboxContainer() {}

    static String name(String sandbox) {
        return "assay-" + sandbox;
    }

    /** Of one that was started before its run was known: with what a label would have said of that. */
    static String name(String sandbox, SandboxLabel of) {
        return name(sandbox) + "-of-" + of.run().replaceAll("[^A-Za-z0-9_.-]", "_") + "-" + of.attempt();
    }

    /** Which run's one of these names says that it is; empty if none does. */
    static Optional<SandboxLabel> of(String... names) {
        return Stream.of(names)
                .map(NAME_OF::matcher)
                .filter(Matcher::matches)
                .map(match -> new SandboxLabel(match.group("run"), Integer.parseInt(match.group("attempt"))))
                .findFirst();
    }

    static Engine.Recipe recipe(String sandbox, DockerImage image, SandboxSpec spec, Map<String, String> labels) {
        return new Engine.Recipe(
                name(sandbox), image.id(), "", List.of(), List.of(), variables(spec), labels, walls(sandbox, image, spec.limits()));
    }

    static HostConfig walls(String sandbox, DockerImage image, SandboxLimits limits) {
        return walls("container:" + Relay.name(sandbox), image.volumes(), limits);
    }

    /**
     * The engine's own seccomp profile holds where nothing else is said.
     *
     * @param scratch folders that are in memory
     */
    static HostConfig walls(String network, Set<String> scratch, SandboxLimits limits) {
        // the engine mounts files of its own that nobody counts, such as /etc/hosts; what is counted may first grow to more than its limit
        var largestFile = limits.diskBytes() + LARGER_THAN_LIMIT;
        var host = new HostConfig()
                .withNetworkMode(network)
                .withCapDrop(Capability.ALL)
                .withSecurityOpts(List.of("no-new-privileges"))
                .withIpcMode("private")
                .withMemory(limits.memoryBytes())
                .withMemorySwap(limits.memoryBytes())
                .withPidsLimit((long) limits.processes())
                .withShmSize(SHARED_MEMORY)
                .withUlimits(List.of(new Ulimit("core", 0L, 0L), new Ulimit("fsize", largestFile, largestFile)))
                .withLogConfig(new LogConfig(LogConfig.LoggingType.NONE))
                // a volume would be on the disk, where nobody counts what is in it; this counts as the sandbox's memory
                .withTmpFs(scratch.stream().collect(Collectors.toMap(path -> path, path -> "rw,size=" + limits.memoryBytes())));
        if (limits.cpus() > 0) {
            host.withNanoCPUs((long) (limits.cpus() * 1e9));
        }
        if (limits.gpus() > 0) {
            host.withDeviceRequests(List.of(new DeviceRequest().withCount(limits.gpus()).withCapabilities(List.of(List.of("gpu")))));
        }
        return host;
    }

    private static List<String> variables(SandboxSpec spec) {
        return spec.variables(DockerRuntime.DOOR).entrySet().stream().map(variable -> variable.getKey() + "=" + variable.getValue()).toList();
    }
}
