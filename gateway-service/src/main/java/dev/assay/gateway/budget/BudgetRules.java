// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.budget;

import dev.assay.gateway.budget.Budget.Period;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * How replicas share a budget without asking for every call: each leases a slice of what is left, and spends out of that. What is spent and
 * what is leased together never pass a limit, whoever asks, dies or comes back; only a call that cost more than was reserved for it can.
 */
final class BudgetRules {

    /** A replica leases no more of a budget at once than this part of it, … */
    private static final int PARTS = 20;

    /** … nor more than for so many calls like the one that asks, at first. */
    static final int CALLS = 64;

    private static final int MOST_CALLS = 65_536;

    private static final long UNLIMITED = Long.MAX_VALUE / 4;

    private BudgetRules() {}

    /**
     * A budget as the database has it.
     *
     * @param limitNanos null: any
     * @param limitTokens null: any
     * @param limitCalls at once, which are held while they go on and never spent; null: any
     * @param held leased to replicas and not spent yet
     */
    record Account(@Nullable Long limitNanos, @Nullable Long limitTokens, @Nullable Integer limitCalls, Amount spent, Amount held) {

        /** What nobody has. */
        Amount room() {
            return limit().minus(spent).minus(held);
        }

        /** Without a limit there is more than anybody asks for, and no sum of it overflows. */
        Amount limit() {
            return new Amount(
                    limitNanos == null ? UNLIMITED : limitNanos,
                    limitTokens == null ? UNLIMITED : limitTokens,
                    limitCalls == null ? UNLIMITED : limitCalls);
        }
    }

    sealed interface Answer {
        /** So much more is the asking replica's. */
        record Leased(Amount amount) implements Answer {}

        /** Others hold what is missing, or calls that go on do: some of it may come back. */
        record Wait() implements Answer {}

        /** So many calls go on already; one that ends makes room. */
        record Crowded() implements Answer {}

        /** There is not so much left, whoever holds what. */
        record Refused() implements Answer {}
    }

    /** For how many calls is leased: twice as many as before if that lasted for less than a second, half as many if for longer. */
    static int calls(int before, boolean usedUpSoon) {
        return usedUpSoon ? Math.min(MOST_CALLS, before * 2) : Math.max(CALLS, before / 2);
    }

    /** @param calls for so many like the one that needs it, if there is so much */
    static Answer lease(Account account, Amount need, int calls) {
        var room = account.room();
        if (room.covers(need)) {
            return new Answer.Leased(room.least(need.most(share(account.limit(), need, calls))).most(Amount.NONE));
        }
        if (!room.plus(account.held()).covers(need)) {
            return new Answer.Refused();
        }
        return need.calls() > 0 && room.calls() < need.calls() ? new Answer.Crowded() : new Answer.Wait();
    }

    private static Amount share(Amount limit, Amount need, int calls) {
        return new Amount(
                share(limit.nanos(), need.nanos(), calls),
                share(limit.tokens(), need.tokens(), calls),
                share(limit.calls(), need.calls(), calls));
    }

    private static long share(long limit, long need, int calls) {
        return Math.min(limit / PARTS, need > Long.MAX_VALUE / calls ? Long.MAX_VALUE : need * calls);
    }

    /** When the period began in which this moment lies; of what has none, the beginning of time. */
    static Instant begin(Period period, Instant now) {
        return switch (period) {
            case TOTAL -> Instant.EPOCH;
            case DAY -> now.truncatedTo(ChronoUnit.DAYS);
            case MONTH -> now.atOffset(ZoneOffset.UTC).withDayOfMonth(1).truncatedTo(ChronoUnit.DAYS).toInstant();
        };
    }

    /** Whether what was spent belongs to a period that is over. A clock that goes back begins no period again. */
    static boolean isOver(Period period, Instant begins, Instant now) {
        return begin(period, now).isAfter(begins);
    }
}
