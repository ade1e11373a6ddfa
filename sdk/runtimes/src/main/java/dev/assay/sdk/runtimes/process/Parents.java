// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import dev.assay.sdk.runtimes.EndTogether;
import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.SandboxSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parents that are kept, one for what is loaded with the same variables under the same limits. The first launch makes one, others
 * that come meanwhile wait for it. One that is not used for a while is ended, one that ended by itself is made anew, and what cannot be
 * forked is remembered with its reason.
 */
final class Parents {

    private static final Logger LOG = LoggerFactory.getLogger(Parents.class);

    /** Each has the memory of an interpreter with the client's package: about 150 MiB. */
    private static final int MOST = 8;

    private static final Duration IDLE = Duration.ofMinutes(5);
    private static final int MOST_REASONS = 1000;
    private static final int MOST_FAILURES = 3;

    private static final int LEAST_WAITING = 2;

    /** Each has some 4 MiB of memory to itself while it waits. */
    private static final int MOST_WAITING = 16;

    /** Itself and its children at one time. */
    static final int RANGES = 64;

    /** What two launches must have in common: of the variables, all that are not a run's own. */
    record Key(
            String version, Path source, String declaredName, Map<String, String> variables, Set<String> ofThisRun, Network network,
            long memoryBytes, int processes, long diskBytes, double cpus) {

        static Key of(SandboxSpec spec, PreparedVersion version) {
            Map<String, String> common = new LinkedHashMap<>(spec.environmentVariables());
            common.keySet().removeAll(spec.ofThisRun());
            var limits = spec.limits();
            return new Key(
                    version.id(), version.source(), spec.declaredName(), Map.copyOf(common), Set.copyOf(spec.ofThisRun()), spec.network(),
                    limits.memoryBytes(), limits.processes(), limits.diskBytes(),
                    limits.cpus());
        }
    }

    /** One that is loading or has loaded, with the places of its children, of which 0 is its own. */
    static final class Parent {
        final CompletableFuture<Keeper> keeper = new CompletableFuture<>();
        private final BitSet taken = new BitSet();
        private final Deque<Fork> waiting = new ArrayDeque<>();
        private boolean making;
        private boolean ended;
        private int asked;
        private final Burst burst = new Burst(IDLE.toNanos());
        private long usedAt = System.nanoTime();
        private int failures;

        Parent() {
            taken.set(0);
        }

        /** -1 if all are taken. */
        synchronized int takePlace() {
            usedAt = System.nanoTime();
            int free = taken.nextClearBit(0);
            if (free >= RANGES) {
                return -1;
            }
            taken.set(free);
            return free;
        }

        synchronized void leavePlace(int place) {
            usedAt = System.nanoTime();
            taken.clear(place);
        }

        /** Of those that wait, the first that still does; null if none does. */
        @Nullable Fork takeWaiting() {
            synchronized (this) {
                asked++;
                burst.asked(System.nanoTime());
            }
            while (true) {
                Fork first;
                synchronized (this) {
                    usedAt = System.nanoTime();
                    first = waiting.poll();
                }
                if (first == null || first.process().alive()) {
                    return first;
                }
                first.discard();
            }
        }

        /**
         * Whether one more should be made to wait, by whoever asks: as many as were wanted at once lately. What was started but once, as it
         * was built, is not likely to be wanted twice at a time.
         */
        synchronized boolean wantsWaiting() {
            int wanted = Math.clamp(burst.most(System.nanoTime()), Math.min(asked, LEAST_WAITING), MOST_WAITING);
            if (ended || making || waiting.size() >= wanted) {
                return false;
            }
            making = true;
            return true;
        }

        /** One that was made to wait, or null if it could not be. */
        void made(@Nullable Fork fork) {
            synchronized (this) {
                making = false;
                if (fork != null && !ended) {
                    waiting.add(fork);
                    return;
                }
            }
            if (fork != null) {
                fork.discard();
            }
        }

        /** Whether it has too often now, one after the other: then it is no passing want. */
        synchronized boolean failsAgain() {
            return ++failures >= MOST_FAILURES;
        }

        synchronized void succeeds() {
            failures = 0;
        }

        synchronized boolean idleSince(long then) {
            return taken.cardinality() == 1 + waiting.size() && usedAt - then < 0;
        }

        synchronized long usedAt() {
            return usedAt;
        }

        boolean broken() {
            return keeper.isCompletedExceptionally() || keeper.isDone() && !keeper.join().alive();
        }

        void end() {
            discardWaiting();
            keeper.whenComplete((kept, failure) -> {
                if (kept != null) {
                    kept.close(Duration.ZERO);
                }
            });
        }

        /** At once, with whoever waits: what is left of them is their folders. */
        void destroy() {
            keeper.completeExceptionally(new IllegalStateException("closed"));
            if (!keeper.isCompletedExceptionally()) {
                keeper.join().destroy();
            }
            discardWaiting();
        }

