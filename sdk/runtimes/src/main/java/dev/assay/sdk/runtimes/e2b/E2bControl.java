// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.e2b;

import dev.assay.sdk.runtimes.account.Carriage;
import dev.assay.sdk.runtimes.account.ImageCommands;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Joins each connection to the environment's port by a process in the sandbox whose input and output it becomes. */
final class E2bControl implements Carriage {

    private static final int CHUNK = 48 * 1024;

    private static final Executor LATER = CompletableFuture.delayedExecutor(30, TimeUnit.SECONDS, Thread::startVirtualThread);

    private final Envd envd;
    private final Set<Envd.Events> heard = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    E2bControl(Envd envd) {
        this.envd = envd;
    }

    @Override
    public void carry(SocketChannel peer) throws IOException, InterruptedException {
        try (var events = envd.start(ImageCommands.join(), Map.of(), true)) {
            heard.add(events);
            try {
                carry(peer, events);
            } finally {
                heard.remove(events);
            }
        }
    }

    private void carry(SocketChannel peer, Envd.Events events) throws IOException {
        long process = 0;
        var failure = new AtomicReference<IOException>();
        try {
            for (var event = events.next(); event.isPresent() && !closed; event = events.next()) {
                if (event.get().has("start")) {
                    long pid = event.get().path("start").path("pid").asLong(0);
                    process = pid;
                    Thread.startVirtualThread(() -> send(peer, events, pid, failure));
                }
                if (!written(peer, Envd.said(event.get(), "stdout"))) {
                    kill(process);
                    return;
                }
            }
        } catch (IOException e) {
            kill(process);
            var sending = failure.get();
            throw sending == null ? e : sending;
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
    private void send(SocketChannel peer, Envd.Events events, long pid, AtomicReference<IOException> failure) {
        var buffer = ByteBuffer.allocate(CHUNK);
        try {
            while (peer.read(buffer.clear()) >= 0) {
                envd.send(pid, buffer.flip());
            }
            envd.closeInput(pid);
            LATER.execute(() -> {
                if (peer.isOpen()) {
                    kill(pid); // an environment that does not hang up
                }
            });
        } catch (IOException e) {
            failure.set(e);
            kill(pid);
            events.close();
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

    @Override
    public void close() {
        closed = true;
        List.copyOf(heard).forEach(Envd.Events::close);
    }
}
