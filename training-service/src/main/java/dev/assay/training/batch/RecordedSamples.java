// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.batch;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.rest.InternalRest;
import dev.assay.training.datum.Sample;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/** What the models of runs sampled, as the runs' steps have it. */
@Component
public class RecordedSamples {

    private final RestClient traces;

    RecordedSamples(InternalRest rest, @Value("${assay.trace-url}") String traces) {
        this.traces = rest.forService(traces, "trace-service");
    }

    /** @param turns how many of its agent there are @param graded whether its last step is there */
    public record Sampled(List<Sample> samples, int turns, boolean graded) {}

    /**
     * @param at where the run is named
     * @throws Problem 503 if they cannot be read
     */
    public Sampled of(RunId run, String at, TeamId team) {
        try {
            return traces.get().uri("/internal/runs/{run}/samples?team={team}", run, team).exchange((request, answer) -> {
                if (answer.getStatusCode().value() == 404) {
                    return new Sampled(List.of(), 0, false); // nothing of it has come
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

    private static Sampled read(InputStream body, String at) {
        var samples = new ArrayList<Sample>();
        var found = new Object() {
            int turns;
            boolean graded;
        };
        PlacedJson.read(body, json -> {
            json.object(at, Set.of("samples", "turns", "graded"), name -> {
                switch (name) {
                    case "samples" -> json.array(at + ".samples", number -> samples.add(SampleReader.read(json, at + ".samples[" + number + "]")));
                    case "turns" -> found.turns = json.whole(name);
                    default -> found.graded = json.isTrue();
                }
            });
            return found;
        });
        return new Sampled(samples, found.turns, found.graded);
    }
}
