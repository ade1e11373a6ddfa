// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.budget;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** What was reserved for a call, in every budget that it is held to. */
public final class Reservation {

    /** How much was spent of a budget. */
    public record Charge(UUID budget, long nanos, long tokens) {}

    /**
     * What is left of the strictest limit of requests a minute.
     *
     * @param resetSeconds after which all are there again, if none comes
     */
    public record Requests(int limit, long remaining, long resetSeconds) {}

    record Held(Budget budget, Purse purse) {}

    private final List<Held> held;
    private final List<Limiter> limiters;
    private final Amount amount;
    private final @Nullable Requests requests;
    private final AtomicBoolean settled = new AtomicBoolean();

    Reservation(List<Held> held, List<Limiter> limiters, Amount amount, @Nullable Requests requests) {
        this.held = held;
        this.limiters = limiters;
        this.amount = amount;
        this.requests = requests;
    }

    /** Of no budget: each call has one of its own all the same. */
    static Reservation none() {
        return new Reservation(List.of(), List.of(), Amount.NONE, null);
    }

    public Amount amount() {
        return amount;
    }

    /** Null: no limit of that kind. */
    public @Nullable Requests requests() {
        return requests;
    }

    /** What would be charged if the whole reservation were spent. */
    public List<Charge> whole() {
        return charges(amount);
    }

    /**
     * The call is over. Once only.
     *
     * @return what is to be charged, and told as booked once it is
     */
    public List<Charge> settle(Amount spent, long nanoTime) {
        if (!settled.compareAndSet(false, true)) {
            throw new IllegalStateException("a call is settled once");
        }
        held.forEach(one -> one.purse().settle(amount, spent));
        limiters.forEach(limiter -> limiter.ended(spent.tokens(), nanoTime));
        return charges(spent);
    }

    private List<Charge> charges(Amount spent) {
        return held.stream().map(one -> new Charge(one.budget().id(), spent.nanos(), spent.tokens())).toList();
    }
}
