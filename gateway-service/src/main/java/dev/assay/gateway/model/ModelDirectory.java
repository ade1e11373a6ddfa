// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.model;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.ResolvedModel;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.kit.rest.InternalRest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import tools.jackson.databind.JsonNode;

/** The model catalog, as training-service keeps it. */
@Component
public class ModelDirectory {

    private static final int PAGE = 100;
    private static final int LONGEST_NAME = 500;

    private record Question(TeamId team, String model) {}

    private final InternalRest rest;
    private final RestClient catalog;
    private final String address;
    private final Cache<Question, Optional<ResolvedModel>> known;

    ModelDirectory(InternalRest rest, @Value("${assay.training-url}") String address) {
        this.rest = rest;
        this.address = address;
        this.catalog = rest.forService(address, "training-service");
        this.known = Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(Duration.ofSeconds(5)).build();
    }

    /** What a name stands for, for a team. */
    public ResolvedModel resolve(TeamId team, String model) {
        if (model.length() > LONGEST_NAME) {
            throw unknown(model); // names come from callers: what is remembered has to have a size
        }
        try {
            return known.get(new Question(team, model), this::ask).orElseThrow(() -> unknown(model));
        } catch (RestClientException e) {
            throw unreachable();
        }
    }

    /** All models that a team may call. */
    List<JsonNode> all(TeamId team) {
        var client = rest.forTeam(address, "training-service", team);
        var models = new ArrayList<JsonNode>();
        try {
            while (true) {
                var page = client.get()
                        .uri("/v2/models?limit={limit}&offset={offset}", PAGE, models.size())
                        .retrieve()
                        .body(JsonNode.class);
                if (page == null || page.path("items").isEmpty()) {
                    return models;
                }
                page.path("items").forEach(models::add);
                if (models.size() >= page.path("total").asInt()) {
                    return models;
                }
            }
        } catch (RestClientException e) {
            throw unreachable();
        }
    }

    private Optional<ResolvedModel> ask(Question question) {
        try {
            return Optional.ofNullable(catalog.get()
                    .uri("/internal/models/resolve?team={team}&model={model}", question.team(), question.model())
                    .retrieve()
                    .body(ResolvedModel.class));
        } catch (HttpClientErrorException.NotFound | HttpClientErrorException.BadRequest e) { // nor is there one of a name that cannot be
            return Optional.empty();
        }
    }

    private static ModelErrorException unknown(String model) {
        return new ModelErrorException(ModelError.of(
                404, "Model '" + cut(model) + "' not found: the catalog (`hud models list`) has no model of that name."));
    }

    private static ModelErrorException unreachable() {
        return new ModelErrorException(ModelError.unavailable("The model catalog cannot be reached just now. Try again.", 1));
    }

    private static String cut(String model) {
        return model.length() > 200 ? model.substring(0, 200) + "…" : model;
    }
}
