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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

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
    private final Set<PodForward> open = ConcurrentHashMap.newKeySet();
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
        for (int number = 0; number < WAITING; number++) {
            awaitSomebody();
        }
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
    private void awaitSomebody() {
        if (closed) {
            return;
        }
        var used = new AtomicBoolean();
        open(
                SandboxPod.WAITING_PORT,
                () -> {
                    used.set(true);
                    awaitSomebody();
                    return connected(door);
                },
                true,
                () -> {
                    if (!used.get()) {
                        later(this::awaitSomebody);
                    }
                });
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

    private void open(int port, PodForward.Local local, boolean whenSpokenTo, Runnable onEnd) {
        var itself = new CompletableFuture<PodForward>();
        var forward = PodForward.open(client, namespace, pod, port, local, whenSpokenTo, because -> {
            if (because != null && !closed) {
                broke = Optional.of(new Break(because, System.nanoTime()));
            }
            itself.thenAccept(open::remove);
            onEnd.run();
        });
        open.add(forward);
        itself.complete(forward);
        if (closed) {
            forward.close();
        }
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
        open.forEach(PodForward::close);
    }
}
