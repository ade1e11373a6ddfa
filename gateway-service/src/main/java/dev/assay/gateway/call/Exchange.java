// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.call;

import dev.assay.gateway.dialect.Fields;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.Route;
import dev.assay.kit.identity.Caller;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One call of one client, from its head to its booking. Whoever watches it can end it from outside, whatever it is waiting for. */
public final class Exchange {

    private final UUID id;
    private final Route route;
    private final Fields request;
    private final Caller caller;
    private final @Nullable UUID key;
    private final ClientAnswer client;
    private final Tally tally;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private @Nullable AutoCloseable running;
    private @Nullable Ending ending;
    private @Nullable ModelError late;
    private volatile long runningSince = System.nanoTime();
    private volatile long heard = runningSince;
    private volatile long firstNanos = Long.MAX_VALUE;
    private volatile long nextNanos = Long.MAX_VALUE;
    private volatile long hurryNanos = Long.MAX_VALUE;
    private volatile long totalNanos = Long.MAX_VALUE;
    private volatile long deadlineNanos = Long.MAX_VALUE;
    private long usualFirstNanos = Long.MAX_VALUE;
    private long usualNextNanos = Long.MAX_VALUE;

    /** With a tally of its own. */
    public Exchange(UUID id, Route route, Fields request, Caller caller, @Nullable UUID key, ClientAnswer client) {
        this(id, route, request, caller, key, client, new Tally());
    }

    /**
     * @param id of version 7
     * @param request the client's headers
     * @param key the id of the API key that the client came with; null: a run's key
     * @param tally began with the call
     */
    public Exchange(UUID id, Route route, Fields request, Caller caller, @Nullable UUID key, ClientAnswer client, Tally tally) {
        this.id = id;
        this.route = route;
        this.request = request;
        this.caller = caller;
        this.key = key;
        this.client = client;
        this.tally = tally;
    }

    public UUID id() {
        return id;
    }

    public Route route() {
        return route;
    }

    public Fields request() {
        return request;
    }

    public Caller caller() {
        return caller;
    }

    public @Nullable UUID key() {
        return key;
    }

    public ClientAnswer client() {
        return client;
    }

    public Tally tally() {
        return tally;
    }

    /**
     * What is closed when the call must end now: the answer that is waited for. At once, if it must already. A new attempt begins with it,
     * whose time counts from now. Null: nothing runs.
     */
    public void running(@Nullable AutoCloseable attempt) {
        lock.lock();
        try {
            running = attempt;
            if (attempt == null) {
                return;
            }
            late = null;
            hurryNanos = Long.MAX_VALUE;
            runningSince = System.nanoTime();
            heard = runningSince;
            if (ending != null) {
                close(attempt);
            }
        } finally {
            lock.unlock();
        }
    }

    /** How long an attempt may take to begin its answer, and may then say nothing. For this attempt and those after it. */
    public void patience(Duration first, Duration next) {
        usualFirstNanos = first.toNanos();
        usualNextNanos = next.toNanos();
        limits(null, null, null);
    }

    /** What one upstream has of its own, for its attempts; null: as long as any. */
    public void limits(@Nullable Duration first, @Nullable Duration next, @Nullable Duration total) {
        firstNanos = first == null ? usualFirstNanos : first.toNanos();
        nextNanos = next == null ? usualNextNanos : next.toNanos();
        totalNanos = total == null ? Long.MAX_VALUE : total.toNanos();
    }

    /** How long the call as a whole may take, of what its client says. */
    public void deadline(Duration time) {
        deadlineNanos = time.toNanos();
    }

    /** From its beginning. */
    public long deadlineNanos() {
        return deadlineNanos;
    }

    /** How long an attempt may take until its answer is whole. */
    public long totalNanos() {
        return totalNanos;
    }

    public long firstNanos() {
        return firstNanos;
    }

    public long nextNanos() {
        return Math.min(nextNanos, hurryNanos);
    }

    /** How long the attempt that runs may say nothing from now on, because little is missing; null: as long as any. */
    public void hurry(@Nullable Duration next) {
        hurryNanos = next == null ? Long.MAX_VALUE : next.toNanos();
    }

    /** Since when the attempt runs, on the clock of {@link System#nanoTime()}. */
    public long runningSince() {
        return runningSince;
    }

    /** Something came from the upstream. */
    public void heard() {
        heard = System.nanoTime();
    }

    /** When something came last, on the clock of {@link System#nanoTime()}. */
    public long heardNanos() {
        return heard;
    }

    /** Ends the attempt that runs, if one does, but not the call: somebody else may be asked. From any thread. */
    public void late(ModelError told) {
        lock.lock();
        try {
            if (running != null && late == null && ending == null) {
                late = told;
                close(running);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Why the running attempt was ended, if it was; what then failed is no other fault of the upstream's. */
    public Optional<ModelError> late() {
        lock.lock();
        try {
            return Optional.ofNullable(late);
        } finally {
            lock.unlock();
        }
    }

    /** Ends the call, whatever it waits for. The first reason counts. From any thread. */
    public void end(Ending why) {
        lock.lock();
        try {
            if (ending == null) {
                ending = why;
                ended.signalAll();
                close(running);
            }
        } finally {
            lock.unlock();
        }
    }

    public Optional<Ending> ending() {
        lock.lock();
        try {
            return Optional.ofNullable(ending);
        } finally {
            lock.unlock();
        }
    }

    /** Who woke from waiting asks first whether the call was ended: what failed is then no fault of an upstream's. */
    public void failIfEnded() throws AbortedException {
        var why = ending();
        if (why.isPresent()) {
            throw new AbortedException(why.get());
        }
    }

    /** Waits, but not longer than the call may go on. */
    public void pause(Duration time) throws AbortedException {
        lock.lock();
        try {
            for (var left = time.toNanos(); left > 0 && ending == null; ) {
                left = ended.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AbortedException(Ending.DRAINED);
        } finally {
            lock.unlock();
        }
        failIfEnded();
    }

    private static void close(@Nullable AutoCloseable answer) {
        try {
            if (answer != null) {
                answer.close();
            }
        } catch (Exception e) {
            throw new IllegalStateException("an answer must close without a fault", e);
        }
    }
}
