// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.daytona;

import dev.assay.sdk.runtimes.account.Carriage;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Joins each connection to the environment's port through a WebSocket to the {@link Bridge} in the sandbox. */
final class DaytonaControl implements Carriage {

    private static final int CHUNK = 32 * 1024;
    private static final long AGAIN_MILLIS = 200;

    /** The bridge is started just before the environment; on the way there, a proxy may not know of it yet. */
    private static final Duration COMES = Duration.ofSeconds(10);

    /** A busy environment may not take what it is sent for a while, and pings wait behind that. */
    private static final Duration SILENCE = Duration.ofSeconds(60);

    private static final Executor LATER = CompletableFuture.delayedExecutor(30, TimeUnit.SECONDS, Thread::startVirtualThread);

    private final HttpClient http;
    private final DaytonaApi.Preview bridge;
    private final Set<DaytonaSocket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    DaytonaControl(HttpClient http, DaytonaApi.Preview bridge) {
        this.http = http;
        this.bridge = bridge;
    }

    @Override
    public void carry(SocketChannel peer) throws IOException, InterruptedException {
        try (var socket = open(peer)) {
            sockets.add(socket);
            try {
                carry(peer, socket);
            } finally {
                sockets.remove(socket);
            }
        }
    }

    private DaytonaSocket open(SocketChannel peer) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + COMES.toNanos();
        while (true) {
            try {
                return DaytonaSocket.open(http, bridge.url(), bridge.token(), SILENCE, piece -> write(peer, piece));
            } catch (IOException e) {
                if (closed || !peer.isOpen() || System.nanoTime() - deadline >= 0) {
                    throw e;
                }
            }
            Thread.sleep(AGAIN_MILLIS);
        }
    }

    private void carry(SocketChannel peer, DaytonaSocket socket) throws IOException, InterruptedException {
        if (closed) {
            return;
        }
        Thread.startVirtualThread(() -> send(peer, socket));
        socket.awaitEnd();
    }

    private static void write(SocketChannel peer, ByteBuffer piece) throws IOException {
        while (piece.hasRemaining()) {
            peer.write(piece);
        }
    }

    private static void send(SocketChannel peer, DaytonaSocket socket) {
        var buffer = ByteBuffer.allocate(CHUNK);
        try {
            while (peer.read(buffer.clear()) >= 0) {
                socket.send(buffer.flip());
            }
            socket.sendEnd();
            LATER.execute(() -> {
                if (peer.isOpen()) {
                    socket.close(); // an environment that does not hang up
                }
            });
        } catch (IOException e) {
            socket.breakOff(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed = true;
        List.copyOf(sockets).forEach(DaytonaSocket::close);
    }
}
