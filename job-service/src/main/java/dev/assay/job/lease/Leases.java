// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.lease;

import dev.assay.contracts.Failure;
import dev.assay.contracts.RunId;
import dev.assay.contracts.internal.Lease;
import dev.assay.contracts.internal.LeaseRelease;
import dev.assay.contracts.internal.LeaseRenewal;
import dev.assay.contracts.internal.LeaseRenewed;
import dev.assay.contracts.internal.Outcome;
import dev.assay.job.run.Asks;
import dev.assay.job.run.Decision.Answer;
import dev.assay.job.run.Ending;
import dev.assay.job.run.Queue;
import dev.assay.job.run.Run;
import dev.assay.job.run.RunChange;
import dev.assay.job.run.RunChanges;
import dev.assay.job.run.RunCommand.Release;
import dev.assay.job.run.RunCommand.Renew;
import dev.assay.job.run.RunCommand.Report;
import dev.assay.job.run.RunCommand;
import dev.assay.job.run.RunFacts;
import dev.assay.job.run.RunResult;
import dev.assay.job.run.RunSettings;
import dev.assay.job.run.RunState.Held;
import dev.assay.job.run.RunState.Phase;
import dev.assay.job.run.Told;
import dev.assay.job.submit.AgentSpec;
import dev.assay.kit.identity.RunKeys;
import dev.assay.kit.identity.RunKeys.RunKey;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.signal.WorkSignal;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.core.JacksonException;

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
    private final Duration ttl;
    private final RunSettings.Run limits;
    private final WorkSignal signal;

    Leases(
            Queue queue, Asks asks, RunChanges changes, LeasedSpecs specs, RunKeys keys, RunSettings settings, WorkSignal signal) {
        this.queue = queue;
        this.asks = asks;
        this.changes = changes;
        this.specs = specs;
        this.keys = keys;
        this.ttl = settings.lease().ttl();
        this.limits = settings.run();
        this.signal = signal;
    }

    /**
     * @param ask which question this is; one that is asked again gets the lease that it was given
     * @throws Problem 409 if it was taken back
     */
    @Transactional
    public Optional<Lease> take(String worker, @Nullable UUID ask) {
        while (true) {
            var run = queue.take(worker, ask, specs::terms);
            if (run.isEmpty()) {
                return Optional.empty();
            }
            try {
                return Optional.of(lease(run.get(), specs.of(run.get().id())));
            } catch (JacksonException e) {
                end(run.get(), worker, "what was asked for cannot be read: " + e.getOriginalMessage());
            }
        }
    }

    /** Whoever waits for its answer is told so at once, at this replica. */
    void withdraw(UUID ask) {
        asks.withdraw(ask);
        signal.arrived();
    }

    /** What no worker will ever be able to take must not stand at the head of the queue. */
    private void end(Run run, String worker, String detail) {
        var ending = Ending.failed(Failure.in(Failure.Phase.PROVISIONING, Failure.Kind.ENVIRONMENT, detail), null);
        changes.tell(run.id(), RunFacts.NONE, new Report(worker, run.state().numbers().fence(), ending), RunResult.NONE);
    }

    private Lease lease(Run run, LeasedSpecs.Spec spec) {
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

    @Transactional
    public LeaseRenewed renew(RunId run, String worker, Phase phase, LeaseRenewal renewal) {
        var change = hear(run, RunFacts.NONE, new Renew(worker, renewal.attempt(), phase), RunResult.NONE, renewal.attempt());
        specs.pin(run, renewal.version(), renewal.verifierVersion());
        return new LeaseRenewed(ttl.toMillis(), change.run().state() instanceof Held held && held.cancelling());
    }

    @Transactional
    public void report(RunId run, String worker, Outcome outcome) {
        var result = new RunResult(outcome.evaluation(), outcome.metadata(), outcome.timings());
        var ran = RunFacts.ofVersion(outcome.environmentVersion());
        hear(run, ran, new Report(worker, outcome.attempt(), Endings.of(outcome)), result, outcome.attempt());
    }

    /** The run goes back to the head of the queue: at once, unless something went wrong. */
    @Transactional
    public void release(RunId run, String worker, LeaseRelease release) {
        var failure = Told.storable(release.failure());
        hear(run, RunFacts.NONE, new Release(worker, release.attempt(), failure), RunResult.NONE, release.attempt());
        signal.arrived();
    }

    private RunChange hear(RunId run, RunFacts told, RunCommand command, RunResult result, int attempt) {
        return changes.tell(run, told, command, result).filter(Leases::isHeard).orElseThrow(() -> fenced(run, attempt));
    }

    private static boolean isHeard(RunChange change) {
        return change.answer() != Answer.REFUSED;
    }

    private static Problem fenced(RunId run, int attempt) {
        return Problem.conflict("Attempt " + attempt + " does not hold the lease of run " + run + " any more: stop and clean up.");
    }
}
