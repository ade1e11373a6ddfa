// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.remote;

import dev.assay.sdk.protocol.RuntimeConfig;
import dev.assay.sdk.runtimes.Prepared;
import dev.assay.sdk.runtimes.Runtime;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxSpec;
import dev.assay.sdk.runtimes.Source;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/** Starts nothing and ends nothing: an environment is served at an address, and each run has a session of its own there. */
public final class RemoteRuntime implements Runtime {

    public static final String NAME = "remote";

    private static final Duration RETRY_EVERY = Duration.ofMillis(500);

    private final Reach reach;

    /** Who decides what may be connected to. */
    @FunctionalInterface
    public interface Reach {

        /** @throws IOException if it is not allowed, or nobody answers; the message is for people */
        Socket dial(String host, int port) throws IOException;
    }

    public RemoteRuntime(Reach reach) {
        this.reach = reach;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Optional<String> refusal(RuntimeConfig config) {
        return Optional.empty();
    }

    @Override
    public Optional<String> shortfall(RuntimeConfig config) {
        return config.resources() == null && config.network() == null
                ? Optional.empty()
                : Optional.of("resources and network are up to whoever serves " + config.remote());
    }

    private record Address(InetSocketAddress named) implements Prepared {}

    @Override
    public Prepared prepare(Source source, Consumer<String> log) {
        if (!(source instanceof Source.Remote remote)) {
            throw new IllegalArgumentException("no address: " + source);
        }
        return new Address(remote.address());
    }

    /**
     * The name is looked up here, and what was found is what every connection of this run goes to: a name that comes to stand for something
     * else meanwhile leads nobody there.
     */
    @Override
    public Sandbox launch(SandboxSpec spec) throws SandboxException, InterruptedException {
        var named = ((Address) spec.prepared()).named();
        long deadline = System.nanoTime() + spec.limits().startup().toNanos();
        while (true) {
            try (var socket = reach.dial(named.getHostString(), named.getPort())) {
                return new RemoteSandbox(named, (InetSocketAddress) socket.getRemoteSocketAddress());
            } catch (ConnectException | SocketTimeoutException e) {
                if (System.nanoTime() >= deadline) {
                    throw new SandboxException("the environment at " + name(named) + " did not answer: " + e.getMessage(), e);
                }
            } catch (IOException e) {
                throw new SandboxException("the environment at " + name(named) + " cannot be reached: " + e.getMessage(), e);
            }
            Thread.sleep(RETRY_EVERY);
        }
    }

    static String name(InetSocketAddress named) {
        return "tcp://" + named.getHostString() + ":" + named.getPort();
    }

    /** It shares no network with this worker. */
    @Override
    public Optional<URI> door() {
        return Optional.empty();
    }

    @Override
    public int reap(Instant now) {
        return 0;
    }
}
