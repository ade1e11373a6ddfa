// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.model;

import dev.assay.contracts.ModelId;
import dev.assay.contracts.TeamId;
import dev.assay.kit.problem.Problem;
import java.time.Clock;
import java.util.Optional;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Enters models into the catalog, and finds what people mean by a name. */
@Service
class Catalog {

    private final ModelStore store;
    private final Clock clock;

    Catalog(ModelStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** One after the other for each team: what a model is called is compared in ways that no index knows. */
    @Transactional
    Model enter(TeamId team, NewModel request) {
        store.lock(team);
        var slug = ModelRules.slug(request.modelName());
        var upstream = ModelRules.optional("upstream_model", request.upstreamModel());
        var model = new Model(
                ModelId.random(),
                team,
                slug,
                ModelRules.optional("name", request.name()),
                ModelRules.required("provider", request.provider()),
                ModelRules.agentType(request.sdkAgentType()),
                upstream == null ? slug : upstream,
                clock.instant());
        if (store.visibleTo(team).stream().anyMatch(known -> known.collidesWith(slug, model.name()))) {
            throw taken(slug);
        }
        try {
            store.insert(model);
        } catch (DuplicateKeyException e) {
            throw taken(slug);
        }
        return model;
    }

    /** The first model in the catalog's order that answers to what was typed. */
    Optional<Model> find(TeamId team, String typed) {
        return store.visibleTo(team).stream().filter(model -> model.answersTo(typed.strip())).findFirst();
    }

    Model get(TeamId team, ModelId id) {
        return store.find(team, id).orElseThrow(() -> Problem.notFound("There is no model " + id + "."));
    }

    private static Problem taken(String slug) {
        return Problem.conflict("model_name: the catalog has a model of that slug or name already ('" + slug + "')");
    }
}
