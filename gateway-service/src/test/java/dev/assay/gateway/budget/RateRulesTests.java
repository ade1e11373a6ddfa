// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.budget;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.gateway.budget.RateRules.Answer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateRulesTests {

    private static final long SECOND = 1_000_000_000L;
    private static final long MINUTE = 60 * SECOND;
    private static final Amount ONE = new Amount(0, 0, 1);

    private static Amount requests(long number) {
        return new Amount(0, 0, number);
    }

    @Test
    void aReplicaLeasesATwentiethOfAMinuteAtMostAndOfASmallOneOneAtATime() {
        assertThat(RateRules.lease(new TreeMap<>(), 100, 600, null, ONE, 64)).isEqualTo(new Answer.Leased(requests(30), leftOf(600, 30)));
        assertThat(RateRules.lease(new TreeMap<>(), 100, 5, null, ONE, 64)).isEqualTo(new Answer.Leased(ONE, leftOf(5, 1)));
    }

    private static Amount leftOf(long limit, long leased) {
        var any = Long.MAX_VALUE / 4;
        return new Amount(any, any, limit - leased);
    }

    @Test
    void whoComesTooSoonIsToldWhenTheOldestCountsNoMore() {
        var taken = new TreeMap<Long, Amount>();
        taken.put(100L, requests(1));
        taken.put(130L, requests(1));
        assertThat(RateRules.lease(taken, 140, 2, null, ONE, 64)).isEqualTo(new Answer.Wait(true, 22));
        assertThat(RateRules.lease(taken, 161, 2, null, ONE, 64)).isEqualTo(new Answer.Wait(true, 1));
        assertThat(RateRules.lease(taken, 162, 2, null, ONE, 64)).isInstanceOf(Answer.Leased.class);
    }

    @Test
    void tokensThatACallUsedBeyondWhatItTookAreOwed() {
        var taken = new TreeMap<Long, Amount>();
        taken.put(100L, new Amount(0, 5000, 0));
        var need = new Amount(0, 10, 0);
        assertThat(RateRules.lease(taken, 161, null, 600, need, 64)).isEqualTo(new Answer.Wait(false, 1));
        assertThat(RateRules.lease(taken, 162, null, 600, need, 64)).isInstanceOf(Answer.Leased.class);
    }

    @Test
    void aClockThatJumpsHoldsNobodyUpForLongerThanAMinute() {
        var taken = new TreeMap<Long, Amount>();
        taken.put(100_000L, requests(5));
        assertThat(RateRules.lease(taken, 100, 5, null, ONE, 64)).isInstanceOf(Answer.Leased.class);
        assertThat(RateRules.lease(taken, 200_000, 5, null, ONE, 64)).isInstanceOf(Answer.Leased.class);
    }

    /**
     * Replicas that let calls pass, rest, die and come back while more is asked for than the limit allows: in no minute, wherever it
     * begins, more comes than the limit says; and where nobody dies not much less.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 5, 60, 600, 6000})
    void inNoMinuteComesMoreThanTheLimitAndNotMuchLess(int limit) {
        for (var seed = 0; seed < 6; seed++) {
            var world = new World(limit, new Random(seed), seed % 2 == 1);
            world.live(5 * MINUTE);
            assertThat(world.mostInAMinute).isLessThanOrEqualTo(limit).isPositive();
            if (!world.dying) {
                assertThat(world.passed).as("in five minutes").isGreaterThanOrEqualTo((long) (5 * limit * 0.93));
            }
        }
    }

    /** The row of one budget, as the database has it, and three replicas that are asked all the time. */
    private static final class World {

        private final int limit;
        private final Random random;
        private final boolean dying;
        private final TreeMap<Long, Amount> seconds = new TreeMap<>();
        private final List<Limiter> replicas = new ArrayList<>();
        private final Deque<Long> lastMinute = new ArrayDeque<>();
        private long now;
        private long mostInAMinute;
        private long passed;

        World(int limit, Random random, boolean dying) {
            this.limit = limit;
            this.random = random;
            this.dying = dying;
            this.now = random.nextLong(10 * SECOND);
            for (var number = 0; number < 3; number++) {
                replicas.add(Limiter.used(null, now));
            }
        }

        void live(long time) {
            var end = now + time;
            while (now < end) {
                now += random.nextLong(2 * MINUTE / limit / 10 + 1);
                var at = random.nextInt(3);
                if (dying && random.nextInt(500) == 0) {
                    replicas.set(at, Limiter.used(null, now));
                }
                ask(replicas.get(at));
            }
        }

        private void ask(Limiter replica) {
            var of = replica.take(ONE, now);
            if (of < 0 && lease(replica)) {
                now += random.nextLong(SECOND / 1000);
                of = replica.take(ONE, now);
            }
            if (of < 0) {
                return;
            }
            if (random.nextInt(10) == 0) {
                replica.ended(of, ONE, Amount.NONE); // it did not go out
                return;
            }
            passed++;
            lastMinute.addLast(now);
            while (now - lastMinute.getFirst() >= MINUTE) {
                lastMinute.removeFirst();
            }
            mostInAMinute = Math.max(mostInAMinute, lastMinute.size());
        }

        private boolean lease(Limiter replica) {
            var second = now / SECOND;
            var calls = replica.calls(now);
            replica.corrections(now, true).back().forEach((of, amount) -> seconds.computeIfPresent(of, (same, was) -> was.minus(amount)));
            if (RateRules.lease(seconds, second, limit, null, ONE, calls) instanceof Answer.Leased(var more, var left)) {
                seconds.merge(second, more, Amount::plus);
                replica.lease(second, more, left, now);
                return true;
            }
            return false;
        }
    }
}
