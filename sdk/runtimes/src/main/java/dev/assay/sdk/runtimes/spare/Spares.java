// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.spare;

import dev.assay.sdk.protocol.ControlClient;
import dev.assay.sdk.runtimes.EndTogether;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxSpec;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sandboxes that were started before there was a run for them, and wait. Each is one run's then, and never a second one's. */
final class Spares {

    /** Whoever is to wait has to bear that somebody comes and leaves: it is tried, and that it answers afterwards. */
    private static final int TRIES = 2;

    private record Kept(Spare spare, SpareKey key, Map<String, String> placeholders, Instant since) {

        SparePlan.Waiting waiting() {
            return new SparePlan.Waiting(spare.id(), key, since);
        }

        boolean isWell() {
            return spare.sandbox().alive();
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Spares.class);

    private final Spare.Start start;
    private final Placeholders placeholders;
    private final Duration answer;
    private final Clock clock;
    private final List<Kept> waiting = new ArrayList<>();
    private final AtomicLong taken = new AtomicLong();

    /** @param answer within which one that is taken has to answer: a run waits for no other */
    Spares(Spare.Start start, Placeholders placeholders, Duration answer, Clock clock) {
        this.start = start;
        this.placeholders = placeholders;
        this.answer = answer;
        this.clock = clock;
    }

    /** Starts one; it waits when this returns. */
    void make(SpareKey key) throws SandboxException, InterruptedException {
        var since = clock.instant(); // the deadline on its label counts from here
        var values = new HashMap<String, String>();
        key.ofOneRun().forEach(name -> values.put(name, placeholders.fresh()));
        Runnable drop = () -> values.values().forEach(placeholders::drop);
        try {
            var spare = start.start(key.spare(values, SparePlan.LONGEST_WAIT));
            spare.whenClosed(drop);
            lay(spare, key.limits().startup());
            add(new Kept(spare, key, values, since));
        } catch (SandboxException | InterruptedException | RuntimeException e) {
            drop.run();
            throw e;
        }
    }

    private static void lay(Spare spare, Duration patience) throws SandboxException, InterruptedException {
        var sandbox = spare.sandbox();
        try {
            for (int i = 0; i < TRIES; i++) {
                ControlClient.connect(sandbox.address(), patience).close(); // it has answered hello
            }
            spare.layAside();
        } catch (IOException e) {
            sandbox.close();
            interruptedIfSo();
            throw new SandboxException("it does not answer whoever comes first and second: " + e.getMessage(), e);
        } catch (SandboxException e) {
            sandbox.close();
            interruptedIfSo();
            throw e;
        } catch (InterruptedException | RuntimeException e) {
            sandbox.close();
            throw e;
        }
    }

    /** As by a drain: then what failed did so because of that. */
    private static void interruptedIfSo() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    private synchronized void add(Kept kept) {
        waiting.add(kept);
    }

    /** Those that are well. */
    synchronized List<SparePlan.Waiting> waiting() {
        return waiting.stream().filter(Kept::isWell).map(Kept::waiting).toList();
    }

    /** How many have become a run's. */
    long taken() {
        return taken.get();
    }

    /**
     * The oldest that is well, which is the run's from here on; null if there is none.
     *
     * @param unfit told why if one is not: others of its kind are not tried then
     */
    @Nullable Sandbox take(SpareKey key, SandboxSpec spec, Consumer<String> unfit) throws InterruptedException {
        var kept = oldest(key);
        if (kept == null) {
            return null;
        }
        var sandbox = kept.spare().sandbox();
        var isHandedOver = false;
        try {
            handOver(kept, spec);
            isHandedOver = true;
            taken.incrementAndGet();
            return sandbox;
        } catch (SandboxException e) { // which says nothing of its kind
            interruptedIfSo();
            LOG.info("a sandbox that waited is not used: {}", e.getMessage());
            return null;
        } catch (IOException | RuntimeException e) { // an environment may answer anything
            interruptedIfSo();
            unfit.accept(String.valueOf(e.getMessage()));
            return null;
        } finally {
            if (!isHandedOver) {
                kept.placeholders().values().forEach(placeholders::drop); // first: what it still does it does for nobody
                Thread.startVirtualThread(sandbox::close);
            }
        }
    }

    private synchronized @Nullable Kept oldest(SpareKey key) {
        var now = clock.instant();
        for (var kept : waiting) {
            if (kept.key().equals(key) && kept.isWell() && !SparePlan.isOld(kept.since(), now)) {
                waiting.remove(kept);
                return kept;
            }
        }
        return null;
    }

    /** Its run's key first: what it does from then on it does for that run. */
    private void handOver(Kept kept, SandboxSpec spec) throws IOException, SandboxException, InterruptedException {
        for (var placeholder : kept.placeholders().entrySet()) {
            if (!placeholders.fill(placeholder.getValue(), spec.environmentVariables().get(placeholder.getKey()))) {
                throw new IOException("it uses " + placeholder.getKey() + " before there is a run");
            }
        }
        kept.spare().goOn();
        ControlClient.connect(kept.spare().sandbox().address(), answer).close();
        kept.spare().becomes(spec);
    }

    /** Ends those that are named, and those that have ended by themselves. */
    void end(Collection<SparePlan.Waiting> over) {
        removed(kept -> over.contains(kept.waiting()) || !kept.isWell()).forEach(Thread::startVirtualThread);
    }

    /** Ends those of a kind. */
    void end(SpareKey key) {
        removed(kept -> kept.key().equals(key)).forEach(Thread::startVirtualThread);
    }

    /** Returns when none is left. */
    void endAll() {
        EndTogether.all(removed(kept -> true).stream());
    }

    private synchronized List<Runnable> removed(Predicate<Kept> which) {
        var over = waiting.stream().filter(which).toList();
        waiting.removeAll(over);
        return over.stream().<Runnable>map(kept -> kept.spare().sandbox()::close).toList();
    }
}
