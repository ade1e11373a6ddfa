// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.budget;

import dev.assay.gateway.budget.RateRules.Answer;
import dev.assay.gateway.dialect.ModelErrorException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Admits calls no faster than limits by the minute say, over all replicas together. */
@Component
class Rates {

    private static final Duration PATIENCE = Duration.ofSeconds(3);
    /** Who was refused asks again in vain until somebody's call has ended, or a second is over. */
    private static final Duration AGAIN = Duration.ofMillis(250);

    private final RateRows rows;
    private final Map<UUID, Limiter> limiters = new ConcurrentHashMap<>();

    Rates(RateRows rows) {
        this.rows = rows;
    }

    /** A call that was let pass. */
    record Admitted(Budget budget, Limiter limiter, long second, Amount took) {

        /** @param tokens that it used */
        void ended(long tokens) {
            limiter.ended(second, took, took.withTokens(budget.tokensPerMinute() == null ? 0 : tokens));
        }

        /** It did not go out. */
        void unused() {
            limiter.ended(second, took, Amount.NONE);
        }

        /** Null: its requests are not limited. */
        Reservation.@Nullable Requests requests() {
            var limit = budget.requestsPerMinute();
            return limit == null ? null : new Reservation.Requests(limit, Math.min(limit, limiter.remaining()), RateRules.COUNTS);
        }
    }

    /**
     * @throws ModelErrorException 429 if it comes too soon, 503 if that cannot be found out
     * @throws DataAccessException if that cannot be found out
     */
    Admitted admit(Budget budget, Need need) {
        var amount = budget.paceOf(need);
        var until = System.nanoTime() + PATIENCE.toNanos();
        var limiter = Objects.requireNonNull(limiters.compute(budget.id(), (id, known) -> Limiter.used(known, System.nanoTime())));
        while (System.nanoTime() - until < 0) {
            var second = limiter.take(amount, System.nanoTime());
            if (second >= 0) {
                return new Admitted(budget, limiter, second, amount);
            }
            lease(budget, limiter, amount);
        }
        throw Refusals.unavailable();
    }

    /** Leases more, unless somebody else has done so meanwhile. Of several who miss something one asks at a time. */
    private void lease(Budget budget, Limiter limiter, Amount amount) {
        if (!locked(limiter)) {
            throw Refusals.unavailable();
        }
        try {
            var now = System.nanoTime();
            if (limiter.has(amount, now)) {
                return;
            }
            var refusal = limiter.refusal(amount, now);
            if (refusal != null) {
                throw Refusals.tooFast(budget, refusal);
            }
            var calls = limiter.calls(now);
            var told = limiter.corrections(now, true);
            try {
                // a budget that somebody has just taken away holds nobody to anything
                var granted = rows.lease(budget, amount, calls, told).orElseGet(
                        () -> new RateRows.Granted(0, new Answer.Leased(amount, Amount.NONE)));
                switch (granted.answer()) {
                    case Answer.Leased(var more, var left) -> limiter.lease(granted.second(), more, left, now);
                    case Answer.Wait wait -> {
                        limiter.refuse(amount, wait, now + AGAIN.toNanos());
                        throw Refusals.tooFast(budget, wait);
                    }
                }
            } catch (DataAccessException | TransactionException e) {
                limiter.untold(told);
                throw e;
            }
        } finally {
            limiter.leasing.unlock();
        }
    }

    private static boolean locked(Limiter limiter) {
        try {
            return limiter.leasing.tryLock(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Tells what came back of leases, and what calls used beyond what they had taken. */
    void tend(Duration idle) {
        var now = System.nanoTime();
        limiters.forEach((id, limiter) -> {
            if (limiter.leasing.tryLock()) {
                try {
                    tell(id, limiter, now);
                } finally {
                    limiter.leasing.unlock();
                }
            }
        });
        limiters.keySet().forEach(
                id -> limiters.computeIfPresent(id, (unused, limiter) -> limiter.isForgotten(now, idle.toNanos()) ? null : limiter));
    }

    private void tell(UUID id, Limiter limiter, long now) {
        var told = limiter.corrections(now, false);
        if (told.isNothing()) {
            return;
        }
        try {
            rows.tell(id, told);
        } catch (DataAccessException | TransactionException e) {
            limiter.untold(told);
            throw e;
        }
    }
}
