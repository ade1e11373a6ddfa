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
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Containers that were started before there was a run for them, and wait. Each is one run's then, and never a second one's. */
final class Spares {

    private static final Logger LOG = LoggerFactory.getLogger(Spares.class);

    /** One that is well answers within milliseconds; a run waits for no other. */
    private static final Duration ANSWER = Duration.ofSeconds(2);

    /** Starts a container of its own for whoever asks. */
    interface Start {
        DockerSandbox start(SandboxSpec spec) throws SandboxException, InterruptedException;
    }

    private record Spare(DockerSandbox sandbox, SpareKey key, Map<String, String> placeholders, Instant since) {

        SparePlan.Waiting waiting() {
            return new SparePlan.Waiting(sandbox.id(), key, since);
        }
    }

    private final OpenSandboxes open;
    private final Start start;
    private final Placeholders placeholders;
    private final Clock clock;
    private final List<Spare> waiting = new ArrayList<>();

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
            add(new Spare(sandbox, key, values, since));
        } catch (SandboxException | InterruptedException | RuntimeException e) {
            drop.run();
            throw e;
        }
    }

    private synchronized void add(Spare spare) {
        waiting.add(spare);
    }

    /** Those that are well. */
    synchronized List<SparePlan.Waiting> waiting() {
        return waiting.stream().filter(spare -> spare.sandbox().alive()).map(Spare::waiting).toList();
    }

    /**
     * The oldest that is well, which is the run's from here on; null if there is none. What is not is thrown away.
     *
     * @param unfit told if an environment has asked for what only a run may before there was one: its spares are of no use
     */
    @Nullable DockerSandbox take(SpareKey key, SandboxSpec spec, Runnable unfit) throws InterruptedException {
        for (var spare = oldest(key); spare != null; spare = oldest(key)) {
            var handedOver = false;
            try {
                handedOver = isHandedOver(spare, spec, unfit);
            } finally {
                if (!handedOver) {
                    Thread.startVirtualThread(spare.sandbox()::close);
                }
            }
            if (handedOver) {
                return spare.sandbox();
            }
        }
        return null;
    }

    private synchronized @Nullable Spare oldest(SpareKey key) {
        for (var spare : waiting) {
            if (spare.key().equals(key)) {
                waiting.remove(spare);
                return spare;
            }
        }
        return null;
    }

    private boolean isHandedOver(Spare spare, SandboxSpec spec, Runnable unfit) throws InterruptedException {
        var sandbox = spare.sandbox();
        if (!sandbox.alive() || SparePlan.isOld(spare.since(), clock.instant())) {
            return false;
        }
        try {
            ControlClient.connect(sandbox.address(), ANSWER).close(); // it has answered hello
            sandbox.becomes(spec.label());
        } catch (IOException | EngineException | RuntimeException e) { // an environment may answer anything
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LOG.info("a spare container of {} is thrown away: {}", spare.key(), e.toString());
            return false;
        }
        for (var placeholder : spare.placeholders().entrySet()) {
            if (!placeholders.fill(placeholder.getValue(), spec.environmentVariables().get(placeholder.getKey()))) {
                unfit.run();
                return false;
            }
        }
        var limits = spec.limits();
        sandbox.endsBy(open.endIn(limits.startup().plus(limits.lifetime()), sandbox));
        return true;
    }

    /** Ends those that are named, and those that have ended by themselves. */
    void end(Collection<SparePlan.Waiting> over) {
        removed(spare -> over.contains(spare.waiting()) || !spare.sandbox().alive()).forEach(Thread::startVirtualThread);
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
