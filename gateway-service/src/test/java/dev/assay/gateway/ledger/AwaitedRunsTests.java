// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.gateway.ledger.AwaitedRuns.Run;
import dev.assay.gateway.ledger.Look.Slice;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Which calls are looked at for a run that is not known yet, and which runs are asked for. */
class AwaitedRunsTests {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final UUID TEAM = new UUID(1, 1);

    private final AwaitedRuns awaited = new AwaitedRuns();

    private static Run run(long number) {
        return new Run(TEAM, new UUID(0, number).toString());
    }

    private static Instant after(Duration time) {
        return NOON.plus(time);
    }

    @Test
    void eachCallIsLookedAtOnceAndNothingIsPassedOver() {
        var look = new Look(Duration.ofMinutes(1), null);
        var slices = new ArrayList<Slice>();
        for (var seconds : List.of(0, 15, 31, 400)) {
            slices.add(look.next(after(Duration.ofSeconds(seconds))));
            look = look.done(slices.getLast());
        }
        assertThat(slices.getFirst().from()).as("whatever may still become known").isEqualTo(NOON.minus(AwaitedRuns.LATE));
        for (var each = 1; each < slices.size(); each++) {
            assertThat(slices.get(each).from()).isEqualTo(slices.get(each - 1).to());
        }
        assertThat(slices.getLast().to()).isEqualTo(after(Duration.ofSeconds(340)));
    }

    @Test
    void whatCouldNotBeLookedAtIsLookedAtNextTimeButNothingThatIsTooLate() {
        var look = new Look(Duration.ofMinutes(1), null);
        look = look.done(look.next(NOON));
        assertThat(look.next(after(Duration.ofMinutes(5))).from()).isEqualTo(NOON.minus(Duration.ofMinutes(1)));
        assertThat(look.next(after(Duration.ofHours(5))).from()).isEqualTo(after(Duration.ofHours(5)).minus(AwaitedRuns.LATE));
    }

    @Test
    void callsOfAClockThatWasSetBackAreLookedAtToo() {
        var look = new Look(Duration.ofMinutes(1), null);
        look = look.done(look.next(NOON));
        var before = NOON.minus(Duration.ofHours(1));
        assertThat(look.next(before)).isEqualTo(new Slice(before.minus(AwaitedRuns.LATE), before.minus(Duration.ofMinutes(1))));
    }

    @Test
    void aRunIsAskedForAgainAndAgainUntilItHasItsJobOrIsTooLate() {
        awaited.saw(run(1), NOON, true);
        awaited.saw(run(2), NOON, false);
        assertThat(awaited.isUnknown(run(1))).isTrue();
        assertThat(awaited.isUnknown(run(2))).isFalse();
        assertThat(awaited.next(NOON)).containsExactlyInAnyOrder(run(1), run(2));
        awaited.isKnown(run(1));
        assertThat(awaited.isUnknown(run(1))).isFalse();
        awaited.hasJob(run(2));
        assertThat(awaited.next(after(AwaitedRuns.LATE))).as("it may get a job").containsExactly(run(1));
        assertThat(awaited.next(after(AwaitedRuns.LATE.plusMillis(1)))).isEmpty();
    }

    @Test
    void aCallThatComesLaterMakesItUnknownAgainAndKeepsItFromBeingTooLate() {
        awaited.saw(run(1), NOON, true);
        awaited.isKnown(run(1));
        awaited.saw(run(1), after(Duration.ofMinutes(10)), true);
        awaited.saw(run(1), NOON, false);
        assertThat(awaited.isUnknown(run(1))).isTrue();
        assertThat(awaited.next(after(Duration.ofMinutes(20)))).containsExactly(run(1));
    }

    private List<Run> ask(Instant now) {
        var runs = awaited.next(now);
        runs.forEach(run -> awaited.asked(run, now));
        return runs;
    }

    @Test
    void whoWasNotAskedForAfterAllIsAskedForFirst() {
        for (var number = 0; number < 3; number++) {
            awaited.saw(run(number), NOON.plusSeconds(number), true);
        }
        var now = after(Duration.ofMinutes(1));
        assertThat(awaited.next(now)).containsExactly(run(2), run(1), run(0));
        awaited.asked(run(2), now);
        assertThat(awaited.next(now.plusSeconds(15))).containsExactly(run(1), run(0), run(2));
    }

    @Test
    void whoHasMoreThanCanBeAskedForKeepsNobodyElseWaitingAndAllOfItHasItsTurn() {
        for (var number = 0; number < 2 * AwaitedRuns.MOST_OF_A_TEAM; number++) {
            awaited.saw(run(number), NOON.plusSeconds(number), true);
        }
        var other = new Run(new UUID(2, 2), "other");
        awaited.saw(other, NOON, true);
        var now = after(Duration.ofMinutes(2));
        var first = ask(now);
        assertThat(first).hasSize(AwaitedRuns.MOST_OF_A_TEAM + 1).contains(other, run(2 * AwaitedRuns.MOST_OF_A_TEAM - 1));
        var second = ask(now.plusSeconds(15));
        assertThat(second).hasSize(AwaitedRuns.MOST_OF_A_TEAM + 1).contains(other, run(0));
        assertThat(first).doesNotContain(run(0));
        assertThat(ask(now.plusSeconds(30))).as("from the beginning").containsAll(first);
    }

    @Test
    void moreThanCanEverBeAskedForAreNotKept() {
        for (var number = 0; number < AwaitedRuns.MOST_KEPT_OF_A_TEAM + 10; number++) {
            awaited.saw(run(number), NOON.plusNanos(number), true);
        }
        awaited.next(NOON);
        assertThat(awaited.isUnknown(run(9))).isFalse();
        assertThat(awaited.isUnknown(run(10))).isTrue();
    }
}
