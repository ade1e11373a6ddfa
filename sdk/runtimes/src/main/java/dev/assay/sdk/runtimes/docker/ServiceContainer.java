// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.HealthCheck;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import com.github.dockerjava.api.model.RestartPolicy;
import com.github.dockerjava.api.model.VolumeOptions;
import dev.assay.sdk.protocol.compose.ComposeProject;
import dev.assay.sdk.protocol.compose.ComposeService;
import dev.assay.sdk.protocol.compose.ComposeService.VolumeMount;
import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.SandboxLimits;
import dev.assay.sdk.runtimes.SandboxSpec;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the containers of a project's services are made of: what the document says, and the walls that every sandbox has. */
final class ServiceContainer {

    private final String sandbox;
    private final PreparedProject prepared;
    private final SandboxSpec spec;
    private final Map<String, String> labels;
    private final Path access;
    private final ComposeService owner;

    /** @param access the socket for {@link ServiceAccess}, where the project has that */
    ServiceContainer(String sandbox, PreparedProject prepared, SandboxSpec spec, Map<String, String> labels, Path access) {
        this.sandbox = sandbox;
        this.prepared = prepared;
        this.spec = spec;
        this.labels = labels;
        this.access = access;
        this.owner = prepared.project().networkOwner(prepared.main());
    }

    String name(ComposeService service) {
        return service.equals(prepared.main()) ? SandboxContainer.name(sandbox) : SandboxContainer.name(sandbox) + "-s-" + service.name();
    }

    /** The relay has the environment's network: who is in it joins the relay's. */
    Relay.Place placeOfRelay() {
        var networks = named(owner);
        if (networks.isEmpty()) {
            return new Relay.Place("none", List.of(), Map.of(), heldByRelay());
        }
        var first = networks.entrySet().iterator().next();
        networks.remove(first.getKey());
        return new Relay.Place(first.getKey(), first.getValue(), networks, heldByRelay());
    }

    /** What is in memory is gone once nobody has it mounted, such as between one service that fills it and the next: the relay always has it. */
    private List<Mount> heldByRelay() {
        return prepared.project().started().stream().flatMap(service -> service.volumes().stream()).map(VolumeMount::volume).distinct().sorted()
                .map(volume -> new Mount().withType(MountType.VOLUME).withSource(ProjectParts.name(sandbox, volume)).withTarget("/volumes/" + volume)
                        .withReadOnly(true).withVolumeOptions(new VolumeOptions().withNoCopy(true)))
                .toList();
    }

    /** The engine's networks that a service is in by itself, with its names there. */
    private Map<String, List<String>> named(ComposeService service) {
        Map<String, List<String>> networks = new LinkedHashMap<>();
        service.networks().forEach((network, others) -> {
            List<String> aliases = new ArrayList<>(others);
            aliases.add(service.name());
            networks.put(ProjectParts.name(sandbox, network), aliases);
        });
        return networks;
    }

    private boolean joinsRelay(ComposeService service) {
        return prepared.project().networkOwner(service).equals(owner);
    }

    private String network(ComposeService service) {
        if (joinsRelay(service)) {
            return "container:" + Relay.name(sandbox);
        }
        if (service.networkOf() != null) {
            return "container:" + name(prepared.project().networkOwner(service));
        }
        return service.networks().isEmpty() ? "none" : named(service).keySet().iterator().next();
    }

    /** Those beside the one that it is made with. */
    Map<String, List<String>> furtherNetworks(ComposeService service) {
        if (joinsRelay(service)) {
            return Map.of();
        }
        var networks = named(service);
        networks.remove(network(service));
        return networks;
    }

    Engine.Recipe recipe(ComposeService service) {
        return new Engine.Recipe(
                name(service), prepared.image(service).id(), service.user() == null ? "" : service.user(), List.of(), List.of(), variables(service),
                labels, host(service));
    }

    Consumer<CreateContainerCmd> more(ComposeService service) {
        return command -> {
            if (service.entrypoint() != null) {
                command.withEntrypoint(service.entrypoint());
            }
            if (service.command() != null) {
                command.withCmd(service.command());
            }
            if (service.workingDir() != null) {
                command.withWorkingDir(service.workingDir());
            }
            if (!joinsRelay(service) && !service.networks().isEmpty()) {
                command.withAliases(named(service).get(network(service)));
            }
            var check = service.healthCheck();
            if (check != null) {
                command.withHealthcheck(new HealthCheck().withTest(check.test()).withInterval(nanos(check.interval()))
                        .withTimeout(nanos(check.timeout())).withStartPeriod(nanos(check.startPeriod())).withRetries(check.retries()));
            }
        };
    }

