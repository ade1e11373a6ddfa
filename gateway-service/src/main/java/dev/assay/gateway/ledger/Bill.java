// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import dev.assay.gateway.call.Ending;
import dev.assay.gateway.call.Tally;
import dev.assay.gateway.call.Tally.Try;
import dev.assay.gateway.dialect.Operation;
import dev.assay.gateway.dialect.Usage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a call used and cost: of each that was asked as much as it told, by its own price. One that failed before anything of an answer went
 * out, and told nothing, used nothing so far as anybody knows.
 *
 * @param parts one for each try, in order; the last counts for the call as a whole
 */
record Bill(List<Part> parts) {

    /**
     * What one try used.
     *
     * @param used null: nothing
     * @param serviceTier null: the usual one
     * @param price null: unknown
     * @param nanos what it cost, in nano-dollars; null: nobody knows
     */
    record Part(Try of, @Nullable Usage used, @Nullable String serviceTier, @Nullable Price price, @Nullable Long nanos) {}

    /** @param ending why the call was ended from outside; null: it was not, or goes on */
    static Bill of(Opened opened, Operation operation, Tally tally, @Nullable Ending ending) {
        var parts = new ArrayList<Part>(1);
        var current = tally.current();
        var tries = tally.tries();
        for (var number = 0; number < tries.size(); number++) {
            var one = tries.get(number);
            var isLast = current == null && number == tries.size() - 1;
            // whoever answers, and breaks off when something of that has gone out, has been paid for it
            var counts = isLast && (one.error() == null || tally.bytesOut > 0);
            parts.add(part(opened, operation, one, counts ? used(opened, tally, one, ending) : Reckoning.plausible(one.usage())));
        }
        if (current != null) {
            parts.add(part(opened, operation, current, used(opened, tally, current, ending)));
        }
        return new Bill(List.copyOf(parts));
    }

    private static @Nullable Usage used(Opened opened, Tally tally, Try one, @Nullable Ending ending) {
        var brokenOff = ending != null || tally.error != null && tally.status < 400 && tally.bytesOut > 0;
        return Reckoning.used(
                Reckoning.plausible(one.usage()), tally.status, brokenOff, opened.head().streamed(), opened.input(), tally.bytesOut);
    }

    private static Part part(Opened opened, Operation operation, Try one, @Nullable Usage used) {
        var usual = opened.price(one.upstream(), one.model());
        if (one.serviceTier() != null && !one.serviceTier().equals("auto")) {
            return part(one, used, Price.tier(one.serviceTier()), usual, operation);
        }
        // nobody tells at which it was served: whoever asks for a cheaper one has not got it by that
        var asked = part(one, used, Price.tier(opened.head().serviceTier()), usual, operation);
        var as = part(one, used, null, usual, operation);
        return asked.nanos() != null && as.nanos() != null && as.nanos() > asked.nanos() ? as : asked;
    }

    private static Part part(Try one, @Nullable Usage used, @Nullable String tier, @Nullable Price usual, Operation operation) {
        var price = usual == null ? null : usual.at(tier);
        return new Part(one, used, tier, price, used == null ? null : Reckoning.cost(price, used, operation).orElse(null));
    }

    /** Who answered, or was asked last; null: nobody was asked. */
    @Nullable Part last() {
        return parts.isEmpty() ? null : parts.getLast();
    }

    /** All that was used; null: nothing. */
    @Nullable Usage used() {
        Usage all = null;
        for (var part : parts) {
            all = all == null ? part.used() : part.used() == null ? all : all.plus(part.used());
        }
        return all;
    }

    /** What all of it cost, in nano-dollars; null: of some of it nobody knows. */
    @Nullable Long nanos() {
        var sum = 0L;
        for (var part : parts) {
            if (part.used() != null) {
                var nanos = part.nanos();
                if (nanos == null) {
                    return null;
                }
                sum = nanos > Long.MAX_VALUE - sum ? Long.MAX_VALUE : sum + nanos;
            }
        }
        return sum;
    }
}
