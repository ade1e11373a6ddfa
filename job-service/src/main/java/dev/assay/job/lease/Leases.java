// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.lease;

import dev.assay.contracts.RunId;
import dev.assay.contracts.internal.Lease;
import dev.assay.contracts.internal.LeaseRenewed;
import dev.assay.contracts.internal.Outcome;
import dev.assay.job.run.Decision.Answer;
import dev.assay.job.run.Queue;
import dev.assay.job.run.Run;
import dev.assay.job.run.RunChange;
import dev.assay.job.run.RunChanges;
import dev.assay.job.run.RunCommand.Renew;
import dev.assay.job.run.RunCommand.Report;
import dev.assay.job.run.RunResult;
import dev.assay.job.run.RunSettings;
import dev.assay.job.run.RunState.Held;
import dev.assay.job.run.RunState.Phase;
import dev.assay.kit.identity.RunKeys;
import dev.assay.kit.identity.RunKeys.RunKey;
import dev.assay.kit.problem.Problem;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.JsonNode;

/** Gives runs to workers, and hears from them. */
@Service
class Leases {

    /** So long the run's spans can wait on a worker's disk: for that the key is good after the run's end, and for nothing else. */
    private static final Duration SPANS_AFTER = Duration.ofDays(1);

    private final Queue queue;
    private final RunChanges changes;
    private final LeasedSpecs specs;
    private final RunKeys keys;
    private final Duration ttl;
    private final Duration grace;

    Leases(Queue queue, RunChanges changes, LeasedSpecs specs, RunKeys keys, RunSettings settings) {
        this.queue = queue;
        this.changes = changes;
        this.specs = specs;
        this.keys = keys;
        this.ttl = settings.lease().ttl();
        this.grace = settings.run().timeoutGrace();
    }

    @Transactional
    public Optional<Lease> take(String worker) {
        var spec = new AtomicReference<LeasedSpecs.Spec>();
        return queue.take(worker, run -> {
                    spec.set(specs.of(run));
                    return spec.get().timeout();
                })
                .map(run -> lease(run, spec.get()));
    }

    private Lease lease(Run run, LeasedSpecs.Spec spec) {
        var held = (Held) run.state();
        var facts = run.facts();
        return new Lease(
                run.id(),
                Objects.requireNonNull(facts.job()),
                run.team(),
                held.attempt(),
                ttl.toMillis(),
                spec.timeout().toMillis(),
                Objects.requireNonNull(facts.environment()),
                Objects.requireNonNull(facts.task()),
                Objects.requireNonNull(facts.slug()),
                spec.args(),
                spec.agent(),
                facts.groupId(),
                facts.parent(),
                spec.runtimeConfig(),
                spec.verifier(),
                keys.mint(new RunKey(run.team(), run.id(), held.attempt(), model(spec.agent())), held.deadline().plus(grace).plus(SPANS_AFTER)));
    }

    /** The model that the run's own agent calls: its key opens no other. */
    private static @Nullable String model(JsonNode agent) {
        var config = agent.path("config");
        return config.path("model").asStringOpt().or(() -> config.path("checkpoint_name").asStringOpt()).orElse(null);
    }

    @Transactional
    public LeaseRenewed renew(RunId run, String worker, int attempt, Phase phase) {
        var change = changes.tell(run, new Renew(worker, attempt, phase), RunResult.NONE)
                .filter(Leases::isHeard)
                .orElseThrow(() -> fenced(run, attempt));
        return new LeaseRenewed(ttl.toMillis(), change.run().state() instanceof Held held && held.cancelling());
    }

    @Transactional
    public void report(RunId run, String worker, Outcome outcome) {
        var result = new RunResult(outcome.evaluation(), null, outcome.timings(), outcome.environmentVersion());
        changes.tell(run, new Report(worker, outcome.attempt(), Endings.of(outcome)), result)
                .filter(Leases::isHeard)
                .orElseThrow(() -> fenced(run, outcome.attempt()));
    }

    private static boolean isHeard(RunChange change) {
        return change.answer() != Answer.REFUSED;
    }

    private static Problem fenced(RunId run, int attempt) {
        return Problem.conflict("Attempt " + attempt + " does not hold the lease of run " + run + " any more: stop and clean up.");
    }
}
