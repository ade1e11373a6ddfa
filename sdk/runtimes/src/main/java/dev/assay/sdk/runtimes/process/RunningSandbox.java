// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What runs in a sandbox's folder, however it was started: what is in its control group, where there is one. */
abstract class RunningSandbox {

    private static final Logger LOG = LoggerFactory.getLogger(RunningSandbox.class);

    private final String id;
    private final SandboxFolder folder;
    private final ControlGroup group;
    private final @Nullable OwnNetwork network;
    private volatile @Nullable String endedBecause;
    private boolean closed;

    RunningSandbox(String id, SandboxFolder folder, ControlGroup group, @Nullable OwnNetwork network) {
        this.id = id;
        this.folder = folder;
        this.group = group;
        this.network = network;
    }

    abstract boolean alive();

    /** With its exit code. */
    abstract CompletableFuture<Integer> onExit();

    /** All that run in it now. */
    abstract Set<Long> processes();

    /** Ends all that runs in it. */
    abstract void kill();

    /** Asks its program to end by itself; whether there was one to ask. */
    abstract boolean askToEnd();

    /** What it printed last may come a moment after its end. */
    abstract void awaitOutput(Duration time) throws InterruptedException;

    String id() {
        return id;
    }

    SandboxFolder folder() {
        return folder;
    }

    ControlGroup group() {
        return group;
    }

    /** The network of its own; null if it has the machine's. */
    @Nullable OwnNetwork network() {
        return network;
    }

    /** Why we ended it, for people; null if we did not. */
    @Nullable String endedBecause() {
        return endedBecause;
    }

    /** Ends all that runs; what it leaves is cleared away when it is closed. */
    void end(String why) {
        endedBecause = why;
        LOG.info("sandbox {}: {}", id, why);
        kill();
    }

    /** Whether it ended by itself in time. */
    boolean waitFor(Duration time) throws InterruptedException {
        try {
            onExit().get(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            // ended all the same
        }
        awaitOutput(Duration.ofSeconds(2));
        return true;
    }

    /** What is wanted of what it leaves. */
    @FunctionalInterface
    interface Keep {
        boolean of(SandboxFolder folder) throws IOException;
    }

    /** Asks it to end, waits that long, then ends it and everything it started; nothing of it is left afterwards. */
    void close(Duration grace) {
        try {
            close(grace, folder -> false);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // nothing is kept
        }
    }

    /** Returns whether something was kept; false if it was closed before. */
    synchronized boolean close(Duration grace, Keep keep) throws IOException {
        if (closed) {
            return false;
        }
        closed = true;
        if (alive() && !grace.isZero() && askToEnd()) {
            awaitEnd(grace);
        }
        kill();
        awaitEnd(Duration.ofSeconds(5));
        if (network != null) {
            DeleteFolder.now(network.control());
        }
        try {
            return keep.of(folder);
        } finally {
            clearAway();
        }
    }

    private void clearAway() {
        if (group.delete()) {
            folder.delete();
        } else { // its record stays, for whoever reaps
            folder.leftovers().add(folder.folder(), "the sandbox's control group cannot be deleted");
            DeleteFolder.now(folder.root());
        }
    }

    private void awaitEnd(Duration time) {
        try {
            onExit().get(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException e) {
            // it had its time
        }
    }
}
