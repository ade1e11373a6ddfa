// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.RunPlace;
import dev.assay.gateway.budget.Budgets;
import dev.assay.gateway.call.Exchange;
import dev.assay.gateway.dialect.Body;
import dev.assay.gateway.dialect.CallHead;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.model.ModelResolution;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.web.RunRef;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Finds out what has to be known of a call before it goes out: what its model costs, and whose run it belongs to. */
@Component
class Openings {

    private static final Logger log = LoggerFactory.getLogger(Openings.class);

    private final Prices prices;
    private final Budgets budgets;
    private final RunPlaces places;
    private final Clock clock;

    Openings(Prices prices, Budgets budgets, RunPlaces places, Clock clock) {
        this.prices = prices;
        this.budgets = budgets;
        this.places = places;
        this.clock = clock;
    }

    /** @throws ModelErrorException 503 if that cannot be found out now */
    Opened of(Exchange call, ModelResolution model, CallHead head, Body body) {
        var at = clock.instant();
        var known = new HashMap<ModelResolution.Target, Price>();
        try {
            for (var target : model.targets()) {
                price(call.caller().team(), model.slug(), target, at).ifPresent(price -> known.put(target, price));
            }
        } catch (DataAccessException | TransactionException e) {
            log.error("prices cannot be looked up", e);
            throw new ModelErrorException(ModelError.unavailable("Prices cannot be looked up just now. Try again.", 2));
        }
        var named = call.caller().run() == null ? call.request().first("trace-id").orElse(null) : null;
        var run = call.caller().run() == null ? Optional.ofNullable(named).flatMap(Openings::run) : Optional.of(call.caller().run());
        var place = run.flatMap(id -> place(id, call.caller().team(), true));
        return new Opened(
                at,
                head,
                model.slug(),
                new Input(call.route().dialect(), body),
                call.caller().run() != null || place.isPresent() ? run.orElse(null) : null,
                place.isPresent() ? null : named,
                place.map(RunPlace::job).orElse(null),
                model.targets(),
                Map.copyOf(known));
    }

    /** By what the upstream calls it: the catalog's name may be anybody's choice, and counts only where that one is unknown. */
    private Optional<Price> price(TeamId team, String slug, ModelResolution.Target target, Instant at) {
        if (target.upstream().equals(Ledger.RECORDING)) {
            return Optional.of(Price.RECORDED);
        }
        return prices.find(team, List.of(target.model()), target.upstream(), at)
                .or(() -> prices.find(team, List.of(slug), target.upstream(), at));
    }

    /** @param held whether its budgets depend on it: then it must be known */
    Optional<RunPlace> place(RunId run, TeamId team, boolean held) {
        try {
            return places.find(run, team);
        } catch (RunPlaces.AwayException e) {
            if (held && budgets.areOfRuns(team.value())) {
                throw new ModelErrorException(
                        ModelError.unavailable("It cannot be told just now which budgets the run is held to. Try again.", 2));
            }
            return Optional.empty();
        }
    }

    /** What is no id of a run names none. */
    static Optional<RunId> run(String named) {
        try {
            return Optional.of(new RunId(RunRef.ofRun("Trace-Id", named).id()));
        } catch (Problem e) {
            return Optional.empty();
        }
    }
}
