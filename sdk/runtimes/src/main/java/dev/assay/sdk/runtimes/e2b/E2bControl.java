// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.e2b;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * The control channel of a sandbox: a socket of the worker's, each of whose connections is joined to the environment's port by a process in
 * there whose input and output it becomes.
 */
final class E2bControl implements AutoCloseable {

    private static final int CHUNK = 48 * 1024;

    /** Whoever asks whether it broke has seen it just before. */
    private static final Duration JUST_NOW = Duration.ofSeconds(30);

    private static final Executor LATER = CompletableFuture.delayedExecutor(30, TimeUnit.SECONDS, Thread::startVirtualThread);

    private static final String JOIN =
            """
            import os, socket, sys, threading
            peer = socket.create_connection(("127.0.0.1", %d))
            def send():
                while data := os.read(0, 65536):
                    peer.sendall(data)
                peer.shutdown(socket.SHUT_WR)
            threading.Thread(target=send, daemon=True).start()
            while data := peer.recv(32768):
                while data:
                    data = data[os.write(1, data):]
            """
                    .formatted(E2bRuntime.CONTROL_PORT);

    private final Envd envd;
    private final Path path;
    private final ServerSocketChannel listening;
    private final Set<SocketChannel> peers = ConcurrentHashMap.newKeySet();
    private final Set<Envd.Events> heard = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;
    private volatile Optional<Break> broke = Optional.empty();

    private record Break(String because, long atNanos) {}

    E2bControl(Envd envd, Path path) throws IOException {
        this.envd = envd;
        this.path = path;
        this.listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path));
        Thread.ofVirtual().name("e2b-control").start(this::accept);
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
                Thread.startVirtualThread(() -> join(peer));
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

    private void join(SocketChannel peer) {
        try (peer; var events = envd.start(E2bRuntime.inside("exec python3 -c \"$0\"", JOIN), Map.of(), true)) {
            heard.add(events);
            try {
                carry(peer, events);
            } finally {
                heard.remove(events);
            }
        } catch (IOException e) {
            broken(peer, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            peers.remove(peer);
        }
    }

    private void carry(SocketChannel peer, Envd.Events events) {
        long process = 0;
        try {
            for (var event = events.next(); event.isPresent() && !closed; event = events.next()) {
                if (event.get().has("start")) {
                    long pid = event.get().path("start").path("pid").asLong(0);
                    process = pid;
                    Thread.startVirtualThread(() -> send(peer, pid));
                }
                if (!written(peer, Envd.said(event.get(), "stdout"))) {
                    kill(process);
                    return;
                }
            }
        } catch (IOException e) {
            broken(peer, e);
            kill(process);
        }
    }

    /** False: nobody reads it any more, which is how connections end. */
    private static boolean written(SocketChannel peer, byte[] said) {
        try {
            for (var bytes = ByteBuffer.wrap(said); bytes.hasRemaining(); ) {
                peer.write(bytes);
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Each piece waits for the one before: so they arrive in their order, and no faster than they are taken. */
    private void send(SocketChannel peer, long pid) {
        var buffer = ByteBuffer.allocate(CHUNK);
        try {
            while (peer.read(buffer.clear()) >= 0) {
                envd.send(pid, buffer.flip());
            }
            envd.closeInput(pid);
            LATER.execute(() -> {
                if (peers.contains(peer)) {
                    kill(pid); // an environment that does not hang up
                }
            });
        } catch (IOException e) {
            broken(peer, e);
            kill(pid);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Nobody reads any more what it would read on for. */
    private void kill(long pid) {
        try {
            if (!closed) {
                envd.kill(pid);
            }
        } catch (IOException e) {
            // it has ended
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether a socket of this side was closed does not matter: that is how connections end. */
    private void broken(SocketChannel peer, IOException e) {
        if (!closed && peer.isOpen()) {
            broke = Optional.of(new Break("the connection to its sandbox broke off: " + e.getMessage(), System.nanoTime()));
        }
        hangUp(peer);
    }

    private static void hangUp(SocketChannel peer) {
        try {
            peer.close();
        } catch (IOException e) {
            // it is closed
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
        List.copyOf(peers).forEach(E2bControl::hangUp);
        List.copyOf(heard).forEach(Envd.Events::close); // whatever becomes of the sandbox
    }
}
