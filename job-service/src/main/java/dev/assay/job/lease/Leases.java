// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.lease;

import dev.assay.contracts.Failure;
import dev.assay.contracts.RunId;
import dev.assay.contracts.internal.Lease;
import dev.assay.contracts.internal.LeaseRelease;
import dev.assay.job.run.Asks;
import dev.assay.job.run.Ending;
import dev.assay.job.run.Queue;
import dev.assay.job.run.Run;
import dev.assay.job.run.RunChanges;
import dev.assay.job.run.RunCommand.Release;
import dev.assay.job.run.RunCommand.Report;
import dev.assay.job.run.RunFacts;
import dev.assay.job.run.RunResult;
import dev.assay.job.run.RunSettings;
import dev.assay.job.run.RunState.Held;
import dev.assay.job.run.Told;
import dev.assay.job.submit.AgentSpec;
import dev.assay.kit.identity.RunKeys;
import dev.assay.kit.identity.RunKeys.RunKey;
import dev.assay.kit.signal.Dispatcher.Given;
import dev.assay.kit.signal.Dispatcher.Question;
import dev.assay.kit.signal.WorkSignal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Gives runs to workers, and hears from them. */
@Service
class Leases {

    /** So long the run's spans can wait on a worker's disk: for that the key is good after the run's end, and for nothing else. */
    private static final Duration SPANS_AFTER = Duration.ofDays(1);

    private final Queue queue;
    private final Asks asks;
    private final RunChanges changes;
    private final LeasedSpecs specs;
    private final RunKeys keys;
    private final RunSettings.Run limits;
    private final WorkSignal signal;

    Leases(
            Queue queue, Asks asks, RunChanges changes, LeasedSpecs specs, RunKeys keys, RunSettings settings, WorkSignal signal) {
        this.queue = queue;
        this.asks = asks;
        this.changes = changes;
        this.specs = specs;
        this.keys = keys;
        this.limits = settings.run();
        this.signal = signal;
    }

    /** A run that a worker holds, and what was asked for. */
    record Taken(Run run, LeasedSpecs.Spec spec) {}

    /** What cannot be read has ended when this returns, and what is behind it is looked for. */
    @Transactional
    public Given<Taken> give(List<Question> questions) {
        while (true) {
            var given = queue.give(questions, specs::terms);
            var all = specs.of(given.answers().values().stream().flatMap(List::stream).map(Run::id).toList());
            var leases = new HashMap<Question, List<Taken>>();
            var ended = false;
            for (var answer : given.answers().entrySet()) {
                for (var run : answer.getValue()) {
                    var spec = all.get(run.id());
                    if (spec == null) {
                        ended = true;
                        end(run, answer.getKey().worker());
                    } else {
                        leases.computeIfAbsent(answer.getKey(), question -> new ArrayList<>()).add(new Taken(run, spec));
                    }
                }
            }
            if (!ended) {
                return new Given<>(leases, given.withdrawn(), given.more());
            }
        }
    }

    /** What was given in answer, and may never have been heard of, goes back. Whoever waits for the answer is told so at once. */
    @Transactional
    public void withdraw(String worker, UUID ask) {
        asks.withdraw(ask);
        queue.giveBack(worker, ask);
        signal.arrived();
    }

    /** What no worker will ever be able to take must not come up again and again. */
    private void end(Run run, String worker) {
        var failure = Failure.in(Failure.Phase.PROVISIONING, Failure.Kind.ENVIRONMENT, "what was asked for cannot be read");
        var ending = Ending.failed(failure, null);
        changes.tell(run.id(), RunFacts.NONE, new Report(worker, run.state().numbers().fence(), ending), RunResult.NONE);
    }

    Lease lease(Taken taken) {
        var run = taken.run();
        var spec = taken.spec();
        var held = (Held) run.state();
        var attempt = held.numbers().fence();
        var facts = run.facts();
        var longest = limits.preparation().plus(held.terms().timeout()).plus(limits.timeoutGrace());
        return new Lease(
                run.id(),
                Objects.requireNonNull(facts.job()),
                run.team(),
                attempt,
                Duration.between(run.readAt(), held.expires()).toMillis(),
                limits.preparation().toMillis(),
                held.terms().timeout().toMillis(),
                held.terms().endsBy() == null ? null : Math.max(0, Duration.between(run.readAt(), held.terms().endsBy()).toMillis()),
                Objects.requireNonNull(facts.environment()),
                spec.version(),
                Objects.requireNonNull(facts.task()),
                Objects.requireNonNull(facts.slug()),
                spec.args(),
                spec.agent(),
                facts.groupId(),
                facts.parent(),
                spec.runtimeConfig(),
                spec.verifier(),
                spec.verifierVersion(),
                keys.mint(new RunKey(run.team(), run.id(), attempt, AgentSpec.model(spec.agent())), run.readAt().plus(longest).plus(SPANS_AFTER)));
    }

    /** The run goes back to the head of its job: at once, unless something went wrong. */
    @Transactional
    public void release(RunId run, String worker, LeaseRelease release) {
        var failure = Told.storable(release.failure());
        var command = new Release(worker, release.attempt(), failure);
        Outcomes.heard(changes.tell(run, RunFacts.NONE, command, RunResult.NONE), run, release.attempt());
        signal.arrived();
    }
}
