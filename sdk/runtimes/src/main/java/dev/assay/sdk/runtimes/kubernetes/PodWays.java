// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How a worker and one of its pods reach each other. The control channel is a socket of the worker's, each of whose connections leads to
 * where the environment serves; a few connections wait at the pod's relay for somebody who comes to the door.
 */
final class PodWays implements AutoCloseable {

    private static final int WAITING = 4;
    private static final Duration AGAIN = Duration.ofMillis(500);

    /** Whoever asks whether it broke has seen it just before. */
    private static final Duration JUST_NOW = Duration.ofSeconds(30);

    private final KubernetesClient client;
    private final String namespace;
    private final String pod;
    private final Path control;
    private final Path door;
    /** With the port that each leads to. */
    private final Map<PodForward, Integer> open = new ConcurrentHashMap<>();

    /** Goes up whenever the door is opened or closed: whoever waits there since before waits no more. */
    private final AtomicInteger season = new AtomicInteger();

    private final ServerSocketChannel listening;
    private volatile boolean closed;
    private volatile Optional<Break> broke = Optional.empty();

    private record Break(String because, long atNanos) {}

    /**
     * @param control where to listen
     * @param door the worker's, for this kind of network
     */
    PodWays(KubernetesClient client, String namespace, String pod, Path control, Path door) throws IOException {
        this.client = client;
        this.namespace = namespace;
        this.pod = pod;
        this.control = control;
        this.door = door;
        this.listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(control));
    }

    /** Once the pod runs. */
    void begin() {
        Thread.ofVirtual().name("control-" + pod).start(this::accept);
        openDoor();
    }

    void openDoor() {
        int now = season.incrementAndGet();
        for (int number = 0; number < WAITING; number++) {
            awaitSomebody(now);
        }
    }

    /** Whoever has come through is cut off, and whoever comes waits until it is open again. */
    void closeDoor() {
        season.incrementAndGet();
        open.forEach((forward, port) -> {
            if (port == SandboxPod.WAITING_PORT) {
                forward.close();
            }
        });
    }

    private void accept() {
        try {
            while (true) {
                var peer = listening.accept();
                open(SandboxPod.CONTROL_PORT, () -> peer, false, () -> hangUp(peer));
            }
        } catch (IOException e) {
            if (listening.isOpen()) {
                later(this::accept); // as when there are too many open files
            }
        }
    }

    /** Also on whoever came and was led nowhere. */
    private static void hangUp(SocketChannel peer) {
        try {
            peer.close();
        } catch (IOException e) {
            // it is closed
        }
    }

    /** Each that was used is followed by another. */
    private void awaitSomebody(int since) {
        if (closed || since != season.get()) {
            return;
        }
        var used = new AtomicBoolean();
        var forward = open(
                SandboxPod.WAITING_PORT,
                () -> {
                    if (since != season.get()) {
                        throw new IOException("the door was closed");
                    }
                    used.set(true);
                    awaitSomebody(since);
                    return connected(door);
                },
                true,
                () -> {
                    if (!used.get()) {
                        later(() -> awaitSomebody(since));
                    }
                });
        if (since != season.get()) {
            forward.close(); // whoever closed the door may have looked before it was there
        }
    }

    private static SocketChannel connected(Path path) throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(path));
    }

    /** Completed when the environment takes connections. */
    void watch(CompletableFuture<?> serving) {
        if (closed || serving.isDone()) {
            return;
        }
        open(
                SandboxPod.SERVING_PORT,
                () -> {
                    serving.complete(null);
                    throw new IOException("there is no more to hear");
                },
                true,
                () -> later(() -> watch(serving)));
    }

    private static void later(Runnable step) {
        CompletableFuture.delayedExecutor(AGAIN.toMillis(), TimeUnit.MILLISECONDS, Thread::startVirtualThread).execute(step);
    }

    private PodForward open(int port, PodForward.Local local, boolean whenSpokenTo, Runnable onEnd) {
        var itself = new CompletableFuture<PodForward>();
        var forward = PodForward.open(client, namespace, pod, port, local, whenSpokenTo, because -> {
            if (because != null && !closed) {
                broke = Optional.of(new Break(because, System.nanoTime()));
            }
            itself.thenAccept(open::remove);
            onEnd.run();
        });
        open.put(forward, port);
        itself.complete(forward);
        if (closed) {
            forward.close();
        }
        return forward;
    }

    /** What broke just now; empty if nothing did. */
    Optional<String> brokeBecause() {
        return broke.filter(one -> System.nanoTime() - one.atNanos() < JUST_NOW.toNanos()).map(Break::because);
    }

    @Override
    public void close() {
        closed = true;
        try {
            listening.close();
            Files.deleteIfExists(control);
        } catch (IOException e) {
            // nobody connects to it any more
        }
        open.keySet().forEach(PodForward::close);
    }
}
