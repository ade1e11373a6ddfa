// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.budget;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.assay.gateway.budget.Budget.Scope;
import dev.assay.gateway.budget.BudgetRules.Answer;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Reserves what calls may cost out of the budgets that they are held to, and admits them no faster than their limits say. */
@Component
public class Budgets {

    private static final Logger log = LoggerFactory.getLogger(Budgets.class);

    /** What others hold may come back within this. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final Duration AGAIN = Duration.ofMillis(200);
    /** A slice that nobody spends of goes back. */
    private static final Duration IDLE = Duration.ofSeconds(2);
    /** After that nobody remembers who spends of a budget. */
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration REST = Duration.ofSeconds(1);
    private static final Duration RENEW = BudgetRows.LEASE.dividedBy(6);

    private final BudgetRows rows;
    private final int replicas;
    private final MeterRegistry meters;
    private final UUID replica = UUID.randomUUID();
    private final Map<UUID, Purse> purses = new ConcurrentHashMap<>();
    private final Map<UUID, Limiter> limiters = new ConcurrentHashMap<>();
    private final LoadingCache<UUID, List<Budget>> ofTeams;
    private volatile long renewedAt = System.nanoTime();
    /** Until then nobody tries to lease: the database did not answer just now. */
    private volatile long restsUntil = System.nanoTime();

    /** @param replicas of the gateway: limits by the minute are divided among them */
    Budgets(BudgetRows rows, @Value("${assay.replicas}") int replicas, MeterRegistry meters) {
        this.rows = rows;
        this.replicas = Math.max(1, replicas);
        this.meters = meters;
        this.ofTeams = Caffeine.newBuilder()
                .maximumSize(10_000)
                .refreshAfterWrite(Duration.ofSeconds(1))
                .expireAfterWrite(Duration.ofSeconds(10))
                .build(team -> rows.of(team).stream()
                        .map(BudgetRows.Standing::budget)
                        .sorted(Comparator.comparing(Budget::id))
                        .toList());
    }

    /** How whoever asks waits: not longer than the call may go on. */
    public interface Pause {
        void of(Duration time) throws IOException;
    }

    /** As which replica this one leases. */
    public UUID replica() {
        return replica;
    }

    /**
     * Reserves for one call, in all budgets that it is held to or in none.
     *
     * @throws ModelErrorException 429 if it comes too soon, 402 if a budget does not have so much, 403 if nobody knows what it costs and a
     *     budget is in money, 503 if that cannot be found out now
     */
    public Reservation reserve(Payer payer, Need need, Pause pause) {
        try {
            var held = ofTeams.get(payer.team()).stream().filter(payer::isHeldTo).toList();
            return held.isEmpty() ? Reservation.none() : reserve(held, need, pause);
        } catch (ModelErrorException e) {
            meters.counter("assay.budget.refused", "status", String.valueOf(e.error().status())).increment();
            throw e;
        } catch (DataAccessException | TransactionException e) {
            log.error("budgets cannot be looked at", e);
            throw unavailable();
        }
    }

    private Reservation reserve(List<Budget> budgets, Need need, Pause pause) {
        var admitted = new ArrayList<Limiter>();
        var held = new ArrayList<Reservation.Held>();
        try {
            Reservation.Requests strictest = null;
            for (var budget : budgets) {
                var limiter = limiters.compute(budget.id(), (id, known) -> Limiter.used(known, System.nanoTime()));
                limiter.admit(budget, replicas, System.nanoTime());
                admitted.add(limiter);
                strictest = stricter(strictest, budget, limiter);
            }
            for (var budget : budgets) {
                if (budget.limitsSpending()) {
                    held.add(new Reservation.Held(budget, reserve(budget, need, pause)));
                }
            }
            return new Reservation(held, admitted, need.amount(), strictest);
        } catch (RuntimeException e) {
            admitted.forEach(limiter -> limiter.ended(0, System.nanoTime()));
            held.forEach(one -> one.purse().settle(need.amount(), Amount.NONE));
            throw e;
        }
    }

