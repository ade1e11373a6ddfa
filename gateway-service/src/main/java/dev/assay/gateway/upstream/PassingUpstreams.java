// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import dev.assay.gateway.audit.Audit;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.sealing.SecretBox;
import dev.assay.kit.sealing.UnopenedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Upstreams that are there for a while: what a trainer elsewhere serves its policy at. Whoever enters one says again and again that it is
 * there, or where it is now; one of which nobody says so any more is gone, with its credential. They hide nobody's upstreams, and none of
 * the catalog's models, so members may.
 */
@Component
class PassingUpstreams {

    private static final Logger log = LoggerFactory.getLogger(PassingUpstreams.class);

    private static final int MOST = 100;
    private static final Duration SHORTEST = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofDays(7);
    /** In the catalog. */
    private static final int LONGEST_SLUG = 200;
    private static final String KIND = "upstream";

    private final EnteredUpstreamStore store;
    private final UpstreamEntries entries;
    private final Upstreams upstreams;
    private final EnteredUpstreams entered;
    private final TeamOffers offers;
    private final SecretBox secrets;
    private final Audit audit;
    private final TransactionOperations transactions;
    private final Clock clock;

    PassingUpstreams(
            EnteredUpstreamStore store, UpstreamEntries entries, Upstreams upstreams, EnteredUpstreams entered, TeamOffers offers,
            SecretBox secrets, Audit audit, TransactionOperations transactions, Clock clock) {
        this.store = store;
        this.entries = entries;
        this.upstreams = upstreams;
        this.entered = entered;
        this.offers = offers;
        this.secrets = secrets;
        this.audit = audit;
        this.transactions = transactions;
        this.clock = clock;
    }

    /**
     * @param request as for one that stays, of which what is left out is as at the beginning
     * @param model the one that it serves
     */
    EnteredUpstream say(Caller caller, UpstreamForm.Request request, String model, int expiresInSeconds) {
        var life = Duration.ofSeconds(expiresInSeconds);
        if (life.compareTo(SHORTEST) < 0 || life.compareTo(LONGEST) > 0) {
            throw Problem.badRequest("expires_in_s", "must be " + SHORTEST.toSeconds() + " to " + LONGEST.toSeconds());
        }
        var until = clock.instant().plus(life);
        var name = UpstreamForm.name(String.valueOf(request.name()));
        var slug = name + "/" + model;
        if (slug.length() > LONGEST_SLUG) {
            throw Problem.badRequest("model", "is called '" + name + "/…' here, of which there may be " + LONGEST_SLUG + " characters");
        }
        if (upstreams.isEverybodys(name)) {
            throw Problem.conflict("name: '" + name + "' is one of everybody's upstreams, which it would hide from the team");
        }
        checkFree(caller, slug, name);
        try {
            var said = Objects.requireNonNull(transactions.execute(status -> said(caller, name, request, until)));
            entered.changed(caller.team());
            if (!offers.tellOf(caller.team(), name, slug)) {
                checkFree(caller, slug, name);
                throw Problem.unavailable("It is entered, but the catalog cannot be told of its model just now. Say it again.");
            }
            return said;
        } catch (DuplicateKeyException e) {
            throw changedMeanwhile();
        }
    }

    private EnteredUpstream said(Caller caller, String name, UpstreamForm.Request request, Instant until) {
        store.deleteExpired(caller.team(), name);
        var before = store.named(caller.team(), name).orElse(null);
        var now = clock.instant();
        var after = lasting(entries.with(before != null ? passing(before) : new EnteredUpstream(
                UUID.randomUUID(), caller.team(), "", Presets.COMPATIBLE, null, null, null, null, List.of(), null, Limits.NONE, true, now,
                now, until, 0), request), until);
        if (before == null) {
            if (!store.insert(after, MOST)) {
                throw Problem.conflict("There are at most " + MOST + " upstreams.");
            }
            audit.changed(caller, "upstream.add", KIND, after.id().toString(), null, UpstreamEntries.told(after, false));
        } else if (isSame(before, after)) {
            if (!store.prolong(before, until)) {
                throw changedMeanwhile();
            }
            return lasting(before, until);
        } else {
            if (!store.update(after)) {
                throw changedMeanwhile();
            }
            audit.changed(
                    caller, "upstream.change", KIND, after.id().toString(), UpstreamEntries.told(before, false),
                    UpstreamEntries.told(after, true));
        }
        return after;
    }

    void delete(Caller caller, String name) {
        transactions.executeWithoutResult(status -> {
            var found = store.named(caller.team(), name);
            var gone = passing(found.orElseThrow(() -> Problem.notFound("There is no upstream '" + name + "'.")));
            store.delete(caller.team(), gone.id());
            audit.changed(caller, "upstream.delete", KIND, gone.id().toString(), UpstreamEntries.told(gone, false), null);
        });
        entered.changed(caller.team());
        offers.tellAnew(caller.team());
    }

    /** What the catalog has not been told of stays for now: nobody else would tell it. */
    @Scheduled(fixedDelay = 60_000)
    void sweep() {
        try {
            store.expired().stream().collect(Collectors.groupingBy(EnteredUpstream::team)).forEach((team, expired) -> {
                entered.changed(team);
                if (offers.tellAnew(team)) {
                    expired.forEach(store::deleteExpired);
                }
            });
        } catch (ModelErrorException | DataAccessException | CannotCreateTransactionException e) {
            log.warn("upstreams that are there no longer keep their credentials for now: {}", e.toString());
        }
    }

    private static EnteredUpstream passing(EnteredUpstream one) {
        if (one.expiresAt() == null) {
            throw Problem.conflict("name: the team's upstream '" + one.name() + "' stays until an administrator changes it");
        }
        return one;
    }

    private static Problem changedMeanwhile() {
        return Problem.conflict("Somebody else has changed it at the same time: say it again.");
    }

    /** A slug that another model has means that one, also in the team that enters this. */
    private void checkFree(Caller caller, String slug, String name) {
        var other = offers.servedBy(caller.team(), slug).filter(provider -> !provider.equalsIgnoreCase(name));
        if (other.isPresent()) {
            throw Problem.conflict("name: '" + slug + "' is a model of '" + other.get() + "' already, which it would hide from the team");
        }
    }

    /** A sealed credential is another text each time. */
    private boolean isSame(EnteredUpstream one, EnteredUpstream other) {
        try {
            return told(one).equals(told(other)) && Objects.equals(open(one), open(other));
        } catch (UnopenedException e) {
            return false;
        }
    }

    private static EnteredUpstream told(EnteredUpstream one) {
        return new EnteredUpstream(
                one.id(), one.team(), one.name(), one.preset(), one.baseUrl(), one.region(), null, null, one.models(), one.lists(),
                one.limits(), one.enabled(), one.createdAt(), one.createdAt(), null, 0);
    }

    private @Nullable String open(EnteredUpstream one) {
        return secrets.open(one.credential(), one.id()).get(EnteredUpstreams.CREDENTIAL);
    }

    private static EnteredUpstream lasting(EnteredUpstream one, Instant until) {
        return new EnteredUpstream(
                one.id(), one.team(), one.name(), one.preset(), one.baseUrl(), one.region(), one.credential(), one.hint(), one.models(),
                one.lists(), one.limits(), one.enabled(), one.createdAt(), one.updatedAt(), until, one.version());
    }
}
