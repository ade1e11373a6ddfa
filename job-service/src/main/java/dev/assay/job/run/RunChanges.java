// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.event.RunFinished;
import dev.assay.contracts.event.Topics;
import dev.assay.job.run.RunState.Driven;
import dev.assay.job.run.RunState.Finished;
import dev.assay.job.run.RunState.Held;
import dev.assay.job.run.RunState.Unknown;
import dev.assay.kit.outbox.Outbox;
import dev.assay.kit.problem.Problem;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.JsonNode;

/**
 * Applies commands to runs: locks the row, lets the {@link RunRules} decide, writes what they decided and why, and tells the end of a run
 * in the same transaction. Every change of a run's state goes through here.
 */
@Component
@Transactional(propagation = Propagation.MANDATORY)
public class RunChanges {

    private final Runs runs;
    private final RunRules rules;
    private final RunResults results;
    private final Outbox outbox;
    private final RunMeters meters;

    RunChanges(Runs runs, RunSettings settings, RunResults results, Outbox outbox, RunMeters meters) {
        this.runs = runs;
        this.rules = settings.rules();
        this.results = results;
        this.outbox = outbox;
        this.meters = meters;
    }

    /**
     * A command from somebody of a team; a run that nobody has spoken of becomes that team's.
     *
     * @param told what the caller knows of the run beside
     * @throws Problem 404 if the run is another team's
     */
    public RunChange tell(RunId id, TeamId team, RunFacts told, RunCommand command) {
        return tell(id, team, told, command, RunResult.NONE);
    }

    public RunChange tell(RunId id, TeamId team, RunFacts told, RunCommand command, RunResult result) {
        var known = runs.lock(id);
        if (known.isEmpty()) {
            var made = make(id, team, told, command, result);
            if (made.isPresent()) {
                return made.get();
            }
            known = runs.lock(id);
        }
        var run = known.filter(found -> found.team().equals(team)).orElseThrow(() -> Problem.notFound("There is no run " + id + "."));
        return change(run, told, command, result);
    }

    /** A command that matters only if nobody has spoken of the run yet. */
    void tellUnlessKnown(RunId id, TeamId team, RunCommand command) {
        make(id, team, RunFacts.NONE, command, RunResult.NONE);
    }

    /** Empty if somebody else has spoken of the run in the meantime. */
    private Optional<RunChange> make(RunId id, TeamId team, RunFacts told, RunCommand command, RunResult result) {
        var now = runs.now();
        var unknown = new Run(id, team, told, new Unknown(), now, null, now);
        var decision = rules.decide(unknown.state(), command, now);
        var run = moved(unknown, told, decision.next());
        if (!runs.insert(run, Objects.requireNonNull(Transition.of(unknown.state(), command, run.state())))) {
            return Optional.empty();
        }
        tellOf(unknown.state(), run, result);
        return Optional.of(new RunChange(run, decision.answer()));
    }

    /** A command from a worker, about a run of whatever team. */
    public Optional<RunChange> tell(RunId id, RunFacts told, RunCommand command, RunResult result) {
        return runs.lock(id).map(run -> change(run, told, command, result));
    }

    /** A command about a run that the caller has locked. */
    RunChange change(Run run, RunCommand command) {
        return change(run, RunFacts.NONE, command, RunResult.NONE);
    }

    private RunChange change(Run run, RunFacts told, RunCommand command, RunResult result) {
        var decision = rules.decide(run.state(), command, run.readAt());
        // of who is not heard, nothing is taken down
        var facts = decision.answer() == Decision.Answer.REFUSED ? run.facts() : run.facts().filledFrom(told);
        var changed = !decision.next().equals(run.state());
        var next = moved(run, facts, decision.next());
        if (changed || !facts.equals(run.facts())) {
            var step = Transition.of(run.state(), command, next.state());
            runs.update(next, step);
            meters.stepped(step);
        }
        if (changed) {
            tellOf(run.state(), next, result);
        }
        return new RunChange(next, decision.answer());
    }

    static Run moved(Run run, RunFacts facts, RunState state) {
        var starts = state instanceof Held || state instanceof Driven;
        var started = run.startedAt() == null && starts ? run.readAt() : run.startedAt();
        return new Run(run.id(), run.team(), facts, state, run.createdAt(), started, run.readAt());
    }

    private void tellOf(RunState before, Run run, RunResult result) {
        // an end that was told already, and holds again, is not told again
        if (!(run.state() instanceof Finished finished) || finished.numbers().revision() == before.numbers().revision()) {
            return;
        }
        if (!result.equals(RunResult.NONE) || finished.numbers().revision() > 1) {
            results.save(run.id(), result);
        }
        var facts = run.facts();
        var ending = finished.ending();
        @Nullable JsonNode evaluation = ending.reward() == null ? null : result.evaluation();
        var large = results.sizeIfLarge(evaluation);
        outbox.publish(
                Topics.RUN_FINISHED,
                run.id().toString(),
                new RunFinished(
                        run.id(),
                        // a run that nobody gave a job is a job of its own
                        facts.job() == null ? new JobId(run.id().value()) : facts.job(),
                        run.team(),
                        facts.groupId(),
                        facts.slug(),
                        facts.environment(),
                        facts.model(),
                        ending.status().wire(),
                        ending.stopReason(),
                        ending.error(),
                        ending.failure(),
                        ending.reward(),
                        large == null ? evaluation : null,
                        large,
                        finished.numbers().fence(),
                        finished.numbers().revision(),
                        finished.at()));
        meters.finished(ending);
    }
}
