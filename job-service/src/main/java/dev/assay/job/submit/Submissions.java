// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.submit;

import dev.assay.contracts.TeamId;
import dev.assay.job.job.Jobs;
import dev.assay.job.run.Decision.Answer;
import dev.assay.job.run.Needs;
import dev.assay.job.run.Rooms;
import dev.assay.job.run.RunChange;
import dev.assay.job.run.RunChanges;
import dev.assay.job.run.RunChanges.NewRun;
import dev.assay.job.run.RunCommand.Submit;
import dev.assay.job.run.RunFacts;
import dev.assay.job.submit.SubmissionCheck.Versions;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.signal.WorkSignal;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionOperations;

/** Accepts runs: when this returns, the run is in the queue and readable, whatever dies next. */
@Service
public class Submissions {

    private final SubmissionCheck check;
    private final Jobs jobs;
    private final RunChanges runs;
    private final RunSpecs specs;
    private final Rooms rooms;
    private final FreshRuns freshRuns;
    private final TransactionOperations transaction;
    private final WorkSignal signal;

    Submissions(
            SubmissionCheck check, Jobs jobs, RunChanges runs, RunSpecs specs, Rooms rooms, FreshRuns freshRuns,
            TransactionOperations transaction, WorkSignal signal) {
        this.check = check;
        this.jobs = jobs;
        this.runs = runs;
        this.specs = specs;
        this.rooms = rooms;
        this.freshRuns = freshRuns;
        this.transaction = transaction;
        this.signal = signal;
    }

    /** @throws Problem 400 that names the field, 404 if the run or its job is another team's, 409 if a client drives the run */
    RunChange accept(SubmitRequest.Checked asked, Caller caller) {
        var versions = check.find(asked, caller.team());
        return fresh(asked, versions, caller.team())
                .flatMap(freshRuns::queue)
                .orElseGet(() -> acceptAny(asked, versions, caller));
    }

    /** Empty if it asks for more than is looked at for many at once, or for what cannot be had: whether that matters depends on the run. */
    private Optional<FreshRuns.Fresh> fresh(SubmitRequest.Checked asked, Versions versions, TeamId team) {
        try {
            return needs(asked, versions).equals(Needs.NONE)
                    ? Optional.of(new FreshRuns.Fresh(asked.job(), new NewRun(team, facts(asked, versions)), spec(asked, versions, team)))
                    : Optional.empty();
        } catch (Problem notToBeHad) {
            return Optional.empty();
        }
    }

    private RunChange acceptAny(SubmitRequest.Checked asked, Versions versions, Caller caller) {
        return Objects.requireNonNull(transaction.execute(status -> {
            var change = queue(asked, versions, caller.team(), jobs.ensureAndAskIfCancelled(asked.job(), caller));
            if (change.answer() == Answer.DONE) {
                signal.arrived();
            }
            return change;
        }));
    }

    /** What is run, and what it needs. */
    public record Asked(SubmitRequest.Checked run, Versions versions) {}

    /** Runs of a job that is made in the same transaction: nobody has spoken of any of them. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void acceptNew(Stream<Asked> runs, TeamId team) {
        runs.forEach(asked -> queue(asked.run(), asked.versions(), team, false));
        signal.arrived();
    }

    private RunChange queue(SubmitRequest.Checked asked, Versions versions, TeamId team, boolean cancelled) {
        var change = runs.tell(asked.run(), team, facts(asked, versions), new Submit(cancelled));
        if (change.answer() == Answer.REFUSED) {
            throw Problem.conflict("trace_id: run " + asked.run() + " is one that a client drives itself.");
        }
        if (change.answer() == Answer.DONE) { // told again, it is not judged by what is deployed by now
            var spec = spec(asked, versions, team);
            var needs = needs(asked, versions);
            rooms.refusal(needs).ifPresent(reason -> {
                throw Problem.badRequest("runtime_config." + reason);
            });
            rooms.save(asked.run(), needs);
            specs.save(List.of(spec));
        }
        return change;
    }

    private static RunFacts facts(SubmitRequest.Checked asked, Versions versions) {
        var environment = versions.environment();
        return new RunFacts(
                asked.job(),
                null,
                asked.parent(),
                asked.groupId(),
                asked.slug(),
                asked.environment(),
                asked.task(),
                asked.model(),
                asked.agentType(),
                environment == null ? null : environment.number());
    }

    private static Needs needs(SubmitRequest.Checked asked, Versions versions) {
        var verifier = asked.verifier();
        return Placement.needs(versions.runtimeConfig(), asked.runtimeConfig(), verifier == null ? null : verifier.get("runtime_config"));
    }

    private RunSpecs.Spec spec(SubmitRequest.Checked asked, Versions versions, TeamId team) {
        var terms = check.terms(asked, versions, team);
        return specs.of(asked, terms.runtime(), terms.timeout(), versions.version(), versions.verifier());
    }
}