    private Reservation.@Nullable Requests stricter(Reservation.@Nullable Requests known, Budget budget, Limiter limiter) {
        if (budget.requestsPerMinute() == null) {
            return known;
        }
        var other = limiter.requests(budget.requestsPerMinute(), replicas);
        return known == null || other.remaining() < known.remaining() ? other : known;
    }

    private Purse reserve(Budget budget, Need need, Pause pause) {
        if (budget.limitNanos() != null && need.nanos() == null) {
            throw new ModelErrorException(ModelError.of(
                    403,
                    "Nobody knows the price of model '" + need.model() + "', so its calls cannot be held to a budget in money. "
                            + "Set its price, or give the budget in tokens."));
        }
        var purse = purse(budget.id());
        var until = System.nanoTime() + PATIENCE.toNanos();
        while (!purse.take(need.amount(), System.nanoTime())) {
            var answer = lease(budget.id(), purse, need.amount());
            if (answer instanceof Answer.Leased) {
                return purse;
            }
            if (answer instanceof Answer.Refused || System.nanoTime() - until > 0) {
                throw spent(budget, need);
            }
            await(pause);
        }
        return purse;
    }

    /** Leases what is missing and takes it, before anybody else can. Of several who miss something one asks at a time. */
    private Answer lease(UUID id, Purse purse, Amount amount) {
        if (System.nanoTime() - restsUntil < 0 || !locked(purse)) {
            throw unavailable();
        }
        try {
            if (purse.take(amount, System.nanoTime())) {
                return new Answer.Leased(Amount.NONE);
            }
            // a budget that somebody has just taken away holds nobody to anything
            var answer = rows.lease(id, replica, purse.missing(amount), purse.calls(System.nanoTime()))
                    .orElseGet(() -> new Answer.Leased(purse.missing(amount)));
            if (answer instanceof Answer.Leased(var more)) {
                purse.lease(more, System.nanoTime());
                purse.take(amount, System.nanoTime());
            } else if (purse.trim(System.nanoTime(), 0) && !rows.renew(id, replica, purse.leased())) {
                // what is left here is too little: together with what others give back it may be enough for somebody
                purse.lost();
            }
            return answer;
        } catch (DataAccessException | TransactionException e) {
            restsUntil = System.nanoTime() + REST.toNanos();
            throw e;
        } finally {
            purse.leasing.unlock();
        }
    }

