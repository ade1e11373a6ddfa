// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.model;

import dev.assay.contracts.ModelId;
import dev.assay.contracts.TeamId;
import dev.assay.kit.problem.Problem;
import java.time.Clock;
import java.util.List;
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

    /** What was typed as a slug, else as an id, else as a name, else as a slug's last part; of several the first in the catalog's order. */
    Optional<Model> find(TeamId team, String typed) {
        return find(store.visibleTo(team), typed.strip());
    }

    static Optional<Model> find(List<Model> models, String typed) {
        return Model.MEANINGS.stream()
                .flatMap(meaning -> models.stream().filter(model -> meaning.test(model, typed)).findFirst().stream())
                .findFirst();
    }

    /** The names that look most like one that nothing answers to. */
    List<String> near(TeamId team, String typed) {
        return NearNames.of(typed, store.visibleTo(team).stream().map(Model::modelName).toList());
    }

    Model get(TeamId team, ModelId id) {
        return store.find(team, id).orElseThrow(() -> Problem.notFound("There is no model " + id + "."));
    }

    private static Problem taken(String slug) {
        return Problem.conflict("model_name: the catalog has a model of that slug or name already ('" + slug + "')");
    }
}
