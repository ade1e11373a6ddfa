// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.submit;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.VersionId;
import dev.assay.contracts.internal.BuiltImage;
import dev.assay.contracts.internal.BuiltServices;
import dev.assay.job.account.RuntimeCredentials;
import dev.assay.job.job.Jobs;
import dev.assay.job.run.Decision.Answer;
import dev.assay.job.run.Needs;
import dev.assay.job.run.Offers;
import dev.assay.job.run.Rooms;
import dev.assay.job.run.RunChange;
import dev.assay.job.run.RunChanges;
import dev.assay.job.run.RunChanges.NewRun;
import dev.assay.job.run.RunCommand.Submit;
import dev.assay.job.run.RunFacts;
import dev.assay.job.run.RunSettings;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.signal.WorkSignal;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.databind.JsonNode;

/** Accepts runs: when this returns, the run is in the queue and readable, whatever dies next. */
@Service
public class Submissions {

    private final Jobs jobs;
    private final RunChanges runs;
    private final RunSpecs specs;
    private final Rooms rooms;
    private final Offers offers;
    private final RuntimeCredentials credentials;
    private final EnvironmentCheck environments;
    private final FreshRuns freshRuns;
    private final RunSettings settings;
    private final TransactionOperations transaction;
    private final WorkSignal signal;

    Submissions(
            Jobs jobs, RunChanges runs, RunSpecs specs, Rooms rooms, Offers offers, RuntimeCredentials credentials,
            EnvironmentCheck environments, FreshRuns freshRuns, RunSettings settings, TransactionOperations transaction, WorkSignal signal) {
        this.freshRuns = freshRuns;
        this.transaction = transaction;
        this.jobs = jobs;
        this.runs = runs;
        this.specs = specs;
        this.rooms = rooms;
        this.offers = offers;
        this.credentials = credentials;
        this.environments = environments;
        this.settings = settings;
        this.signal = signal;
    }

    /** What a submission's environments stand for; null while nobody can say. */
    public record Versions(EnvironmentCheck.@Nullable Deployed environment, @Nullable VersionId verifier) {

        /** What the environment runs with unless a run says otherwise, or null. */
        public @Nullable JsonNode runtimeConfig() {
            return environment == null ? null : environment.runtimeConfig();
        }

        /** What it runs in unless a run says otherwise, or null. */
        public @Nullable BuiltImage image() {
            return environment == null ? null : environment.image();
        }

        /** What was built of its Compose project; null: nobody can say. */
        public @Nullable BuiltServices services() {
            if (environment == null) {
                return null;
            }
            return environment.services() == null ? BuiltServices.NONE : environment.services();
        }
    }

    /**
     * Looks for what a submission needs, before anything is written.
     *
     * @throws Problem 400 that names the field
     */
    public Versions find(SubmitRequest.Checked asked, TeamId team) {
        var environment = environments.check(team, asked.environment(), asked.task(), asked.args());
        var verifier = asked.verifier();
        return new Versions(environment, verifier == null ? null : environments.checkVerifier(team, verifier));
    }

    /** The same for runs that belong together: each name stands for one version, whatever is deployed while they are looked at. */
    public Function<SubmitRequest.Checked, Versions> finder(TeamId team) {
        var lookup = environments.asOfNow(team);
        return asked -> {
            var environment = lookup.apply(asked.environment());
            EnvironmentCheck.refuse(environment, asked.environment(), asked.task(), asked.args());
            var verifier = asked.verifier();
            return new Versions(environment, verifier == null ? null : EnvironmentCheck.checkVerifier(lookup, verifier));
        };
    }

    /** @throws Problem 400 if no run may take so long, or run like that */
    public void check(SubmitRequest.Checked asked, Versions versions) {
        timeout(asked, versions.environment());
        place(asked, versions);
    }

    /** The runtime that the run needs. */
    private String place(SubmitRequest.Checked asked, Versions versions) {
        Placement.checkShared(versions.runtimeConfig(), asked.runtimeConfig(), asked.agentType(), asked.isVerifiedApart());
        var config = Placement.both(versions.runtimeConfig(), asked.runtimeConfig());
        var runtime = Placement.check(config, versions.image(), versions.services());
        if (asked.isVerifiedApart()) {
            Placement.checkHandsOver(runtime);
        }
        if (versions.environment() != null || config.namesWhatToRun()) { // else nobody can say what runs it
            offers.refusal(runtime, config).ifPresent(reason -> {
                throw Problem.badRequest("runtime_config." + reason);
            });
        }
        return runtime;
    }

    private static Needs needs(SubmitRequest.Checked asked, Versions versions) {
        var verifier = asked.verifier();
        return Placement.needs(versions.runtimeConfig(), asked.runtimeConfig(), verifier == null ? null : verifier.get("runtime_config"));
    }

    /** @throws Problem 400 that names the field, 404 if the run or its job is another team's, 409 if a client drives the run */
    public RunChange accept(SubmitRequest.Checked asked, Versions versions, Caller caller) {
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

    private RunSpecs.Spec spec(SubmitRequest.Checked asked, Versions versions, TeamId team) {
        var timeout = timeout(asked, versions.environment());
        var runtime = place(asked, versions);
        var verifier = asked.verifier();
        credentials.require("", team, runtime);
        credentials.require("verifier.", team, Placement.runtimeOf(verifier == null ? null : verifier.get("runtime_config")));
        var environment = versions.environment();
        return specs.of(asked, runtime, timeout, environment == null ? null : environment.version(), versions.verifier());
    }

    /** The run's own, or its environment's, which nobody need know to submit a run: more than any run may take is cut to that. */
    private Duration timeout(SubmitRequest.Checked asked, EnvironmentCheck.@Nullable Deployed environment) {
        if (asked.timeout() != null) {
            if (asked.timeout().compareTo(settings.run().longest()) > 0) {
                throw Problem.badRequest(
                        "runtime_config.limits.run_timeout_s",
                        "no run may take more than " + settings.run().longest().toSeconds() + " seconds here");
            }
            return asked.timeout();
        }
        var usual = environment == null || environment.runTimeout() == null ? settings.run().timeout() : environment.runTimeout();
        return usual.compareTo(settings.run().longest()) > 0 ? settings.run().longest() : usual;
    }
}