    private static @Nullable Long nanos(@Nullable Duration duration) {
        return duration == null ? null : duration.toNanos();
    }

    private HostConfig host(ComposeService service) {
        var limits = limits(service);
        Set<String> scratch = new HashSet<>(prepared.image(service).volumes());
        scratch.addAll(service.scratch());
        List<Mount> mounts = new ArrayList<>();
        for (var volume : service.volumes()) {
            scratch.remove(volume.target());
            mounts.add(new Mount().withType(MountType.VOLUME).withSource(ProjectParts.name(sandbox, volume.volume())).withTarget(volume.target())
                    .withReadOnly(volume.readOnly()));
        }
        service.files().forEach(file -> scratch.remove(file.target()));
        if (prepared.project().hasAccess() && service.equals(prepared.main())) {
            ComposeProject.PLACES_OF_ACCESS.forEach(place -> mounts.add(
                    new Mount().withType(MountType.BIND).withSource(access.toString()).withTarget(place).withReadOnly(true)));
        }
        var host = SandboxContainer.walls(network(service), scratch, limits).withMounts(mounts).withReadonlyRootfs(service.readOnly())
                .withInit(service.init());
        if (service.restart() != null) {
            host.withRestartPolicy(RestartPolicy.parse(service.restart()));
        }
        return ProjectParts.withoutDns(network(service), host);
    }

    /** The environment has all that is given; the others together have as much again, each the same part. What a service says may be less. */
    private SandboxLimits limits(ComposeService service) {
        var limits = spec.limits();
        if (!service.equals(prepared.main())) {
            int others = prepared.project().started().size() - 1;
            limits = limits.withMemoryBytes(limits.memoryBytes() / others).withProcesses(Math.max(1, limits.processes() / others))
                    .withCpus(limits.cpus() / others).withGpus(0);
        }
        if (service.memoryBytes() != null) {
            limits = limits.withMemoryBytes(Math.min(limits.memoryBytes(), service.memoryBytes()));
        }
        if (service.processes() != null) {
            limits = limits.withProcesses((int) Math.min(limits.processes(), service.processes()));
        }
        if (service.cpus() != null) {
            limits = limits.withCpus(limits.cpus() > 0 ? Math.min(limits.cpus(), service.cpus()) : service.cpus());
        }
        return limits;
    }

    /** What was entrusted to the environment, the key of its run among it, is for the environment alone. */
    private List<String> variables(ComposeService service) {
        Map<String, String> variables = new TreeMap<>(service.environment());
        var door = door(service);
        if (door != null) {
            var theirs = service.equals(prepared.main()) ? spec : withoutVariables();
            variables.putAll(theirs.variables(door));
            for (var name : List.of("NO_PROXY", "no_proxy")) {
                variables.computeIfPresent(name, (same, hosts) -> spec.network() == Network.NONE ? hosts : hosts + "," + String.join(",", names()));
            }
        }
        return variables.entrySet().stream().map(variable -> variable.getKey() + "=" + variable.getValue()).toList();
    }

    private SandboxSpec withoutVariables() {
        return new SandboxSpec(spec.label(), spec.prepared(), spec.declaredName(), Map.of(), spec.network(), spec.limits());
    }

    /** What services of the project are called: they are asked for without the door. */
    private Set<String> names() {
        Set<String> names = new java.util.TreeSet<>();
        for (var service : prepared.project().started()) {
            names.add(service.name());
            service.networks().values().forEach(names::addAll);
        }
        return names;
    }

    /** Null: it has no way to it. */
    private @Nullable URI door(ComposeService service) {
        if (joinsRelay(service)) {
            return DockerRuntime.DOOR;
        }
        var own = prepared.project().networkOwner(service).networks().keySet();
        return Collections.disjoint(own, owner.networks().keySet()) ? null : URI.create("http://" + owner.name() + ":" + Relay.DOOR_PORT);
    }
}
