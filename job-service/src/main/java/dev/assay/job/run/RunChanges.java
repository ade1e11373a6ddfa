// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.event.RunFinished;
import dev.assay.contracts.event.Topics;
import dev.assay.job.run.RunCommand.Submit;
import dev.assay.job.run.RunState.Driven;
import dev.assay.job.run.RunState.Finished;
import dev.assay.job.run.RunState.Held;
import dev.assay.job.run.RunState.Unknown;
import dev.assay.job.run.Runs.Asked;
import dev.assay.kit.outbox.Outbox;
import dev.assay.kit.problem.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
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
    private final LeaseRows rows;
    private final RunRules rules;
    private final RunResults results;
    private final Outbox outbox;
    private final RunMeters meters;

    RunChanges(Runs runs, LeaseRows rows, RunSettings settings, RunResults results, Outbox outbox, RunMeters meters) {
        this.runs = runs;
        this.rows = rows;
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

    /** A run of which nobody has spoken yet. */
    public record NewRun(TeamId team, RunFacts facts) {}

    /**
     * Queues such runs, of whatever teams: all in one statement, which inserts them in the order of their ids.
     *
     * @return those that could be made; somebody has spoken of the others
     */
    public Map<RunId, RunChange> queueNew(Map<RunId, NewRun> runs) {
        if (runs.isEmpty()) {
            return Map.of();
        }
        var now = this.runs.now();
        var command = new Submit(false);
        var decision = rules.decide(new Unknown(), command, now);
        var step = Objects.requireNonNull(Transition.of(new Unknown(), command, decision.next()));
        var made = new LinkedHashMap<RunId, Run>();
        runs.forEach((id, run) -> made.put(id, new Run(id, run.team(), run.facts(), decision.next(), now, null, now)));
        var changes = new HashMap<RunId, RunChange>();
        this.runs.insertQueued(made.values(), step)
                .forEach(id -> changes.put(id, new RunChange(Objects.requireNonNull(made.get(id)), decision.answer())));
        return changes;
    }

    /** A command from a worker, about a run of whatever team. */
    public Optional<RunChange> tell(RunId id, RunFacts told, RunCommand command, RunResult result) {
        return runs.lock(id).map(run -> change(run, told, command, result));
    }

    /** A command about a run that the caller has locked. */
    RunChange change(Run run, RunCommand command) {
        return change(run, RunFacts.NONE, command, RunResult.NONE);
    }

    /** What a worker says of a run that it holds, or believes to hold. */
    public record Word(RunFacts told, RunCommand command, RunResult result) {}

    /** Whether there may be many of that size in one transaction. */
    @Transactional(propagation = Propagation.SUPPORTS)
    public boolean isSmall(Word word) {
        return !results.isLarge(word.result());
    }

    /**
     * Words of workers on several runs.
     *
     * @return what came of each; nothing of runs that there are not, or that somebody else is changing at this moment
     */
    public Map<RunId, RunChange> tell(Map<RunId, Word> words) {
        var answers = new HashMap<RunId, RunChange>();
        var written = new LinkedHashMap<Run, Optional<Transition>>();
        var ended = new ArrayList<Ended>();
        for (var run : rows.lockUnlessBusy(words.keySet())) {
            var word = Objects.requireNonNull(words.get(run.id()));
            var change = decide(run, word.told(), word.command());
            var next = change.run();
            if (!next.equals(run)) {
                var step = Transition.of(run.state(), word.command(), next.state());
                written.put(next, Optional.ofNullable(step));
                meters.stepped(step);
            }
            if (isNewEnd(run.state(), next.state())) {
                ended.add(new Ended(next, word.result()));
            }
            answers.put(run.id(), change);
        }
        if (!written.isEmpty()) {
            rows.write(written);
        }
        tellOf(ended);
        return answers;
    }

    private RunChange change(Run run, RunFacts told, RunCommand command, RunResult result) {
        var change = decide(run, told, command);
        var next = change.run();
        if (!next.equals(run)) {
            var step = Transition.of(run.state(), command, next.state());
            runs.update(next, step);
            meters.stepped(step);
        }
        tellOf(run.state(), next, result);
        return change;
    }

    private RunChange decide(Run run, RunFacts told, RunCommand command) {
        var decision = rules.decide(run.state(), command, run.readAt());
        // of who is not heard, nothing is taken down
        var facts = decision.answer() == Decision.Answer.REFUSED ? run.facts() : run.facts().filledFrom(told);
        return new RunChange(moved(run, facts, decision.next()), decision.answer());
    }

    static Run moved(Run run, RunFacts facts, RunState state) {
        var starts = state instanceof Held || state instanceof Driven;
        var started = run.startedAt() == null && starts ? run.readAt() : run.startedAt();
        return new Run(run.id(), run.team(), facts, state, run.createdAt(), started, run.readAt());
    }

    private record Ended(Run run, RunResult result) {

        Finished end() {
            return (Finished) run.state();
        }
    }

    /** An end that was told already, and holds again, is not told again. */
    private static boolean isNewEnd(RunState before, RunState after) {
        return after instanceof Finished finished && finished.numbers().revision() != before.numbers().revision();
    }

    private void tellOf(RunState before, Run run, RunResult result) {
        if (isNewEnd(before, run.state())) {
            tellOf(List.of(new Ended(run, result)));
        }
    }

    private void tellOf(List<Ended> ended) {
        if (ended.isEmpty()) {
            return;
        }
        var found = new LinkedHashMap<RunId, RunResult>();
        var facts = new LinkedHashMap<String, RunFinished>();
        var asked = runs.asked(ended.stream().map(one -> one.run().id()).toList());
        for (var one : ended) {
            var id = one.run().id();
            if (!one.result().equals(RunResult.NONE) || one.end().numbers().revision() > 1) {
                found.put(id, one.result());
            }
            facts.put(id.toString(), fact(one, asked.getOrDefault(id, Asked.NOTHING)));
        }
        results.save(found);
        outbox.publish(Topics.RUN_FINISHED, facts);
        ended.forEach(one -> meters.finished(one.end().ending()));
    }

    private RunFinished fact(Ended ended, Asked asked) {
        var run = ended.run();
        var facts = run.facts();
        var end = ended.end();
        var ending = end.ending();
        @Nullable JsonNode evaluation = ending.reward() == null ? null : ended.result().evaluation();
        var large = results.sizeIfLarge(evaluation);
        return new RunFinished(
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
                end.numbers().fence(),
                end.numbers().revision(),
                end.at(),
                facts.agent(),
                asked.taskVersion(),
                facts.environmentVersion(),
                run.startedAt(),
                asked.verifier());
    }
}
