// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import dev.assay.contracts.TeamId;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.model.Everybody;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.CannotCreateTransactionException;

/**
 * Asks teams' own upstreams what they serve, and tells the catalog, which shows it to that team alone. One that does not answer is asked
 * again when its time comes, not sooner: whoever enters what is nowhere makes no work.
 */
@Component
class TeamOffers {

    private static final Logger log = LoggerFactory.getLogger(TeamOffers.class);

    private static final int AT_ONCE = 8;
    /** Where nobody is asked by the clock. */
    private static final Duration TOLD_AGAIN = Duration.ofMinutes(10);
    /** A team that enters many that are slow holds up itself. */
    private static final int AT_ONCE_OF_A_TEAM = 2;
    /** What is left alone is asked sooner: to be let in again once it answers. */
    private static final Duration OPEN_AGAIN = Duration.ofMinutes(1);

    private final EnteredUpstreams entered;
    private final Looks looks;
    private final @Nullable Duration every;
    private final ToldOffers told;

    TeamOffers(EnteredUpstreams entered, Looks looks, OfferSettings settings, ToldOffers told) {
        this.entered = entered;
        this.looks = looks;
        this.every = settings.every();
        this.told = told;
    }

    @Scheduled(fixedDelay = 15_000)
    void look() {
        if (every == null) {
            return;
        }
        try {
            var teams = entered.teams();
            try (var asking = Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().factory())) {
                for (var team : teams) {
                    var due = new ConcurrentLinkedQueue<>(entered.of(team).stream().filter(known -> isDue(known, every)).toList());
                    for (var one = 0; one < Math.min(due.size(), AT_ONCE_OF_A_TEAM); one++) {
                        asking.submit(() -> lookAt(due));
                    }
                }
            }
            teams.forEach(team -> told.tell(team, entered.of(team), every));
            told.teams().stream()
                    .filter(team -> !teams.contains(team) && !team.equals(Everybody.TEAM))
                    .forEach(team -> told.tell(team, entered.of(team), every)); // who has none any more
        } catch (ModelErrorException | DataAccessException | CannotCreateTransactionException e) {
            log.warn("teams' upstreams cannot be read, so none is asked what it serves: {}", e.getMessage());
        }
    }

    /**
     * Tells the catalog at once of one that names its models itself.
     *
     * @param slug of the model that it names
     * @return whether the catalog has it by that slug
     */
    boolean tellOf(TeamId team, String name, String slug) {
        entered.named(team, name).ifPresent(looks::list);
        if (told.tell(team, entered.of(team), every == null ? TOLD_AGAIN : every) && isServedBy(team, slug, name)) {
            return true;
        }
        return tellAnew(team) && isServedBy(team, slug, name); // another replica may have told it something else since
    }

    /** Whatever this replica told it last. @return whether it knows */
    boolean tellAnew(TeamId team) {
        told.forget(team);
        return told.tell(team, entered.of(team), TOLD_AGAIN);
    }

    /** Who serves the model of this very slug to the team, as its catalog has it; empty: nobody. */
    Optional<String> servedBy(TeamId team, String slug) {
        return told.servedBy(team, slug);
    }

    private boolean isServedBy(TeamId team, String slug, String name) {
        return told.servedBy(team, slug).filter(name::equalsIgnoreCase).isPresent();
    }

    private void lookAt(Queue<Upstreams.Known> due) {
        for (var known = due.poll(); known != null; known = due.poll()) {
            looks.list(known);
        }
    }

    private static boolean isDue(Upstreams.Known known, Duration every) {
        var settings = known.settings();
        if (settings == null || !settings.isListed()) {
            return known.listing().offers() == null;
        }
        var last = known.listing().look();
        var again = known.breaker().state() == Breaker.State.OPEN && every.compareTo(OPEN_AGAIN) > 0 ? OPEN_AGAIN : every;
        return last == null || !last.isYoungerThan(again, System.nanoTime());
    }
}
