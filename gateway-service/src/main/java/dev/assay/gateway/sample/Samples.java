// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.sample;

import dev.assay.contracts.ModelId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.internal.ResolvedModel;
import dev.assay.contracts.internal.SampledCall;
import dev.assay.gateway.call.Exchange;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.dialect.Operation;
import dev.assay.gateway.model.ModelResolution.Target;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.rest.InternalRest;
import dev.assay.kit.web.RunRef;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/** The record of what runs were answered by models whose weights a trainer has. */
@Component
public class Samples {

    private static final Logger log = LoggerFactory.getLogger(Samples.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final RestClient training;

    Samples(InternalRest rest, @Value("${assay.training-url}") String training) {
        this.training = rest.forService(training, "training-service", PATIENCE);
    }

    /** What is to be kept of a try; null: nothing, as it is no trained model's, or of no run. */
    public @Nullable Sampling of(Exchange call, Target target) {
        if (!target.upstream().equalsIgnoreCase(ResolvedModel.TRAINER) || call.route().operation() != Operation.GENERATE) {
            return null;
        }
        return run(call).map(run -> new Sampling(this, call, run, ModelId.parse(target.model()))).orElse(null);
    }

    /**
     * Whose turn it may be. A run's key speaks for its run alone: what is begun inside, and calls with the same key, names itself, and is
     * not that run's turn.
     */
    private static Optional<RunId> run(Exchange call) {
        var named = call.request().first("trace-id").flatMap(Samples::run);
        var own = call.caller().run();
        return own == null ? named : Optional.of(own).filter(run -> named.isEmpty() || named.get().equals(run));
    }

    /** What is no id of a run names none. */
    private static Optional<RunId> run(String named) {
        try {
            return Optional.of(new RunId(RunRef.ofRun("Trace-Id", named).id()));
        } catch (Problem e) {
            return Optional.empty();
        }
    }

    /** @throws ModelErrorException 503: without its record nothing is answered, or a run would be learnt from by halves */
    void keep(SampledCall sampled) {
        try {
            training.post().uri("/internal/samples").body(sampled).retrieve().toBodilessEntity();
        } catch (RestClientException e) {
            log.warn("what call {} sampled cannot be written down: {}", sampled.call(), e.toString());
            throw new ModelErrorException(ModelError.unavailable("What was sampled cannot be written down just now. Try again.", 1));
        }
    }
}
