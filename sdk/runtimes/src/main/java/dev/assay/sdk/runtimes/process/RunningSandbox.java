// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import dev.assay.sdk.runtimes.SandboxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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

    /** For what is killed. */
    private static final Duration END = Duration.ofSeconds(5);

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
    interface Keep<T> {
        T of(SandboxFolder folder) throws SandboxException;
    }

    /** Asks it to end, waits that long, then ends it and everything it started; nothing of it is left afterwards. */
    synchronized void close(Duration grace) {
        if (!closed) {
            closed = true;
            endAll(grace);
            clearAway();
        }
    }

    /**
     * As {@link #close(Duration)}, and keeps something when nobody can change it any more.
     *
     * @throws SandboxException also if it is not whole: it was closed before, or broke a rule
     */
    synchronized <T> T close(Duration grace, Keep<T> keep) throws SandboxException {
        if (closed) {
            throw SandboxException.ofHost("the sandbox was closed before the files of its session were taken along", null);
        }
        closed = true;
        try {
            if (endedBecause != null) {
                throw new SandboxException("the sandbox was ended before the files of its session were taken along: " + endedBecause);
            }
            if (!endAll(grace)) {
                throw SandboxException.ofHost("what runs in the sandbox does not end: the files of its session cannot be taken along", null);
            }
            return keep.of(folder);
        } finally {
            clearAway();
        }
    }

    /** Returns whether nothing of it runs any more. */
    private boolean endAll(Duration grace) {
        if (alive() && !grace.isZero() && askToEnd()) {
            awaitEnd(grace);
        }
        var all = processes();
        kill();
        awaitEnd(END);
        if (network != null) {
            DeleteFolder.now(network.control());
        }
        return areGone(all);
    }

    /** Who was born since then is the child of one who was there, and ended with it: walls have a first process that all end with. */
    private boolean areGone(Set<Long> all) {
        long until = System.nanoTime() + END.toNanos();
        while (group.exists() ? !group.members().isEmpty() : all.stream().anyMatch(RunningSandbox::runs)) {
            if (System.nanoTime() > until) {
                return false;
            }
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    /** One that is dead is there until somebody asks how it ended, which nobody may do. */
    private static boolean runs(long process) {
        try {
            var told = Files.readString(Path.of("/proc", Long.toString(process), "stat"), StandardCharsets.ISO_8859_1);
            return "ZX".indexOf(told.charAt(told.lastIndexOf(')') + 2)) < 0;
        } catch (IOException e) {
            return false;
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
