// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.batch;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.rest.InternalRest;
import dev.assay.training.datum.Sample;
import dev.assay.training.model.Catalog;
import dev.assay.training.sample.SampledCalls;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/** What the models of runs sampled, as the gateway saw it and as the runs' steps have it. */
@Component
public class RecordedSamples {

    private final SampledCalls calls;
    private final Catalog catalog;
    private final RestClient traces;

    RecordedSamples(SampledCalls calls, Catalog catalog, InternalRest rest, @Value("${assay.trace-url}") String traces) {
        this.calls = calls;
        this.catalog = catalog;
        this.traces = rest.forService(traces, "trace-service");
    }

    /**
     * What a run's spans tell.
     *
     * @param turns how many of its agent there are
     * @param elsewhere how many of its calls were answered by models that are not trained here
     * @param graded whether its last step is there
     */
    record Steps(List<Sample> samples, int turns, int elsewhere, boolean graded) {

        static final Steps NONE = new Steps(List.of(), 0, 0, false);
    }

    /** @param graded whether all its steps are there @param begun whether anything is */
    public record Sampled(Settled settled, boolean graded, boolean begun) {}

    /**
     * @param attempt which of the run's was graded; 0: a client drives it
     * @param model that the run was to ask, as it was typed; null: none of the platform's
     * @param at where the run is named
     * @throws Problem 503 if they cannot be read
     */
    public Sampled of(RunId run, int attempt, @Nullable String model, String at, TeamId team) {
        var steps = steps(run, at, team);
        var record = calls.of(team, run, attempt == 0 ? null : attempt);
        boolean empty = record.calls().isEmpty() && !record.full();
        // a hosted run's key opens its model alone, and what was sampled with it is on record under the run that it is for
        var recorded = empty && attempt > 0 && model != null && catalog.isTrainedHere(team, model);
        return new Sampled(Settled.of(record, steps, recorded), steps.graded(), steps.graded() || steps.turns() > 0 || !empty);
    }

    private Steps steps(RunId run, String at, TeamId team) {
        try {
            return traces.get().uri("/internal/runs/{run}/samples?team={team}", run, team).exchange((request, answer) -> {
                if (answer.getStatusCode().value() == 404) {
                    return Steps.NONE;
                }
                if (!answer.getStatusCode().is2xxSuccessful()) {
                    throw new RestClientException("answered with " + answer.getStatusCode());
                }
                return read(answer.getBody(), at);
            });
        } catch (RestClientException | UncheckedIOException e) {
            throw Problem.unavailable(at + ": the steps of run " + run + " cannot be read just now. Try again later.");
        }
    }

    private static Steps read(InputStream body, String at) {
        var samples = new ArrayList<Sample>();
        var found = new Object() {
            int turns;
            int elsewhere;
            boolean graded;
        };
        PlacedJson.read(body, json -> {
            json.object(at, Set.of("samples", "turns", "elsewhere", "graded"), name -> {
                switch (name) {
                    case "samples" -> json.array(at + ".samples", number -> samples.add(SampleReader.read(json, at + ".samples[" + number + "]")));
                    case "turns" -> found.turns = json.whole(name);
                    case "elsewhere" -> found.elsewhere = json.whole(name);
                    default -> found.graded = json.isTrue();
                }
            });
            return found;
        });
        return new Steps(samples, found.turns, found.elsewhere, found.graded);
    }
}
