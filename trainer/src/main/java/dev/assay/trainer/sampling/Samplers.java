// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.sampling;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.assay.contracts.ModelId;
import dev.assay.contracts.training.Weights;
import dev.assay.kit.cache.Caches;
import dev.assay.kit.rest.InternalRest;
import dev.assay.trainer.TrainerSettings;
import dev.assay.trainer.blob.BlobFolder;
import dev.assay.trainer.engine.Engine;
import dev.assay.trainer.engine.RefusedException;
import dev.assay.trainer.engine.Sampler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/**
 * What a model is sampled from. Each request asks anew which weights these are, so that a head that was moved counts for the next one; the
 * weights themselves, whose name is a hash, stay in memory, those of the last requests.
 */
@Component
class Samplers {

    private static final Logger LOG = LoggerFactory.getLogger(Samplers.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final List<Engine> engines;
    private final BlobFolder blobs;
    private final RestClient training;
    private final Cache<Name, Sampler> samplers;

    Samplers(
            List<Engine> engines, BlobFolder blobs, InternalRest rest, @Value("${assay.training-url}") String url,
            TrainerSettings settings) {
        this.engines = engines;
        this.blobs = blobs;
        this.training = rest.forTrainer(url, "training-service", PATIENCE);
        this.samplers = Caches.builder()
                .maximumSize(settings.samplers())
                .removalListener((@Nullable Name name, @Nullable Sampler sampler, RemovalCause cause) -> close(sampler))
                .build();
    }

    record Name(String kind, String base, @Nullable String weights) {}

    /** @param slug what clients call the model @param checkpoint its name; null: the model's first weights */
    record Found(Name name, Sampler sampler, String slug, @Nullable String checkpoint) {}

    private static void close(@Nullable Sampler sampler) {
        if (sampler != null) {
            sampler.close();
        }
    }

    /** Its weights are lost: the next request loads them anew. */
    void forget(Found lost) {
        samplers.asMap().remove(lost.name(), lost.sampler());
    }

    /** @param checkpoint by id or name; null: the model's head */
    Found find(String model, @Nullable String checkpoint) {
        var weights = weights(model, checkpoint);
        var name = new Name(weights.kind(), weights.base(), weights.weights());
        try {
            return new Found(name, samplers.get(name, this::load), weights.slug(), weights.checkpointName());
        } catch (RestClientException | UncheckedIOException | RefusedException e) {
            LOG.error("weights {} of model {} cannot be had", weights.weights(), model, e);
            throw ChatException.unavailable("The weights of this model cannot be had just now.");
        }
    }

    private Weights weights(String model, @Nullable String checkpoint) {
        var variables = checkpoint == null ? new Object[] {id(model)} : new Object[] {id(model), checkpoint};
        try {
            var found = training.get()
                    .uri("/internal/training/models/{model}/weights" + (checkpoint == null ? "" : "?checkpoint={checkpoint}"), variables)
                    .retrieve()
                    .body(Weights.class);
            if (found == null) {
                throw ChatException.unavailable("Training-service did not say what this model is sampled from.");
            }
            return found;
        } catch (HttpClientErrorException.NotFound e) {
            throw ChatException.noSuchModel(checkpoint == null
                    ? "There is no model '" + model + "' that is sampled here."
                    : "There is no checkpoint '" + checkpoint + "' of model '" + model + "'.");
        } catch (RestClientException e) {
            LOG.warn("training-service does not say what model {} is sampled from: {}", model, e.toString());
            throw ChatException.unavailable("Training-service does not say just now what this model is sampled from.");
        }
    }

    private static ModelId id(String model) {
        try {
            return ModelId.parse(model);
        } catch (IllegalArgumentException e) {
            throw ChatException.noSuchModel("There is no model '" + model + "': models are asked for by their ids here.");
        }
    }

    private Sampler load(Name name) {
        var engine = engines.stream().filter(one -> one.kind().equals(name.kind())).findFirst().orElseThrow(() ->
                ChatException.unavailable("This trainer has no models of kind '" + name.kind() + "'."));
        try {
            return engine.sampler(name.base(), name.weights() == null ? null : blobs.fetch(name.weights()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