        private void discardWaiting() {
            List<Fork> all;
            synchronized (this) {
                ended = true;
                all = List.copyOf(waiting);
                waiting.clear();
            }
            EndTogether.all(all.stream().map(fork -> fork::discard));
        }
    }

    /**
     * Why something is loaded afresh.
     *
     * @param itsOwn whether what it loads is the reason, and not what this machine can do now
     */
    record Refusal(String why, boolean itsOwn) {}

    private record Refused(Refusal refusal, long at) {}

    /** Starts a parent; the keeper is not yet done loading. */
    interface Start {
        Keeper start() throws IOException;
    }

    private final Map<Key, Parent> parents = new LinkedHashMap<>();
    private final Map<Key, Refused> afresh = new LinkedHashMap<>();
    private boolean closed;

    /** One that can be forked; empty if what it would load must be started afresh. */
    Optional<Parent> loaded(Key key, Duration patience, Start start) throws InterruptedException {
        Parent parent;
        boolean mine = false;
        List<Parent> over = new ArrayList<>();
        synchronized (this) {
            if (closed || refusal(key).isPresent()) {
                return Optional.empty();
            }
            parent = parents.get(key);
            if (parent != null && parent.broken()) {
                over.add(parents.remove(key));
                parent = null;
            }
            if (parent == null) {
                if (!makeRoom(over)) {
                    return Optional.empty();
                }
                parent = new Parent();
                parents.put(key, parent);
                mine = true;
            }
        }
        over.forEach(one -> Thread.startVirtualThread(one::end));
        if (mine) {
            load(key, parent, patience, start);
        }
        try {
            parent.keeper.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return Optional.of(parent);
        } catch (ExecutionException | TimeoutException e) {
            return Optional.empty();
        }
    }

    private void load(Key key, Parent parent, Duration patience, Start start) throws InterruptedException {
        @Nullable Keeper keeper = null;
        boolean kept = false;
        try {
            keeper = start.start();
            var why = keeper.loaded().get(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (why.isEmpty()) {
                kept = parent.keeper.complete(keeper);
            } else {
                refuse(key, new Refusal(why, true));
            }
        } catch (IOException e) {
            refuse(key, new Refusal("no parent can be started: " + e.getMessage(), false));
        } catch (ExecutionException e) {
            refuse(key, new Refusal(String.valueOf(e.getCause().getMessage()), false));
        } catch (TimeoutException e) {
            refuse(key, new Refusal("it was not loaded within " + patience.toSeconds() + " s", false));
        } finally {
            if (!kept) {
                synchronized (this) {
                    parents.remove(key, parent);
                }
                parent.keeper.completeExceptionally(new IllegalStateException("it cannot be forked"));
                if (keeper != null) {
                    keeper.destroy();
                }
            }
        }
    }

    /** From now on it is started afresh. */
    void refuse(Key key, Refusal refusal) {
        @Nullable Parent parent;
        synchronized (this) {
            afresh.put(key, new Refused(refusal, System.nanoTime()));
            if (afresh.size() > MOST_REASONS) {
                afresh.remove(afresh.keySet().iterator().next());
            }
            parent = parents.remove(key);
        }
        LOG.info("version {} of '{}' is loaded afresh for each run: {}", key.version(), key.declaredName(), refusal.why());
        if (parent != null) {
            parent.end();
        }
    }

    /** Why it is started afresh, if that is known. What the machine could not do it may be able to do later. */
    synchronized Optional<Refusal> refusal(Key key) {
        var known = afresh.get(key);
        if (known != null && !known.refusal().itsOwn() && System.nanoTime() - known.at() > IDLE.toNanos()) {
            afresh.remove(key);
            return Optional.empty();
        }
        return Optional.ofNullable(known).map(Refused::refusal);
    }

    /** @param over to which is added what has to go: ending takes its time, and not that of others who want a parent */
    private boolean makeRoom(List<Parent> over) {
        if (parents.size() < MOST) {
            return true;
        }
        var idle = parents.entrySet().stream()
                .filter(one -> one.getValue().keeper.isDone() && one.getValue().idleSince(System.nanoTime()))
                .min(Comparator.comparingLong(one -> one.getValue().usedAt()));
        idle.ifPresent(one -> over.add(parents.remove(one.getKey())));
        return idle.isPresent();
    }

    /** Ends what has had nobody for a while. */
    void endIdle() {
        long then = System.nanoTime() - IDLE.toNanos();
        List<Parent> over;
        synchronized (this) {
            over = parents.values().stream().filter(parent -> parent.broken() || parent.keeper.isDone() && parent.idleSince(then)).toList();
            parents.values().removeAll(over);
        }
        EndTogether.all(over.stream().map(parent -> parent::end));
    }

    void close() {
        List<Parent> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(parents.values());
            parents.clear();
        }
        EndTogether.all(all.stream().map(parent -> parent::destroy));
    }
}
