// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.remote;

import dev.assay.sdk.protocol.Dial;
import dev.assay.sdk.runtimes.Sandbox;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** One run's view of what somebody else serves. */
final class RemoteSandbox implements Sandbox {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final InetSocketAddress named;
    private final InetSocketAddress found;
    private volatile boolean closed;

    RemoteSandbox(InetSocketAddress named, InetSocketAddress found) {
        this.named = named;
        this.found = found;
    }

    @Override
    public SocketAddress address() {
        return found;
    }

    @Override
    public Optional<URI> door() {
        return Optional.empty();
    }

    /** What it prints, whoever serves it sees. */
    @Override
    public String outputTail() {
        return "";
    }

    @Override
    public boolean alive() {
        return !closed;
    }

    @Override
    public Optional<String> lostBecause() {
        if (closed) {
            return Optional.empty();
        }
        try (var socket = Dial.to(found, LIMIT)) {
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("the environment at " + RemoteRuntime.name(named) + " does not answer any more: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
