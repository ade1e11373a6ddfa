// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.model;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.OfferedModels;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.Problem;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Hears from the gateway what its upstreams serve. */
@RestController
@Admits(Role.SERVICE)
class OfferController {

    private static final Logger log = LoggerFactory.getLogger(OfferController.class);

    private final ModelStore store;
    private final Clock clock;

    OfferController(ModelStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    @PutMapping("/internal/models/offered")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Transactional
    void offered(@RequestBody OfferedModels offered) {
        var team = offered.team();
        store.keepOffersOf(team, offered.upstreams(), offered.passing());
        offered.models().forEach((upstream, offers) ->
                store.replaceOffered(team, upstream, offered.passing().contains(upstream), models(team, upstream, offers)));
    }

    /** Those that clients can read: for one that they cannot, they would give up on the whole catalog. */
    private List<Model> models(@Nullable TeamId team, String upstream, List<OfferedModels.Offer> offers) {
        Map<String, Model> bySlug = new LinkedHashMap<>();
        for (var offer : offers) {
            model(team, upstream, offer).ifPresent(model -> bySlug.putIfAbsent(model.modelName().toLowerCase(Locale.ROOT), model));
        }
        return List.copyOf(bySlug.values());
    }

    private Optional<Model> model(@Nullable TeamId team, String upstream, OfferedModels.Offer offer) {
        try {
            var slug = ModelRules.slug(offer.modelName());
            return Optional.of(new Model(
                    team == null ? SharedModels.idOf(slug) : SharedModels.idOf(team, slug),
                    team,
                    slug,
                    ModelRules.optional("name", offer.name()),
                    ModelRules.provider(upstream),
                    ModelRules.agentType(offer.agentType()),
                    ModelRules.required("upstream_model", offer.upstreamModel()),
                    clock.instant(),
                    ModelRules.optional("provider", offer.provider()),
                    offer.releasedAt(),
                    null,
                    null));
        } catch (Problem e) {
            log.warn("the model '{}' that {} offers stays out of the catalog: {}", offer.modelName(), upstream, e.getBody().getDetail());
            return Optional.empty();
        }
    }
}
