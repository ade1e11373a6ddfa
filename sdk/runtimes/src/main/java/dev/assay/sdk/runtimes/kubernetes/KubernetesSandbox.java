// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.kubernetes;

import dev.assay.sdk.runtimes.OutputTail;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxException;
import io.fabric8.kubernetes.api.model.Pod;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A sandbox that is a pod. */
final class KubernetesSandbox implements Sandbox {

    /** What is asked of the cluster about one sandbox. */
    interface Cluster {

        /** What the environment printed last; empty if nobody knows. */
        String log();

        /** How its pod stands now. */
        PodState state();

        /** Deletes all that there is of it. */
        void remove();
    }

    private final String id;
    private final boolean isSpare;
    private final String image;
    private final Path control;
    private final Cluster cluster;
    private final PodWays ways;
    private final CompletableFuture<Void> running = new CompletableFuture<>();
    private final CompletableFuture<Void> serving = new CompletableFuture<>();
    private final CompletableFuture<PodState> ended = new CompletableFuture<>();
    private volatile PodState last = new PodState(PodState.Phase.WAITING, "the cluster said nothing of it");
    private volatile @Nullable String printed;
    private volatile boolean closed;
    private volatile Runnable whenClosed = () -> {};
    private volatile Future<?> lifetime = CompletableFuture.completedFuture(null);

    /** @param isSpare whether it is started for nobody yet */
    KubernetesSandbox(String id, boolean isSpare, String image, Path control, PodWays ways, Cluster cluster) {
        this.id = id;
        this.isSpare = isSpare;
        this.image = image;
        this.control = control;
        this.ways = ways;
        this.cluster = cluster;
    }

    String id() {
        return id;
    }

    boolean isSpare() {
        return isSpare;
    }

    /** What is heard of its pod; null: it is there no more. */
    void heard(@Nullable Pod pod) {
        var state = PodState.of(pod);
        last = state;
        switch (state.phase()) {
            case WAITING -> {}
            case RUNNING -> running.complete(null);
            case REFUSED, ENDED -> ended.complete(state);
            case LOST -> {
                if (ended.complete(state) && pod != null) {
                    Thread.startVirtualThread(this::removeLost);
                }
            }
        }
    }

    /** In place of what would have before. */
    void endsBy(Future<?> timer) {
        lifetime.cancel(false);
        lifetime = timer;
    }

    void whenClosed(Runnable then) {
        whenClosed = then;
    }

    /** The way from its pod to the worker's door. */
    void openDoor() {
        ways.openDoor();
    }

    void closeDoor() {
        ways.closeDoor();
    }

    /** Whether the cluster has no place for it, as far as was heard. */
    boolean lacksNode() {
        return !running.isDone() && !ended.isDone() && last.because().startsWith(PodState.NO_NODE);
    }

    /** @param pending how long it may wait for a node, and for its images */
    void awaitServing(Duration pending, Duration startup) throws SandboxException, InterruptedException {
        if (!within(pending, running)) {
            throw SandboxException.ofHost("the pod of image '" + image + "' did not start within " + pending.toSeconds() + "s: " + last.because(), null);
        }
        if (!ended.isDone()) {
            ways.begin();
            ways.watch(serving);
        }
        if (!within(startup, serving)) {
            throw new SandboxException("the environment did not serve within " + startup.toSeconds() + "s", tail().toString());
        }
        if (!serving.isDone()) {
            throw failed(ended.join());
        }
    }

    /** Whether that, or the end, came in time. */
    private boolean within(Duration limit, CompletableFuture<?> awaited) throws InterruptedException {
        try {
            CompletableFuture.anyOf(awaited, ended).get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private SandboxException failed(PodState state) {
        return switch (state.phase()) {
            case LOST -> SandboxException.ofHost("the pod of image '" + image + "' was lost before serving: " + state.because(), null);
            case REFUSED -> new SandboxException("the image '" + image + "' cannot be run: " + state.because());
            default -> {
                var tail = tail();
                yield new SandboxException(
                        "pod of image '" + image + "' ended before serving: " + state.because() + (tail.last().isEmpty() ? "" : ": " + tail.last()),
                        tail.toString());
            }
        };
    }

    private OutputTail tail() {
        var known = printed;
        var tail = new OutputTail();
        (known == null ? cluster.log() : known).lines().forEach(tail::add);
        return tail;
    }

    @Override
    public SocketAddress address() {
        return UnixDomainSocketAddress.of(control);
    }

    @Override
    public Optional<URI> door() {
        return Optional.of(SandboxPod.DOOR);
    }

    @Override
    public String outputTail() {
        return ended.isDone() && !closed ? tail() + "\n" + ended.join().because() : tail().toString();
    }

    @Override
    public boolean alive() {
        return !ended.isDone();
    }

    /** Asked of the cluster now: whoever wants to know has seen something break just before, and word of it may be on its way. */
    @Override
    public Optional<String> lostBecause() {
        if (closed) {
            return Optional.empty();
        }
        var now = ended.isDone() ? ended.join() : cluster.state();
        return switch (now.phase()) {
            case LOST -> Optional.of(now.because());
            case ENDED, REFUSED -> Optional.empty();
            case WAITING, RUNNING -> ways.brokeBecause();
        };
    }

    /** It may still run, as one that gets out does: that must not wait until somebody asks. */
    private void removeLost() {
        printed = cluster.log();
        cluster.remove();
    }

    /** It broke a rule of ours. */
    void end(String because) {
        printed = cluster.log();
        ended.complete(new PodState(PodState.Phase.ENDED, because));
    }

    /** What cannot be deleted now is left to reaping. */
    @Override
    public void close() {
        if (!closed && printed == null && ended.isDone()) {
            printed = cluster.log();
        }
        closed = true;
        lifetime.cancel(false);
        whenClosed.run();
        ways.close();
        cluster.remove();
        ended.complete(new PodState(PodState.Phase.ENDED, "closed"));
    }
}