    private static boolean locked(Purse purse) {
        try {
            return purse.leasing.tryLock(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Whoever asks for it keeps it from being forgotten. */
    private Purse purse(UUID id) {
        return Objects.requireNonNull(purses.compute(id, (unused, known) -> Purse.asked(known, System.nanoTime())));
    }

    private static ModelErrorException unavailable() {
        return new ModelErrorException(ModelError.unavailable("Budgets cannot be checked just now. Try again.", 2));
    }

    /** Whether calls of some run or job of the team are held to a budget: then it must be known whose they are. */
    public boolean areOfRuns(UUID team) {
        try {
            return ofTeams.get(team).stream().anyMatch(budget -> budget.scope() == Scope.JOB || budget.scope() == Scope.RUN);
        } catch (DataAccessException | TransactionException e) {
            throw unavailable();
        }
    }

    private static void await(Pause pause) {
        try {
            pause.of(AGAIN);
        } catch (IOException e) {
            throw new ModelErrorException(ModelError.unavailable("The call was ended while it waited for its budget.", 1));
        }
    }

    private ModelErrorException spent(Budget budget, Need need) {
        var standing = rows.find(budget.team(), budget.id());
        var spent = standing.map(BudgetRows.Standing::spent).orElse(Amount.NONE);
        var held = standing.map(BudgetRows.Standing::held).orElse(Amount.NONE);
        var limitNanos = budget.limitNanos();
        var ofMoney = limitNanos != null && limitNanos - spent.nanos() - held.nanos() < need.amount().nanos();
        var numbers = ofMoney || budget.limitTokens() == null
                ? "%s of %s dollars are spent, %s are reserved, and this call may cost up to %s".formatted(
                        Money.text(spent.nanos()), Money.text(limitNanos == null ? 0 : limitNanos), Money.text(held.nanos()),
                        Money.text(need.amount().nanos()))
                : "%d of %d tokens are used, %d are reserved, and this call may use up to %d".formatted(
                        spent.tokens(), budget.limitTokens(), held.tokens(), need.tokens());
        return new ModelErrorException(ModelError.of(402, budget.name() + " does not reach: " + numbers + ".").andNoUseTryingAgain());
    }

    /**
     * Books charges of calls of this replica.
     *
     * @param transaction writes them down, with {@link #spend} in it; what fails there leaves everything here as it is
     */
    public void booking(Collection<Reservation.Charge> charges, Runnable transaction) {
        var sums = sums(charges);
        var booked = new ArrayList<Purse>();
        try {
            for (var id : sums.keySet()) {
                var purse = purse(id);
                purse.leasing.lock();
                booked.add(purse);
            }
            transaction.run();
            sums.forEach((id, amount) -> purse(id).booked(amount));
        } finally {
            booked.forEach(purse -> purse.leasing.unlock());
        }
    }

    /** Moves what was charged from what that replica held to what is spent. Belongs into a transaction. */
    public void spend(Collection<Reservation.Charge> charges, UUID by) {
        sums(charges).forEach((id, amount) -> rows.spend(id, by, amount));
    }

    /** By budget, in the order in which everybody locks them. */
    private static Map<UUID, Amount> sums(Collection<Reservation.Charge> charges) {
        var sums = new TreeMap<UUID, Amount>();
        charges.forEach(charge -> sums.merge(charge.budget(), new Amount(charge.nanos(), charge.tokens()), Amount::plus));
        return sums;
    }

    /** Gives back what nobody spends, says that this replica lives, and gives back what dead ones held. */
    @Scheduled(fixedDelayString = "500ms")
    void tend() {
        var now = System.nanoTime();
        var renew = now - renewedAt >= RENEW.toNanos();
        try {
            purses.forEach((id, purse) -> tend(id, purse, now, IDLE, renew));
            purses.keySet().forEach(
                    id -> purses.computeIfPresent(id, (unused, purse) -> purse.isForgotten(now, LONG.toNanos()) ? null : purse));
            limiters.keySet().forEach(
                    id -> limiters.computeIfPresent(id, (unused, limiter) -> limiter.isForgotten(now, LONG.toNanos()) ? null : limiter));
            if (renew) {
                renewedAt = now;
                rows.sweep();
            }
        } catch (DataAccessException | TransactionException e) {
            log.warn("what is leased of budgets cannot be told just now: {}", e.toString());
        }
    }

    private void tend(UUID id, Purse purse, long now, Duration idle, boolean renew) {
        if (!purse.leasing.tryLock()) {
            return; // somebody leases or books: it is neither idle nor unheard of
        }
        try {
            var trimmed = purse.trim(now, idle.toNanos());
            if ((trimmed || renew && !purse.leased().isNothing()) && !rows.renew(id, replica, purse.leased())) {
                purse.lost();
            }
        } finally {
            purse.leasing.unlock();
        }
    }

    /** Of a gateway that stops, when all its calls are booked. */
    public void giveBack() {
        try {
            purses.forEach((id, purse) -> tend(id, purse, System.nanoTime(), Duration.ZERO, false));
        } catch (DataAccessException | TransactionException e) {
            log.warn("what is leased of budgets goes back when its time is over: {}", e.toString());
        }
    }

    /** A budget has changed. Other replicas see that within a second or two. */
    void forget(UUID team) {
        ofTeams.invalidate(team);
    }
}
