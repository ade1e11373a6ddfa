// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.budget;

import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** How fast calls come that are held to one budget, as far as this replica sees. */
final class Limiter {

    private static final double LONGEST_WAIT = 60;

    private final Rate requests = new Rate();
    private final Rate tokens = new Rate();
    private final AtomicInteger atOnce = new AtomicInteger();
    private volatile int tokensPerMinute;
    private volatile long usedAt;

    static Limiter used(@Nullable Limiter known, long now) {
        var limiter = known == null ? new Limiter() : known;
        limiter.usedAt = now;
        return limiter;
    }

    /** No call goes on, and none came for so long that every limit is whole again. */
    boolean isForgotten(long now, long longNanos) {
        return now - usedAt > longNanos && atOnce.get() == 0;
    }

    /** @throws ModelErrorException 429 */
    void admit(Budget budget, int replicas, long now) {
        tokensPerMinute = share(budget.tokensPerMinute(), replicas);
        var most = share(budget.callsAtOnce(), replicas);
        if (atOnce.incrementAndGet() > most && most > 0) {
            atOnce.decrementAndGet();
            throw refused(budget, budget.callsAtOnce() + " calls at once", 1);
        }
        try {
            if (tokensPerMinute > 0) {
                fail(budget, budget.tokensPerMinute() + " tokens a minute", tokens.left(tokensPerMinute, now));
            }
            if (budget.requestsPerMinute() != null) {
                var perMinute = share(budget.requestsPerMinute(), replicas);
                fail(budget, budget.requestsPerMinute() + " requests a minute", requests.admit(perMinute, now));
            }
        } catch (ModelErrorException e) {
            atOnce.decrementAndGet();
            throw e;
        }
    }

    void ended(long used, long now) {
        atOnce.decrementAndGet();
        if (tokensPerMinute > 0) {
            tokens.used(tokensPerMinute, used, now);
        }
    }

    Reservation.Requests requests(int perMinute, int replicas) {
        var limit = share(perMinute, replicas);
        var remaining = requests.remaining();
        return new Reservation.Requests(limit, remaining, (long) Math.ceil((limit - remaining) * 60.0 / limit));
    }

    private static int share(@Nullable Integer limit, int replicas) {
        return limit == null ? 0 : Math.max(1, limit / replicas);
    }

    private static void fail(Budget budget, String limit, long waitNanos) {
        if (waitNanos > 0) {
            throw refused(budget, limit, waitNanos / 1e9);
        }
    }

    private static ModelErrorException refused(Budget budget, String limit, double after) {
        var message = "This " + budget.scope().word() + " is limited to " + limit + ". Try again later.";
        return new ModelErrorException(ModelError.of(429, message).retryAfter(Math.min(LONGEST_WAIT, after)));
    }
}
