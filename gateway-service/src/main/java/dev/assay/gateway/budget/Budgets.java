// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.budget;

import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.assay.gateway.budget.Budget.Scope;
import dev.assay.gateway.budget.BudgetRules.Answer;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.kit.cache.Caches;
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
    private final Rates rates;
    private final MeterRegistry meters;
    private final UUID replica = UUID.randomUUID();
    private final Map<UUID, Purse> purses = new ConcurrentHashMap<>();
    private final LoadingCache<UUID, List<Budget>> ofTeams;
    private volatile long renewedAt = System.nanoTime();
    /** Until then nobody tries to lease: the database did not answer just now. */
    private volatile long restsUntil = System.nanoTime();

    Budgets(BudgetRows rows, Rates rates, MeterRegistry meters) {
        this.rows = rows;
        this.rates = rates;
        this.meters = meters;
        this.ofTeams = Caches.builder()
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

    /** Whether a caller is held to anything: else nobody needs to know what its calls need. */
    public boolean hold(Payer payer) {
        try {
            return !held(payer).isEmpty();
        } catch (DataAccessException | TransactionException e) {
            return true; // whoever reserves finds out
        }
    }

    /**
     * Reserves for one call, in all budgets that it is held to or in none.
     *
     * @throws ModelErrorException 429 if it comes too soon, 402 if a budget does not have so much, 403 if nobody knows what it costs and a
     *     budget is in money, 503 if that cannot be found out now
     */
    public Reservation reserve(Payer payer, Need need, Pause pause) {
        try {
            var held = held(payer);
            return held.isEmpty() ? Reservation.none() : reserve(held, need, pause);
        } catch (ModelErrorException e) {
            meters.counter("assay.budget.refused", "status", String.valueOf(e.error().status())).increment();
            throw e;
        } catch (DataAccessException | TransactionException e) {
            log.error("budgets cannot be looked at", e);
            throw Refusals.unavailable();
        }
    }

    /** For every call: without a stream. */
    private List<Budget> held(Payer payer) {
        var all = ofTeams.get(payer.team());
        if (all.isEmpty()) {
            return all;
        }
        var held = new ArrayList<Budget>(all.size());
        for (var budget : all) {
            if (payer.isHeldTo(budget)) {
                held.add(budget);
            }
        }
        return held;
    }

    private Reservation reserve(List<Budget> budgets, Need need, Pause pause) {
        var admitted = new ArrayList<Rates.Admitted>();
        var held = new ArrayList<Reservation.Held>();
        try {
            for (var budget : budgets) {
                if (budget.limitsPace()) {
                    admitted.add(rates.admit(budget, need));
                }
            }
            for (var budget : budgets) {
                if (budget.isHeld()) {
                    held.add(new Reservation.Held(budget, reserve(budget, need, pause), budget.of(need)));
                }
            }
            return new Reservation(held, admitted, need.amount());
        } catch (RuntimeException e) {
            admitted.forEach(Rates.Admitted::unused);
            held.forEach(one -> one.purse().settle(one.reserved(), Amount.NONE));
            throw e;
        }
    }

    private Purse reserve(Budget budget, Need need, Pause pause) {
        if (budget.limitNanos() != null && need.nanos() == null) {
            throw Refusals.unpriced(need);
        }
        var amount = budget.of(need);
        var purse = purse(budget.id());
        var until = System.nanoTime() + PATIENCE.toNanos();
        while (!purse.take(amount, System.nanoTime())) {
            switch (lease(budget.id(), purse, amount)) {
                case Answer.Leased leased -> {
                    return purse;
                }
                case Answer.Crowded crowded -> throw Refusals.crowded(budget);
                case Answer.Refused refused -> throw spent(budget, need);
                case Answer.Wait wait -> {
                    if (System.nanoTime() - until > 0) {
                        throw spent(budget, need);
                    }
                    await(pause);
                }
            }
        }
        return purse;
    }

    private ModelErrorException spent(Budget budget, Need need) {
        return Refusals.spent(budget, need, rows.find(budget.team(), budget.id()));
    }

    /** Leases what is missing and takes it, before anybody else can. Of several who miss something one asks at a time. */
    private Answer lease(UUID id, Purse purse, Amount amount) {
        if (System.nanoTime() - restsUntil < 0 || !locked(purse)) {
            throw Refusals.unavailable();
        }
        try {
            if (purse.take(amount, System.nanoTime())) {
                return new Answer.Leased(Amount.NONE);
            }
            var answer = leaseMissing(id, purse, amount);
            while (answer instanceof Answer.Leased(var more) && !purse.leaseAndTake(more, amount, System.nanoTime())) {
                answer = leaseMissing(id, purse, amount);
            }
            if (answer instanceof Answer.Leased) {
                return answer;
            }
            if (purse.trim(System.nanoTime(), 0) && !rows.renew(id, replica, purse.leased())) {
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

    /** A budget that somebody has just taken away holds nobody to anything. */
    private Answer leaseMissing(UUID id, Purse purse, Amount amount) {
        var missing = purse.missing(amount);
        return rows.lease(id, replica, missing, purse.calls(System.nanoTime())).orElseGet(() -> new Answer.Leased(missing));
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

    /** Whether calls of some run or job of the team are held to a budget: then it must be known whose they are. */
    public boolean areOfRuns(UUID team) {
        try {
            return ofTeams.get(team).stream().anyMatch(budget -> budget.scope() == Scope.JOB || budget.scope() == Scope.RUN);
        } catch (DataAccessException | TransactionException e) {
            throw Refusals.unavailable();
        }
    }

    private static void await(Pause pause) {
        try {
            pause.of(AGAIN);
        } catch (IOException e) {
            throw new ModelErrorException(ModelError.unavailable("The call was ended while it waited for its budget.", 1));
        }
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
            rates.tend(LONG);
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
            rates.tend(LONG);
        } catch (DataAccessException | TransactionException e) {
            log.warn("what is leased of budgets goes back when its time is over: {}", e.toString());
        }
    }

    /** A budget of the team has changed, and its transaction is over. Other replicas see that within a second or two. */
    public void forget(UUID team) {
        ofTeams.invalidate(team);
    }
}
