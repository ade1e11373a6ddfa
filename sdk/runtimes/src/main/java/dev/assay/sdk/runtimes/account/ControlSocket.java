// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.account;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The control channel of a sandbox elsewhere, as this worker reaches it: each connection to this socket is carried there. */
final class ControlSocket implements AutoCloseable {

    /** Whoever asks whether it broke has seen it just before. */
    private static final Duration JUST_NOW = Duration.ofSeconds(30);

    private final Carriage carriage;
    private final Path path;
    private final ServerSocketChannel listening;
    private final Set<SocketChannel> peers = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;
    private volatile Optional<Break> broke = Optional.empty();

    private record Break(String because, long atNanos) {}

    ControlSocket(Carriage carriage, Path path) throws IOException {
        this.carriage = carriage;
        this.path = path;
        this.listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path));
        Thread.ofVirtual().name("control-socket").start(this::accept);
    }

    UnixDomainSocketAddress address() {
        return UnixDomainSocketAddress.of(path);
    }

    /** What broke just now; empty if nothing did. */
    Optional<String> brokeBecause() {
        return broke.filter(one -> System.nanoTime() - one.atNanos() < JUST_NOW.toNanos()).map(Break::because);
    }

    private void accept() {
        while (listening.isOpen()) {
            try {
                var peer = listening.accept();
                peers.add(peer);
                Thread.startVirtualThread(() -> carry(peer));
            } catch (IOException e) {
                pause(); // closed, or there are too many open files
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void carry(SocketChannel peer) {
        try (peer) {
            carriage.carry(peer);
        } catch (IOException e) {
            if (!closed && peer.isOpen()) {
                broke = Optional.of(new Break("the connection to its sandbox broke off: " + e.getMessage(), System.nanoTime()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            peers.remove(peer);
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            listening.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // a socket's name, in a folder of this process's own
        }
        List.copyOf(peers).forEach(ControlSocket::hangUp);
        carriage.close();
    }

    private static void hangUp(SocketChannel peer) {
        try {
            peer.close();
        } catch (IOException e) {
            // it is closed
        }
    }
}
