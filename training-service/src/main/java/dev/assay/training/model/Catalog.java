// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.model;

import dev.assay.contracts.ModelId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.kit.problem.Problem;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Enters models into the catalog, and finds what people mean by a name. */
@Service
public class Catalog {

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
                ModelRules.provider(request.provider()),
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

    /**
     * A model of the team's own, which begins as what the source serves now.
     *
     * @param by who asks: their same request again, as long as they have not been told of the fork, is answered with it
     */
    @Transactional
    Model fork(TeamId team, UserId by, ModelId source, String name) {
        store.lock(team);
        var origin = get(team, source);
        if (origin.trainer() == null) {
            throw Problem.badRequest("source_model_id", "'" + origin.modelName() + "' cannot be forked: no trainer of this platform has its weights");
        }
        var visible = store.visibleTo(team);
        var same = visible.stream().filter(known -> known.team() != null && known.collidesWith(name, name)).findFirst();
        if (same.isPresent()) {
            if (store.isUntold(same.get(), source, by)) {
                return same.get();
            }
            throw Problem.conflict("name: the team has a model '" + name + "' already, " + same.get().id());
        }
        var slug = Slugs.of(name, wanted -> visible.stream().anyMatch(known -> known.collidesWith(wanted, null)));
        var fork = new Model(
                ModelId.random(), team, slug, name, Model.BY_TRAINER, ModelRules.DEFAULT_AGENT, origin.upstreamModel(), clock.instant(),
                origin.trainer(), null, origin.trainer(), new Model.Origin(source, null));
        store.insertFork(fork, by);
        return get(team, fork.id());
    }

    /** A model whose weights its team may change. */
    public Trainable trainable(TeamId team, ModelId id) {
        var model = get(team, id);
        if (!model.isTrainable()) {
            throw Problem.forbidden("Model '" + model.modelName() + "' is not trainable"
                    + (model.trainer() == null ? ": no trainer of this platform has its weights." : ", as it is everybody's. Fork it, and train the fork."));
        }
        return new Trainable(id, model.modelName(), String.valueOf(model.trainer()), model.upstreamModel());
    }

    /**
     * @param slug that agents send
     * @param trainer the kind of trainer that has its weights
     * @param base what that trainer calls the weights that it began with: models of one base have the same tokens
     */
    public record Trainable(ModelId id, String slug, String trainer, String base) {}

    /** Whether what another model samples are this one's tokens. */
    public boolean haveTheSameTokens(TeamId team, Trainable model, ModelId other) {
        return store.find(team, other)
                .filter(found -> model.trainer().equals(found.trainer()) && model.base().equals(found.upstreamModel()))
                .isPresent();
    }

    /** Whether a trainer answers what is asked of it, be it a base. */
    public boolean isTrainedHere(TeamId team, String typed) {
        return find(team, typed).filter(model -> model.trainer() != null).isPresent();
    }

    /** Whether or not it learns. @throws Problem 404 if the team sees no such model */
    public void check(TeamId team, ModelId id) {
        get(team, id);
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
