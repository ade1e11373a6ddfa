// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.budget;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.gateway.budget.Budget.Period;
import dev.assay.gateway.budget.BudgetRules.Account;
import dev.assay.gateway.budget.BudgetRules.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BudgetRulesTests {

    private static Account account(long limit, long spent, long held) {
        return new Account(limit, null, null, new Amount(spent, 0), new Amount(held, 0));
    }

    private static Amount nanos(long nanos) {
        return new Amount(nanos, 0);
    }

    @Test
    void aReplicaLeasesForSeveralCallsButNoMoreThanATwentiethOfTheBudget() {
        assertThat(BudgetRules.lease(account(100_000, 0, 0), nanos(10), 64)).isEqualTo(new Answer.Leased(nanos(640)));
        assertThat(BudgetRules.lease(account(1_000, 0, 0), nanos(10), 64)).isEqualTo(new Answer.Leased(nanos(50)));
        assertThat(BudgetRules.lease(account(1_000, 0, 0), nanos(400), 64)).isEqualTo(new Answer.Leased(nanos(400)));
    }

    @Test
    void whatIsLeftIsLeasedIfItReaches() {
        assertThat(BudgetRules.lease(account(100_000, 99_000, 900), nanos(60), 64)).isEqualTo(new Answer.Leased(nanos(100)));
        assertThat(BudgetRules.lease(account(100, 60, 0), nanos(40), 64)).isEqualTo(new Answer.Leased(nanos(40)));
    }

    @Test
    void whoMissesWhatOthersHoldWaitsAndWhoMissesWhatIsSpentDoesNot() {
        assertThat(BudgetRules.lease(account(100, 50, 30), nanos(40), 64)).isEqualTo(new Answer.Wait());
        assertThat(BudgetRules.lease(account(100, 61, 30), nanos(40), 64)).isEqualTo(new Answer.Refused());
        assertThat(BudgetRules.lease(account(0, 0, 0), nanos(1), 64)).isEqualTo(new Answer.Refused());
    }

    @Test
    void moneyAndTokensMustBothReach() {
        var account = new Account(100L, 10L, null, Amount.NONE, new Amount(0, 5));
        assertThat(BudgetRules.lease(account, new Amount(10, 5), 64)).isEqualTo(new Answer.Leased(new Amount(10, 5)));
        assertThat(BudgetRules.lease(account, new Amount(10, 6), 64)).isEqualTo(new Answer.Wait());
        assertThat(BudgetRules.lease(account, new Amount(10, 11), 64)).isEqualTo(new Answer.Refused());
    }

    @Test
    void aBudgetInTokensReachesForAnyMoney() {
        var account = new Account(null, 100L, null, new Amount(Long.MAX_VALUE / 8, 0), Amount.NONE);
        assertThat(BudgetRules.lease(account, new Amount(1_000_000, 50), 64)).isInstanceOfSatisfying(
                Answer.Leased.class, leased -> assertThat(leased.amount().covers(new Amount(1_000_000, 50))).isTrue());
    }

    @ParameterizedTest
    @CsvSource({
        "TOTAL, 2026-03-31T12:00:00Z, 1970-01-01T00:00:00Z",
        "DAY, 2026-03-31T23:59:59Z, 2026-03-31T00:00:00Z",
        "MONTH, 2026-03-31T23:59:59Z, 2026-03-01T00:00:00Z"
    })
    void periodsBeginAtMidnightUtc(Period period, Instant now, Instant begin) {
        assertThat(BudgetRules.begin(period, now)).isEqualTo(begin);
        assertThat(BudgetRules.isOver(period, begin, now)).isFalse();
        assertThat(BudgetRules.isOver(period, begin, now.plus(Duration.ofDays(31)))).isEqualTo(period != Period.TOTAL);
    }

    @Test
    void aClockThatGoesBackBeginsNoPeriodAgain() {
        var today = Instant.parse("2026-03-31T00:00:00Z");
        assertThat(BudgetRules.isOver(Period.DAY, today, today.minusSeconds(3600))).isFalse();
    }

    @Test
    void whoFindsNoRoomForOneMoreCallIsToldSoAndNotThatMoneyIsMissing() {
        var account = new Account(100L, null, 2, nanos(10), new Amount(20, 0, 2));
        assertThat(BudgetRules.lease(account, new Amount(10, 0, 1), 64)).isEqualTo(new Answer.Crowded());
        assertThat(BudgetRules.lease(account, new Amount(91, 0, 1), 64)).isEqualTo(new Answer.Refused());
        assertThat(BudgetRules.lease(account, nanos(10), 64)).isEqualTo(new Answer.Leased(nanos(10)));
    }

    @Test
    void whatNobodyNeedsIsNotMissedAlsoWhereALimitWasLoweredBelowWhatIsHeld() {
        var account = new Account(100L, null, 1, Amount.NONE, new Amount(0, 0, 5));
        assertThat(BudgetRules.lease(account, nanos(10), 64)).isEqualTo(new Answer.Leased(nanos(10)));
    }

    @Test
    void placesOfCallsGoBackAsSoonAsNobodyNeedsThem() {
        var purse = new Purse();
        purse.leaseAndTake(new Amount(100, 0, 3), Amount.NONE, 0);
        assertThat(purse.take(new Amount(10, 0, 1), 0)).isTrue();
        assertThat(purse.trim(1, 1000)).isTrue();
        assertThat(purse.leased()).isEqualTo(new Amount(100, 0, 1));
        purse.settle(new Amount(10, 0, 1), nanos(10));
        assertThat(purse.trim(2, 1000)).as("it was needed a moment ago").isFalse();
        assertThat(purse.trim(3, 1000)).isTrue();
        assertThat(purse.leased()).isEqualTo(nanos(100));
    }

    /**
     * Replicas that reserve, spend, book, rest, die and are swept, in any order: what is spent and held together never passes the limit,
     * and what calls have cost is what is spent in the end.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void whateverReplicasDoTheBudgetIsNotOverspent(long seed) {
        var random = new Random(seed);
        for (var round = 0; round < 200; round++) {
            new World(random).live(400);
        }
    }

    /** The rows of one budget and its slices, as the database has them, and the replicas. */
    private static final class World {

        private final Random random;
        private final long limit;
        private final List<Replica> replicas = new ArrayList<>();
        private final Map<Replica, Amount> slices = new HashMap<>();
        private Amount spent = Amount.NONE;
        private Amount held = Amount.NONE;
        private long costOfAll;
        private long lostWithTheirReplicas;

        World(Random random) {
            this.random = random;
            this.limit = 1 + random.nextInt(2000);
            for (var number = 0; number < 3; number++) {
                replicas.add(new Replica());
            }
        }

        void live(int steps) {
            for (var step = 0; step < steps; step++) {
                var replica = replicas.get(random.nextInt(replicas.size()));
                switch (random.nextInt(10)) {
                    case 0, 1, 2, 3 -> replica.begin(step);
                    case 4, 5, 6 -> replica.end();
                    case 7 -> replica.book();
                    case 8 -> replica.rest(step);
                    default -> dieSometimes(replica);
                }
                assertThat(spent.nanos() + held.nanos()).as("spent and held").isLessThanOrEqualTo(limit);
                assertThat(held).as("held").isEqualTo(slices.values().stream().reduce(Amount.NONE, Amount::plus));
            }
            replicas.forEach(Replica::finish);
            assertThat(spent.nanos()).isEqualTo(costOfAll - lostWithTheirReplicas).isLessThanOrEqualTo(limit);
        }

        private void dieSometimes(Replica replica) {
            if (random.nextInt(10) == 0) {
                replicas.set(replicas.indexOf(replica), new Replica());
                lostWithTheirReplicas += replica.unbooked;
                // swept when its time is over
                held = held.minus(slices.getOrDefault(replica, Amount.NONE));
                slices.remove(replica);
            }
        }

        private final class Replica {

            private final Purse purse = new Purse();
            private final List<Amount> calls = new ArrayList<>();
            private long unbooked;

            void begin(long now) {
                var need = nanos(1 + random.nextInt(100));
                if (purse.take(need, now)) {
                    calls.add(need);
                    return;
                }
                var account = new Account(limit, null, null, spent, held);
                if (BudgetRules.lease(account, purse.missing(need), purse.calls(now)) instanceof Answer.Leased(var more)) {
                    held = held.plus(more);
                    slices.merge(this, more, Amount::plus);
                    purse.leaseAndTake(more, Amount.NONE, now);
                    assertThat(purse.take(need, now)).as("what was leased for it").isTrue();
                    calls.add(need);
                }
            }

            void end() {
                if (!calls.isEmpty()) {
                    var reserved = calls.remove(random.nextInt(calls.size()));
                    var cost = nanos(random.nextInt((int) reserved.nanos() + 1));
                    purse.settle(reserved, cost);
                    unbooked += cost.nanos();
                    costOfAll += cost.nanos();
                }
            }

            void book() {
                var amount = nanos(unbooked);
                spent = spent.plus(amount);
                var slice = slices.getOrDefault(this, Amount.NONE);
                var taken = slice.least(amount);
                slices.put(this, slice.minus(taken));
                held = held.minus(taken);
                purse.booked(amount);
                unbooked = 0;
            }

            void rest(long now) {
                if (purse.trim(now, 0)) {
                    held = held.minus(slices.getOrDefault(this, Amount.NONE)).plus(purse.leased());
                    slices.put(this, purse.leased());
                }
            }

            void finish() {
                while (!calls.isEmpty()) {
                    end();
                }
                book();
            }
        }
    }
}
