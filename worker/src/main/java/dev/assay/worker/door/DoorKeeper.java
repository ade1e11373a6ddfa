// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.door;

import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.Runtime;
import dev.assay.sdk.runtimes.SandboxSpec;
import dev.assay.sdk.runtimes.process.ProcessRuntime;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Opens the door before any sandbox can come to it, and tells environments where it is. */
@Component
public class DoorKeeper implements SmartLifecycle {

    /** Of {@link #variables}, those that no other run has. */
    public static final Set<String> OF_ONE_RUN = Set.of("HUD_API_KEY");

    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(15);
    private static final int MOST_ADDRESSES = 4;

    private final ProcessRuntime process;
    private final List<Runtime> runtimes;
    private final DoorSettings settings;
    private final KeyPlaceholders placeholders;
    private final ModelAnswers answers;
    private final URI gateway;
    private final Set<String> ownHosts;
    private final HostLists lists = new HostLists();
    private volatile @Nullable Door door;

    DoorKeeper(
            ProcessRuntime process, List<Runtime> runtimes, DoorSettings settings, KeyPlaceholders placeholders, ModelAnswers answers,
            @Value("${assay.gateway-url}") URI gateway, Environment spring) {
        this.process = process;
        this.runtimes = runtimes;
        this.settings = settings;
        this.placeholders = placeholders;
        this.answers = answers;
        this.gateway = gateway;
        this.ownHosts = ownHosts(spring);
    }

    /** What sandboxes get unless less is asked for. */
    public Network network() {
        return settings.network();
    }

    /**
     * Where sandboxes find the gateway's models.
     *
     * @param door of theirs; empty: they reach what this worker reaches
     */
    public String inference(Optional<URI> door) {
        return door.orElse(gateway) + "/inference";
    }

    /** What the published client reads, so that a judge or a model asked by the environment finds the gateway. */
    public Map<String, String> variables(Optional<URI> door, String key) {
        var base = door.orElse(gateway).toString();
        return Map.of(
                "HUD_API_KEY", key, "HUD_API_URL", base, "HUD_GATEWAY_URL", inference(door),
                "HUD_TELEMETRY_URL", base + "/telemetry/v3/api");
    }

    /**
     * What an environment finds among its variables that may reach these hosts alone.
     *
     * @param door of its sandbox
     */
    public Map<String, String> proxy(URI door, List<String> hosts) {
        return SandboxSpec.proxy(door.getScheme() + "://" + HostLists.USER + ":" + lists.pass(hosts) + "@" + door.getRawAuthority());
    }

    /**
     * A connection of this worker's own to where somebody wants one to lead, by the rule that holds for sandboxes: what they may not reach
     * is not reached for them either. For the caller to close.
     */
    public Socket dial(String host, int port) throws IOException {
        if (settings.network() != Network.OUTBOUND) {
            throw new IOException("'" + host + "' cannot be reached: this worker's operator lets nothing out");
        }
        var policy = new EgressPolicy(InetAddress::getAllByName, settings.networkAllow(), ownHosts);
        try {
            return connect(policy.addresses(host, port), LONGEST_CONNECT);
        } catch (EgressPolicy.RefusedException | UnknownHostException e) {
            throw e;
        } catch (IOException e) {
            var unreached = new ConnectException("'" + host + "' port " + port + " cannot be reached: " + e.getMessage());
            unreached.initCause(e);
            throw unreached;
        }
    }

    /**
     * To the first of the addresses that answers. Whoever owns a name decides how many it stands for: no more than four are tried, and each
     * has its part of what time is left.
     */
    static Socket connect(List<InetSocketAddress> addresses, Duration limit) throws IOException {
        long deadline = System.nanoTime() + limit.toNanos();
        var failure = new IOException("it has no address");
        int left = Math.min(MOST_ADDRESSES, addresses.size());
        for (var address : addresses.subList(0, left)) {
            var socket = new Socket();
            try {
                long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()) / left--;
                socket.connect(address, (int) Math.max(1, millis)); // 0 would be for ever
                return socket;
            } catch (IOException e) {
                socket.close();
                failure = e;
            }
        }
        throw failure;
    }

    @Override
    public void start() {
        if (runtimes.stream().allMatch(runtime -> runtime.door().isEmpty())) {
            return;
        }
        Map<Network, Path> sockets = new EnumMap<>(Network.class);
        for (var network : Set.of(Network.NONE, Network.OUTBOUND, Network.LISTED)) {
            sockets.put(network, process.doorOf(network));
        }
        try {
            door = Door.open(sockets, gateway, new EgressPolicy(InetAddress::getAllByName, settings.networkAllow(), ownHosts), lists, placeholders, answers);
        } catch (Exception e) {
            throw new IllegalStateException("the sandboxes' door cannot be opened", e);
        }
    }

    @Override
    public void stop() {
        var open = door;
        door = null;
        if (open != null) {
            try {
                open.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public boolean isRunning() {
        return door != null;
    }

    @Override
    public int getPhase() {
        return DEFAULT_PHASE - 10_000;
    }

    private static Set<String> ownHosts(Environment spring) {
        Set<String> hosts = new HashSet<>();
        Stream.of("gateway", "environment", "job", "grading", "trace", "training")
                .map(service -> spring.getProperty("assay." + service + "-url", URI.class))
                .filter(url -> url != null && url.getHost() != null)
                .forEach(url -> hosts.add(url.getHost()));
        return hosts;
    }
}
