// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.start;

import dev.assay.contracts.TeamId;
import dev.assay.kit.rest.InternalRest;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import tools.jackson.databind.JsonNode;

/**
 * Whether the catalog, which the gateway goes by, has a model. What the gateway alone may know, and where the catalog cannot be asked, is let
 * in: the runs find out.
 */
@Component
class KnownModels {

    private static final Logger log = LoggerFactory.getLogger(KnownModels.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Those that the gateway has other names for since ever; the operator's own come with the settings. */
    private static final Set<String> OTHER_NAMES = Set.of("claude", "openai", "gemini", "openai_compatible", "deepseek-v4", "kimi-2.6");

    private static final String ANY = "*";

    private final RestClient catalog;
    private final Set<String> otherNames = new HashSet<>(OTHER_NAMES);

    /** @param aliases {@code name=model,name=model}, as the gateway has them */
    KnownModels(
            InternalRest rest, @Value("${assay.training-url}") String trainingUrl, @Value("${assay.run.aliases}") String aliases) {
        Stream.of(aliases.split(",")).map(alias -> alias.split("=")[0].strip().toLowerCase(Locale.ROOT)).forEach(otherNames::add);
        this.catalog = rest.forService(trainingUrl, "training-service", PATIENCE);
    }

    /** Why a team cannot call it; empty if it can, or if nobody can say. */
    Optional<String> problem(TeamId team, String model) {
        if (otherNames.contains(ANY) || otherNames.contains(model.strip().toLowerCase(Locale.ROOT))) {
            return Optional.empty();
        }
        try {
            catalog.get().uri("/internal/models/resolve?team={team}&model={model}", team, model).retrieve().toBodilessEntity();
            return Optional.empty();
        } catch (HttpClientErrorException.NotFound | HttpClientErrorException.BadRequest e) {
            var near = near(e);
            return Optional.of("the catalog has no model '" + model + "'" + (near.isEmpty() ? "" : "; near it: " + String.join(", ", near)));
        } catch (RestClientException e) {
            log.debug("let in unseen: training-service does not say: {}", e.toString());
            return Optional.empty();
        }
    }

    private static List<String> near(HttpClientErrorException refusal) {
        try {
            var body = refusal.getResponseBodyAs(JsonNode.class);
            return body == null ? List.of() : body.path("near").valueStream().map(name -> name.asString("")).toList();
        } catch (RestClientException e) {
            return List.of();
        }
    }
}
