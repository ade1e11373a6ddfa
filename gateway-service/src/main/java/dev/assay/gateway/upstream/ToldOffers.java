// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.OfferedModels;
import dev.assay.contracts.internal.OfferedModels.Offer;
import dev.assay.contracts.internal.ResolvedModel;
import dev.assay.gateway.model.Everybody;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.rest.InternalRest;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/** What the catalog was told of what a team's upstreams offer, and everybody's. */
@Component
class ToldOffers {

    private static final Logger log = LoggerFactory.getLogger(ToldOffers.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private record Told(List<String> upstreams, List<String> passing, Map<String, List<Offer>> models, long nanos) {}

    private final RestClient catalog;
    private final Map<TeamId, Told> told = new ConcurrentHashMap<>();

    ToldOffers(InternalRest rest, @Value("${assay.training-url}") String training) {
        this.catalog = rest.forService(training, "training-service", PATIENCE);
    }

    /** The teams that the catalog has been told something of, everybody among them. */
    Set<TeamId> teams() {
        return told.keySet();
    }

    /** Who serves the model of this very slug to the team; empty: nobody. */
    Optional<String> servedBy(TeamId team, String slug) {
        try {
            var found = catalog.get().uri("/internal/models/resolve?team={team}&model={model}", team, slug).retrieve();
            return Optional.ofNullable(found.body(ResolvedModel.class))
                    .filter(model -> model.modelName().equalsIgnoreCase(slug))
                    .map(ResolvedModel::provider);
        } catch (HttpClientErrorException.NotFound e) {
            return Optional.empty();
        } catch (RestClientException e) {
            log.warn("the model catalog does not say who serves '{}' to team {}: {}", slug, team, e.getMessage());
            throw Problem.unavailable("The catalog cannot be asked of its model just now. Say it again.");
        }
    }

    /** What was told of this team may not be so any more. */
    void forget(TeamId team) {
        told.remove(team);
    }

    /**
     * Tells all of it, whenever something is new, and now and then in any case: whoever comes without a list of the configuration's may
     * have it. That a team has none is told once.
     *
     * @param team or {@link Everybody#TEAM}
     * @param upstreams all that there are and that can be asked
     * @return whether the catalog knows
     */
    boolean tell(TeamId team, Collection<Upstreams.Known> upstreams, Duration every) {
        var names = upstreams.stream().map(Upstreams.Known::name).toList();
        var passing = upstreams.stream().filter(Upstreams.Known::isPassing).map(Upstreams.Known::name).toList();
        Map<String, List<Offer>> models = new TreeMap<>();
        for (var one : upstreams) {
            var offers = one.listing().offers();
            if (offers != null) {
                models.put(one.name(), offers);
            }
        }
        var everybodys = team.equals(Everybody.TEAM);
        var last = told.get(team);
        if (last != null
                && last.upstreams().equals(names)
                && last.passing().equals(passing)
                && last.models().equals(models)
                && (names.isEmpty() && !everybodys || System.nanoTime() - last.nanos() < every.toNanos())) {
            return true;
        }
        var whose = everybodys ? "everybody's upstreams" : "the upstreams of team " + team;
        try {
            catalog.put().uri("/internal/models/offered").body(new OfferedModels(everybodys ? null : team, names, passing, models))
                    .retrieve().toBodilessEntity();
            told.put(team, new Told(names, passing, models, System.nanoTime()));
            log.info("the catalog was told what {} offer: {} models", whose, models.values().stream().mapToInt(List::size).sum());
            return true;
        } catch (RestClientException e) {
            log.warn("the model catalog does not hear what {} offer; it is told again soon: {}", whose, e.getMessage());
            return false;
        }
    }
}
