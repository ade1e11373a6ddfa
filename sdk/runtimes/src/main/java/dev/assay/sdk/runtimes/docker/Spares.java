// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import dev.assay.sdk.protocol.ControlClient;
import dev.assay.sdk.runtimes.EndTogether;
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

/**
 * Containers that were started before there was a run for them, and wait, paused. Each is one run's then, and never a second one's.
 */
final class Spares {

    /** One that has answered before does so within milliseconds; a run waits for no other. */
    private static final Duration ANSWER = Duration.ofSeconds(2);

    /** Whoever is to wait has to bear that somebody comes and leaves: it is tried, and that it answers afterwards. */
    private static final int TRIES = 2;

    /** Starts a container of its own for whoever asks. */
    interface Start {
        DockerSandbox start(SandboxSpec spec) throws SandboxException, InterruptedException;
    }

    private record Spare(DockerSandbox sandbox, SpareKey key, Map<String, String> placeholders, Instant since) {

        SparePlan.Waiting waiting() {
            return new SparePlan.Waiting(sandbox.id(), key, since);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Spares.class);

    private final OpenSandboxes open;
    private final Start start;
    private final Placeholders placeholders;
    private final Clock clock;
    private final List<Spare> waiting = new ArrayList<>();
    private final AtomicLong taken = new AtomicLong();

    Spares(OpenSandboxes open, Start start, Placeholders placeholders, Clock clock) {
        this.open = open;
        this.start = start;
        this.placeholders = placeholders;
        this.clock = clock;
    }

    /** Starts one; it waits when this returns. */
    void make(SpareKey key) throws SandboxException, InterruptedException {
        var since = clock.instant(); // the deadline on its label counts from here
        var values = new HashMap<String, String>();
        key.ofOneRun().forEach(name -> values.put(name, placeholders.fresh()));
        Runnable drop = () -> values.values().forEach(placeholders::drop);
        try {
            var sandbox = start.start(key.spare(values, SparePlan.LONGEST_WAIT));
            sandbox.whenClosed(drop);
            laidAside(sandbox, key.limits().startup());
            add(new Spare(sandbox, key, values, since));
        } catch (SandboxException | InterruptedException | RuntimeException e) {
            drop.run();
            throw e;
        }
    }

    private static void laidAside(DockerSandbox sandbox, Duration patience) throws SandboxException, InterruptedException {
        try {
            for (int i = 0; i < TRIES; i++) {
                ControlClient.connect(sandbox.address(), patience).close(); // it has answered hello
            }
            sandbox.pause();
        } catch (IOException e) {
            sandbox.close();
            interruptedIfSo();
            throw new SandboxException("it does not answer whoever comes first and second: " + e.getMessage(), e);
        } catch (EngineException e) {
            sandbox.close();
            interruptedIfSo();
            throw DockerImages.failed("its container cannot be paused: " + e.getMessage(), e);
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

    private synchronized void add(Spare spare) {
        waiting.add(spare);
    }

    /** Those that are well. */
    synchronized List<SparePlan.Waiting> waiting() {
        return waiting.stream().filter(spare -> spare.sandbox().alive()).map(Spare::waiting).toList();
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
    @Nullable DockerSandbox take(SpareKey key, SandboxSpec spec, Consumer<String> unfit) throws InterruptedException {
        var spare = oldest(key);
        if (spare == null) {
            return null;
        }
        var isHandedOver = false;
        try {
            handOver(spare, spec);
            isHandedOver = true;
            taken.incrementAndGet();
            return spare.sandbox();
        } catch (EngineException e) { // which says nothing of its kind
            interruptedIfSo();
            LOG.info("a container that waited is not used: {}", e.getMessage());
            return null;
        } catch (IOException | RuntimeException e) { // an environment may answer anything
            interruptedIfSo();
            unfit.accept(String.valueOf(e.getMessage()));
            return null;
        } finally {
            if (!isHandedOver) {
                spare.placeholders().values().forEach(placeholders::drop); // first: what it still does it does for nobody
                Thread.startVirtualThread(spare.sandbox()::close);
            }
        }
    }

    private synchronized @Nullable Spare oldest(SpareKey key) {
        var now = clock.instant();
        for (var spare : waiting) {
            if (spare.key().equals(key) && spare.sandbox().alive() && !SparePlan.isOld(spare.since(), now)) {
                waiting.remove(spare);
                return spare;
            }
        }
        return null;
    }

    /** Its run's key first: what it does from then on it does for that run. */
    private void handOver(Spare spare, SandboxSpec spec) throws IOException, EngineException, InterruptedException {
        for (var placeholder : spare.placeholders().entrySet()) {
            if (!placeholders.fill(placeholder.getValue(), spec.environmentVariables().get(placeholder.getKey()))) {
                throw new IOException("it uses " + placeholder.getKey() + " before there is a run");
            }
        }
        var sandbox = spare.sandbox();
        sandbox.goOn();
        ControlClient.connect(sandbox.address(), ANSWER).close();
        sandbox.becomes(spec.label());
        var limits = spec.limits();
        sandbox.endsBy(open.endIn(limits.startup().plus(limits.lifetime()), sandbox));
    }

    /** Ends those that are named, and those that have ended by themselves. */
    void end(Collection<SparePlan.Waiting> over) {
        removed(spare -> over.contains(spare.waiting()) || !spare.sandbox().alive()).forEach(Thread::startVirtualThread);
    }

    /** Ends those of a kind. */
    void end(SpareKey key) {
        removed(spare -> spare.key().equals(key)).forEach(Thread::startVirtualThread);
    }

    /** Returns when none is left. */
    void endAll() {
        EndTogether.all(removed(spare -> true).stream());
    }

    private synchronized List<Runnable> removed(Predicate<Spare> which) {
        var over = waiting.stream().filter(which).toList();
        waiting.removeAll(over);
        return over.stream().<Runnable>map(spare -> spare.sandbox()::close).toList();
    }
}
