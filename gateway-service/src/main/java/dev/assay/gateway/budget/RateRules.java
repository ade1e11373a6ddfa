// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.budget;

import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * How replicas share what may come in a minute: each leases so much of it, for a second. What was leased counts from the second in which
 * it was until nobody can use it in the same minute any more, so that in no minute, wherever it begins, more comes than the limit says.
 */
final class RateRules {

    /** For so long a lease is good, in seconds. */
    static final int LIFE = 1;

    /** For so many seconds a lease counts, that of its beginning among them: it may have been used until its end, a moment later. */
    static final int COUNTS = 60 + LIFE + 1;

    private RateRules() {}

    sealed interface Answer {
        /** @param left what nobody has then */
        record Leased(Amount amount, Amount left) implements Answer {}

        /**
         * @param requests whether it is requests that are missing, and not tokens
         * @param seconds after which there is so much, if nobody else takes it
         */
        record Wait(boolean requests, long seconds) implements Answer {}
    }

    /**
     * @param taken what was leased, by its second; those that count no more may be in it
     * @param requests a minute; null: any
     * @param tokens a minute; null: any
     * @param calls for so many like the one that needs it, if there is so much
     */
    static Answer lease(
            SortedMap<Long, Amount> taken, long now, @Nullable Integer requests, @Nullable Integer tokens, Amount need, int calls) {
        // whatever the clock has done: a second that is far away in either direction counts no more
        var counting = taken.subMap(now - COUNTS + 1, now + COUNTS);
        var sum = counting.values().stream().reduce(Amount.NONE, Amount::plus);
        var account = new BudgetRules.Account(null, tokens == null ? null : Long.valueOf(tokens), requests, sum, Amount.NONE);
        return BudgetRules.lease(account, need, calls) instanceof BudgetRules.Answer.Leased(var amount)
                ? new Answer.Leased(amount, account.room().minus(amount))
                : new Answer.Wait(account.room().calls() < need.calls(), wait(counting, now, account.room(), need));
    }

    private static long wait(SortedMap<Long, Amount> counting, long now, Amount room, Amount need) {
        for (var second : counting.entrySet()) {
            room = room.plus(second.getValue());
            if (room.covers(need)) {
                return Math.clamp(second.getKey() + COUNTS - now, 1, COUNTS);
            }
        }
        return COUNTS;
    }
}
