// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.submit;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.VersionId;
import dev.assay.contracts.internal.BuiltImage;
import dev.assay.contracts.internal.BuiltServices;
import dev.assay.job.account.RuntimeCredentials;
import dev.assay.job.run.Offers;
import dev.assay.job.run.RunSettings;
import dev.assay.kit.problem.Problem;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** What a run that is submitted stands for and asks for, and whether it can be had. Nothing is written. */
@Component
public class SubmissionCheck {

    private final EnvironmentCheck environments;
    private final Offers offers;
    private final RuntimeCredentials credentials;
    private final RunSettings settings;

    SubmissionCheck(EnvironmentCheck environments, Offers offers, RuntimeCredentials credentials, RunSettings settings) {
        this.environments = environments;
        this.offers = offers;
        this.credentials = credentials;
        this.settings = settings;
    }

    /** What a submission's environments stand for; null while nobody can say. */
    public record Versions(EnvironmentCheck.@Nullable Deployed environment, @Nullable VersionId verifier) {

        @Nullable VersionId version() {
            return environment == null ? null : environment.version();
        }

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
        terms(asked, versions);
    }

    /** How long a run may take, and the runtime that it needs. */
    record Terms(Duration timeout, String runtime) {}

    /**
     * Of one that is to be queued.
     *
     * @throws Problem 400 as {@link #check}, or if its team has no credential for that runtime
     */
    Terms terms(SubmitRequest.Checked asked, Versions versions, TeamId team) {
        var terms = terms(asked, versions);
        var verifier = asked.verifier();
        credentials.require("", team, terms.runtime());
        credentials.require("verifier.", team, Placement.runtimeOf(verifier == null ? null : verifier.get("runtime_config")));
        return terms;
    }

    private Terms terms(SubmitRequest.Checked asked, Versions versions) {
        return new Terms(timeout(asked, versions.environment()), place(asked, versions));
    }

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
