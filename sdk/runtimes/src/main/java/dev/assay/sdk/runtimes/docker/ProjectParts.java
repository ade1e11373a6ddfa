// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Network;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** What a project has beside containers: networks that lead nowhere, and volumes in memory. Their labels are those of the containers. */
final class ProjectParts {

    /** Addresses that nobody has outside of laboratories: 198.18.0.0/15, in which there is room for 2048 networks of 64. */
    private static final int MOST_NETWORKS = 2048;

    private static final int TRIES = 32;

    /** The bridge has no address of the machine's; without that it leads to whatever the machine listens on. */
    private static final Map<String, String> WITHOUT_THE_MACHINE = Map.of("com.docker.network.bridge.inhibit_ipv4", "true");

    private final Engine engine;

    ProjectParts(Engine engine) {
        this.engine = engine;
    }

    static String name(String sandbox, String part) {
        return SandboxContainer.name(sandbox) + "-" + part;
    }

    /** Names of services are known to the engine; what it does not know it would ask of the machine's own name servers. */
    static HostConfig withoutDns(String network, HostConfig host) {
        return network.equals("none") || network.startsWith("container:")
                ? host
                : host.withDns("127.0.0.1").withDnsOptions(List.of("timeout:1", "attempts:1"));
    }

    /** Returns an address in it that nobody has. */
    String createNetwork(String name, Map<String, String> labels) throws EngineException {
        for (int tries = 1; ; tries++) {
            int at = ThreadLocalRandom.current().nextInt(MOST_NETWORKS) * 64;
            var base = "198." + (18 + at / 65536) + "." + at / 256 % 256 + ".";
            var subnet = new Network.Ipam.Config().withSubnet(base + at % 256 + "/26").withGateway(base + (at % 256 + 1));
            try {
                engine.ask(docker -> docker.createNetworkCmd().withName(name).withDriver("bridge").withInternal(true).withEnableIpv6(false)
                        .withIpam(new Network.Ipam().withConfig(subnet)).withOptions(WITHOUT_THE_MACHINE).withLabels(labels).exec());
                return base + (at % 256 + 1);
            } catch (EngineException e) {
                if (tries == TRIES || !String.valueOf(e.getMessage()).contains("overlaps")) {
                    throw e;
                }
            }
        }
    }

    void connect(String container, String network, List<String> aliases) throws EngineException {
        engine.ask(docker -> docker.connectToNetworkCmd().withNetworkId(network).withContainerId(container)
                .withContainerNetwork(new ContainerNetwork().withAliases(aliases)).exec());
    }

    void createVolume(String name, long bytes, Map<String, String> labels) throws EngineException {
        var options = Map.of("type", "tmpfs", "device", "tmpfs", "o", "size=" + bytes);
        engine.ask(docker -> docker.createVolumeCmd().withName(name).withDriver("local").withDriverOpts(options).withLabels(labels).exec());
    }

    /** Of all that there are of sandboxes. */
    Stream<Map<String, String>> labels() throws EngineException {
        return Stream.concat(
                networks(DockerLabels.SANDBOX).stream().map(network -> labelled(network.getLabels())),
                volumes(DockerLabels.SANDBOX).map(volume -> labelled(volume.getLabels())));
    }

    private static Map<String, String> labelled(Map<String, String> labels) {
        return Optional.ofNullable(labels).orElse(Map.of());
    }

    /** Once no container is in them. */
    void remove(String sandbox) throws EngineException {
        var label = DockerLabels.SANDBOX + "=" + sandbox;
        for (var network : networks(label)) {
            removed(() -> engine.ask(docker -> docker.removeNetworkCmd(network.getId()).exec()));
        }
        for (var volume : volumes(label).toList()) {
            removed(() -> engine.ask(docker -> docker.removeVolumeCmd(volume.getName()).exec()));
        }
    }

    private interface Removal {
        void run() throws EngineException;
    }

    private static void removed(Removal removal) throws EngineException {
        try {
            removal.run();
        } catch (EngineException e) {
            if (!e.isMissing()) {
                throw e;
            }
        }
    }

    private List<Network> networks(String label) throws EngineException {
        return engine.ask(docker -> docker.listNetworksCmd().withFilter("label", List.of(label)).exec());
    }

    private Stream<com.github.dockerjava.api.command.InspectVolumeResponse> volumes(String label) throws EngineException {
        var found = engine.ask(docker -> docker.listVolumesCmd().withFilter("label", List.of(label)).exec()).getVolumes();
        return found == null ? Stream.empty() : found.stream();
    }
}
