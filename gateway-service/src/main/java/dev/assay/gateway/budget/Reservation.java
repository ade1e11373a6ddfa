// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.budget;

import java.util.ArrayList;
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

    /** @param reserved by the call */
    record Held(Budget budget, Purse purse, Amount reserved) {}

    private final List<Held> held;
    private final List<Rates.Admitted> admitted;
    private final Amount amount;
    private final AtomicBoolean settled = new AtomicBoolean();

    Reservation(List<Held> held, List<Rates.Admitted> admitted, Amount amount) {
        this.held = held;
        this.admitted = admitted;
        this.amount = amount;
    }

    /** Of no budget: each call has one of its own all the same. */
    public static Reservation none() {
        return new Reservation(List.of(), List.of(), Amount.NONE);
    }

    public Amount amount() {
        return amount;
    }

    /** Null: no limit of that kind. */
    public @Nullable Requests requests() {
        Requests strictest = null;
        for (var one : admitted) {
            var requests = one.requests();
            if (requests != null && (strictest == null || requests.remaining() < strictest.remaining())) {
                strictest = requests;
            }
        }
        return strictest;
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
    public List<Charge> settle(Amount spent) {
        if (!settled.compareAndSet(false, true)) {
            throw new IllegalStateException("a call is settled once");
        }
        held.forEach(one -> one.purse().settle(one.reserved(), spent));
        admitted.forEach(one -> one.ended(spent.tokens()));
        return charges(spent);
    }

    private List<Charge> charges(Amount spent) {
        if (held.isEmpty()) {
            return List.of();
        }
        var charges = new ArrayList<Charge>(held.size());
        for (var one : held) {
            charges.add(new Charge(one.budget().id(), spent.nanos(), spent.tokens()));
        }
        return charges;
    }
}
