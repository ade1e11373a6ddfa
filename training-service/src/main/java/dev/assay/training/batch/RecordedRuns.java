// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.batch;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.assay.contracts.ModelId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.rest.InternalRest;
import dev.assay.training.TrainingSettings;
import dev.assay.training.datum.Trajectory;
import dev.assay.training.model.Catalog;
import dev.assay.training.model.Catalog.Trainable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClientException;
import tools.jackson.databind.JsonNode;

/** What is on record of runs: how they were graded, and what their models sampled. What cannot be learnt from is refused by its name. */
@Component
class RecordedRuns {

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

    private final InternalRest rest;
    private final Catalog catalog;
    private final TrainingSettings settings;
    private final Clock clock;
    private final String jobs;
    private final RecordedSamples samples;

    RecordedRuns(
            InternalRest rest, Catalog catalog, TrainingSettings settings, Clock clock, @Value("${assay.job-url}") String jobs,
            RecordedSamples samples) {
        this.rest = rest;
        this.catalog = catalog;
        this.settings = settings;
        this.clock = clock;
        this.jobs = jobs;
        this.samples = samples;
    }

    private record Run(
            String status,
            @Nullable Double reward,
            @JsonProperty("evaluation_result") @Nullable JsonNode evaluation,
            @JsonProperty("stop_reason") @Nullable String stopReason,
            @JsonProperty("inference_llm_model_id") @Nullable ModelId model,
            @JsonProperty("model") @Nullable String typed,
            int attempt,
            @Nullable String error,
            @JsonProperty("ended_at") @Nullable Instant endedAt) {}

    /**
     * @param at where it is named
     * @throws Problem 404 if the team has no such run; 409 if it is not over; 422 if there is nothing to be learnt from it
     */
    Trajectory of(RunId run, String at, TeamId team, Trainable model) {
        var until = System.nanoTime() + settings.record().toNanos();
        var found = read(run, at, team);
        while (found.endedAt() == null) {
            if (!pause(until)) {
                throw Problem.conflict(at + ": run " + run + " is not over, it is " + found.status() + ".");
            }
            found = read(run, at, team);
        }
        check(found, run, at, team, model);
        var sampled = samples.of(run, found.attempt(), found.typed(), at, team);
        while (!sampled.graded() && settings.mayStillSend(found.endedAt(), clock.instant()) && pause(until)) {
            sampled = samples.of(run, found.attempt(), found.typed(), at, team);
        }
        if (!sampled.begun()) {
            throw Problem.conflict(at + ": the steps of run " + run + " have not arrived.");
        }
        return switch (sampled.settled()) {
            case Settled.Refused(var why) -> throw Problem.unprocessable(at + ": run " + run + " " + why);
            case Settled.Samples(var turns, var models) -> {
                models.forEach(one -> checkTokens(one, run, at, team, model));
                yield new Trajectory(turns, Objects.requireNonNull(found.reward()), run);
            }
        };
    }

    private void check(Run found, RunId run, String at, TeamId team, Trainable model) {
        if ("timeout".equals(found.stopReason())) {
            throw Problem.unprocessable(at + ": run " + run + " timed out.");
        }
        if (found.reward() == null || found.evaluation() == null || found.evaluation().isNull()) {
            throw Problem.unprocessable(at + ": run " + run + " has no valid grade" + (found.error() == null ? "." : ": " + found.error()));
        }
        if (found.model() != null) {
            checkTokens(found.model(), run, at, team, model);
        }
    }

    private void checkTokens(ModelId sampled, RunId run, String at, TeamId team, Trainable model) {
        if (!catalog.haveTheSameTokens(team, model, sampled)) {
            throw Problem.unprocessable(at + ": run " + run + " was sampled from a model whose tokens are not those of '" + model.slug() + "'.");
        }
    }

    private Run read(RunId run, String at, TeamId team) {
        try {
            return Objects.requireNonNull(
                    rest.forTeam(jobs, "job-service", team).get().uri("/v2/trace/{run}", run).retrieve().body(Run.class));
        } catch (HttpClientErrorException.NotFound e) {
            throw Problem.notFound(at + ": there is no run " + run + ".");
        } catch (RestClientException e) {
            throw Problem.unavailable(at + ": run " + run + " cannot be looked up just now. Try again later.");
        }
    }

    /** False: there is no more time. */
    private static boolean pause(long until) {
        if (System.nanoTime() >= until) {
            return false;
        }
        try {
            Thread.sleep(BETWEEN_LOOKS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Problem.unavailable("The service is being stopped. Try again later.");
        }
    }
}
