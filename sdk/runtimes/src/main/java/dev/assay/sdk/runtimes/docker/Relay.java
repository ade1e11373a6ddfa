// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import dev.assay.sdk.runtimes.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The container that has a sandbox's network, and is there before it: a loopback device, and two relays that join it to the worker's
 * sockets. The sandbox joins that network and can take neither's place.
 *
 * @param folder where the worker's sockets lie
 */
record Relay(Path folder) {

    /** Where images serve. */
    private static final int CONTROL_PORT = 8765;

    /** Below the ports that the system gives away by itself. */
    static final int DOOR_PORT = 7388;

    /** The door listens before the control socket does: whoever sees that one knows that both are there. */
    private static final String SCRIPT = """
            relay() { socat -b 65536 -t 7200 "$1,fork,max-children=128,backlog=128" "$2"; }
            listed() { while read -r line; do case $line in *"$1"*) return 0 ;; esac; done <"$2"; return 1; }
            relay "TCP4-LISTEN:%d,bind=$3,reuseaddr" "UNIX-CONNECT:/sockets/$1" &
            until listed ":%04X " /proc/net/tcp; do :; done
            exec socat -b 65536 -t 7200 "UNIX-LISTEN:/sockets/$2,mode=600,fork,max-children=128,backlog=128" "TCP4:127.0.0.1:%d,nodelay"
            """.formatted(DOOR_PORT, DOOR_PORT, CONTROL_PORT);

    /** It is well that nobody has the address, which the kernel says after some seconds. Silence is a firewall's: it may let others through. */
    private static final String PROBE = """
            said=$(socat -u OPEN:/dev/null "TCP4:$1:1,connect-timeout=15" 2>&1) && exit 1
            case $said in *efused*) exit 1 ;; *nreachable* | *"o route"*) exit 0 ;; *) exit 2 ;; esac
            """;

    private static final long MEMORY = 128L << 20;
    private static final long PROCESSES = 300;

    /**
     * Where a relay's network leads beside its sockets.
     *
     * @param network of the engine's; {@code none}: a loopback device is all there is
     * @param aliases its names there
     * @param more networks, with its names in each
     * @param volumes that are mounted for as long as it runs; nobody in it reads them
     */
    record Place(String network, List<String> aliases, Map<String, List<String>> more, List<Mount> volumes) {

        static final Place ALONE = new Place("none", List.of(), Map.of(), List.of());

        /** Who is in the same networks finds the door, too. */
        private String doorsAddress() {
            return network.equals("none") ? "127.0.0.1" : "0.0.0.0";
        }
    }

    static String name(String sandbox) {
        return "assay-" + sandbox + "-relay";
    }

    Path control(String sandbox) {
        return folder.resolve(sandbox);
    }

    Engine.Recipe recipe(String sandbox, String image, Network network, Place place, Map<String, String> labels) throws IOException {
        var sockets = new Mount().withType(MountType.BIND).withSource(folder.toString()).withTarget("/sockets");
        var host = walls(place.network()).withMounts(Stream.concat(Stream.of(sockets), place.volumes().stream()).toList());
        var user = Files.getAttribute(folder, "unix:uid") + ":" + Files.getAttribute(folder, "unix:gid");
        return new Engine.Recipe(
                name(sandbox), image, user, List.of("/bin/sh", "-c", SCRIPT, "sh"), List.of(network.socket(), sandbox, place.doorsAddress()), List.of("PATH=/usr/bin:/bin"),
                labels, host);
    }

    /** Ends well if nobody answers at an address of a network. */
    static Engine.Recipe probe(String sandbox, String image, String network, String address, Map<String, String> labels) {
        return new Engine.Recipe(
                name(sandbox), image, "65534:65534", List.of("/bin/sh", "-c", PROBE, "sh"), List.of(address), List.of("PATH=/usr/bin:/bin"), labels,
                walls(network));
    }

    private static HostConfig walls(String network) {
        var host = new HostConfig()
                .withNetworkMode(network)
                .withReadonlyRootfs(true)
                .withCapDrop(Capability.ALL)
                .withSecurityOpts(List.of("no-new-privileges"))
                .withIpcMode("private")
                .withMemory(MEMORY)
                .withMemorySwap(MEMORY)
                .withPidsLimit(PROCESSES)
                .withLogConfig(new LogConfig(LogConfig.LoggingType.NONE));
        return ProjectParts.withoutDns(network, host);
    }
}
