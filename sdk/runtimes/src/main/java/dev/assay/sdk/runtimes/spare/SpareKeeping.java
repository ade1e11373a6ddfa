// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.spare;

import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.sdk.runtimes.SandboxSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps as many spares as launches make likely to be taken, and launches with them. What goes wrong with a spare is no run's failure: the
 * run's sandbox is started afresh then.
 */
public final class SpareKeeping implements AutoCloseable {

    /** Of sandboxes whose run was not known when they were started. */
    public static final SandboxLabel LABEL = new SandboxLabel("spare", 0);

    /** For so long a spare may wait, and a start is remembered. */
    public static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    /** One that has answered before does so within milliseconds. */
    public static final Duration ANSWER = Duration.ofSeconds(2);

    /** How often to {@link #look}. */
    public static final Duration LOOK_EVERY = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(SpareKeeping.class);
    private static final Duration LAST_WORDS = Duration.ofSeconds(10);
    private static final Duration REST = Duration.ofSeconds(30);
    private static final int STARTS_REMEMBERED = 64;

    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();
    private static final int MOST = 4 * PROCESSORS;

    /** Of spares and runs together: a spare begins when no run waits for what it takes. */
    private static final int STARTS_AT_ONCE = Math.max(1, PROCESSORS / 2);

    private final Spares spares;
    private final Spare.Start start;
    private final Clock clock;
    private final LongSupplier freeMemory;
    private final Map<Thread, SpareKey> making = new HashMap<>();
    private final Map<SpareKey, List<Instant>> starts = new HashMap<>();

    /** Of what none is made for now, and until when: those that there were did not serve. */
    private final Map<SpareKey, Instant> refused = new HashMap<>();

    /** Until when none at all are made: the machine or its engine could not. */
    private Instant rest = Instant.MIN;

    private int runsStarting;
    private boolean off;

    /**
     * @param placeholders of whoever keeps the sandboxes' door
     * @param freeMemory in bytes, where sandboxes are started; below zero: runs need it more
     * @param answer within which one that is taken has to answer, such as {@link #ANSWER}
     */
    public SpareKeeping(Spare.Start start, Placeholders placeholders, LongSupplier freeMemory, Duration answer, Clock clock) {
        this.spares = new Spares(start, placeholders, answer, clock);
        this.start = start;
        this.freeMemory = freeMemory;
        this.clock = clock;
    }

    /** A spare that fits if there is one, or else a sandbox of its own. */
    public Sandbox launch(SandboxSpec spec) throws SandboxException, InterruptedException {
        try {
            var spare = take(spec, SpareKey.of(spec));
            return spare == null ? afresh(spec) : spare;
        } finally {
            look();
        }
    }

    private @Nullable Sandbox take(SandboxSpec spec, Optional<SpareKey> key) throws InterruptedException {
        if (key.isEmpty()) {
            return null;
        }
        remember(key.get());
        return spares.take(key.get(), spec, why -> {
            refuse(key.get(), why);
            spares.end(key.get());
        });
    }

    private Sandbox afresh(SandboxSpec spec) throws SandboxException, InterruptedException {
        runsStarting(1);
        try {
            return start.start(spec).sandbox();
        } finally {
            runsStarting(-1);
        }
    }

    private synchronized void runsStarting(int more) {
        runsStarting += more;
    }

    private synchronized void remember(SpareKey key) {
        var now = clock.instant();
        var own = starts.computeIfAbsent(key, first -> new ArrayList<>());
        own.add(now);
        if (own.size() > STARTS_REMEMBERED) {
            own.removeFirst();
        }
        starts.values().removeIf(all -> SparePlan.isOld(all.getLast(), now));
    }

    private synchronized void refuse(SpareKey key, String why) {
        LOG.info("no spares of {} for now: {}", key, why);
        refused.put(key, clock.instant().plus(LONGEST_WAIT));
    }

    private synchronized void rest(String why) {
        LOG.info("no spares for now: {}", why);
        rest = clock.instant().plus(REST);
    }

    /** Starts what is wanted, and ends what is not; soon done. */
    public void look() {
        var memory = freeMemory.getAsLong();
        SparePlan plan;
        synchronized (this) {
            if (off) {
                return;
            }
            var now = clock.instant();
            refused.values().removeIf(until -> !until.isAfter(now));
            int mayStart = rest.isAfter(now) ? 0 : STARTS_AT_ONCE - runsStarting - making.size();
            var room = new SparePlan.Room(memory, MOST, mayStart);
            plan = SparePlan.of(spares.waiting(), List.copyOf(making.values()), starts, Set.copyOf(refused.keySet()), room, now);
            plan.start().forEach(this::begin);
        }
        spares.end(plan.end());
    }

    private void begin(SpareKey key) {
        var maker = Thread.ofVirtual().name("spare").unstarted(() -> make(key));
        making.put(maker, key);
        maker.start();
    }

    private void make(SpareKey key) {
        try {
            spares.make(key);
        } catch (SandboxException e) {
            if (e.isHosts()) {
                rest(String.valueOf(e.getMessage()));
            } else {
                refuse(key, String.valueOf(e.getMessage()));
            }
        } catch (RuntimeException e) {
            rest(e.toString());
        } catch (InterruptedException e) {
            // nobody wants it any more
        }
        boolean unwanted;
        synchronized (this) {
            making.remove(Thread.currentThread());
            unwanted = off;
        }
        if (unwanted) {
            spares.endAll();
        }
        look();
    }

    /** Starts one that fits launches like this, and returns when it waits. */
    public void make(SandboxSpec like) throws SandboxException, InterruptedException {
        spares.make(SpareKey.of(like).orElseThrow());
    }

    /** The ids of those that wait. */
    public List<String> waiting() {
        return spares.waiting().stream().map(SparePlan.Waiting::id).toList();
    }

    /** How many launches took one. */
    public long taken() {
        return spares.taken();
    }

    /** A worker that takes no work keeps none. Those that wait end if not. */
    public void keepAny(boolean any) {
        synchronized (this) {
            off = !any;
        }
        if (!any) {
            Thread.startVirtualThread(this::endAll);
        }
    }

    /** Returns when none is left. */
    public void endAll() {
        List<Thread> makers;
        synchronized (this) {
            makers = List.copyOf(making.keySet());
        }
        makers.forEach(Thread::interrupt);
        spares.endAll();
        try {
            for (var maker : makers) {
                maker.join(LAST_WORDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            off = true;
        }
        endAll();
    }
}
