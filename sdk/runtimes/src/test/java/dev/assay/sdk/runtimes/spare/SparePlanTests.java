// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.spare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.Prepared;
import dev.assay.sdk.runtimes.SandboxLimits;
import dev.assay.sdk.runtimes.spare.SparePlan.Room;
import dev.assay.sdk.runtimes.spare.SparePlan.Waiting;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SparePlanTests {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final SpareKey LETTERS = key("letters");
    private static final SpareKey NUMBERS = key("numbers");
    private static final Room WIDE = new Room(1L << 40, 16, 16);

    private record AnImage(String name) implements Prepared {}

    private static SpareKey key(String name) {
        return new SpareKey(new AnImage(name), name, Map.of(), Set.of(), Network.NONE, SandboxLimits.DEFAULTS);
    }

    private static Instant ago(int seconds) {
        return NOW.minusSeconds(seconds);
    }

    private static List<Instant> starts(int number, int secondsAgo) {
        return Collections.nCopies(number, ago(secondsAgo));
    }

    private static SparePlan plan(List<Waiting> waiting, Map<SpareKey, List<Instant>> starts, Room room) {
        return SparePlan.of(waiting, List.of(), starts, Set.of(), room, NOW);
    }

    @Test
    void whatStartedOnceHasNoSpareAndWhatStartedAgainHas() {
        assertThat(plan(List.of(), Map.of(LETTERS, starts(1, 10)), WIDE).start()).isEmpty();
        assertThat(plan(List.of(), Map.of(LETTERS, List.of(ago(200), ago(10))), WIDE).start()).containsExactly(LETTERS);
        assertThat(plan(List.of(), Map.of(LETTERS, List.of(ago(301), ago(10))), WIDE).start()).as("long ago").isEmpty();
    }

    @Test
    void theMoreStartsThereWereInTheLastMinuteTheMoreSpares() {
        assertThat(plan(List.of(), Map.of(LETTERS, starts(4, 10)), WIDE).start()).hasSize(1);
        assertThat(plan(List.of(), Map.of(LETTERS, starts(16, 10)), WIDE).start()).hasSize(4);
        assertThat(plan(List.of(), Map.of(LETTERS, starts(64, 10)), WIDE).start()).hasSize(8);
        assertThat(plan(List.of(), Map.of(LETTERS, starts(64, 61)), WIDE).start()).hasSize(1);
    }

    @Test
    void whatWaitsOrIsBeingMadeIsNotMadeAgain() {
        var one = new Waiting("one", LETTERS, ago(20));
        var plan = SparePlan.of(List.of(one), List.of(LETTERS), Map.of(LETTERS, starts(12, 10)), Set.of(), WIDE, NOW);
        assertThat(plan).isEqualTo(new SparePlan(List.of(), List.of(LETTERS)));
    }

    @Test
    void whatHasWaitedForFiveMinutesOrIsAskedForNoMoreEnds() {
        var old = new Waiting("old", LETTERS, ago(300));
        var young = new Waiting("young", LETTERS, ago(299));
        assertThat(plan(List.of(old, young), Map.of(LETTERS, starts(8, 10)), WIDE)).isEqualTo(new SparePlan(List.of(old), List.of(LETTERS)));
        assertThat(plan(List.of(young), Map.of(), WIDE).end()).containsExactly(young);
        assertThat(plan(List.of(young), Map.of(NUMBERS, starts(8, 10)), WIDE).end()).containsExactly(young);
    }

    @Test
    void whatIsRefusedIsNotStartedAndStays() {
        var young = new Waiting("young", LETTERS, ago(20));
        var plan = SparePlan.of(List.of(young), List.of(), Map.of(LETTERS, starts(16, 10)), Set.of(LETTERS), WIDE, NOW);
        assertThat(plan).isEqualTo(new SparePlan(List.of(), List.of()));
    }

    @Test
    void whatWasAskedForLongAgoGivesItsPlaceToWhatIsAskedForNow() {
        var idle = new Waiting("idle", LETTERS, ago(20));
        var starts = Map.of(LETTERS, starts(2, 100), NUMBERS, starts(2, 10));
        assertThat(plan(List.of(idle), starts, new Room(1L << 40, 1, 16))).isEqualTo(new SparePlan(List.of(idle), List.of()));
        var busy = new Waiting("busy", NUMBERS, ago(20));
        assertThat(plan(List.of(busy), starts, new Room(1L << 40, 1, 16))).as("not the other way round").isEqualTo(new SparePlan(List.of(), List.of()));
    }

    @Test
    void whatDoesNotFitKeepsNobodyElseFromHavingOne() {
        var large = new SpareKey(
                new AnImage("large"), "large", Map.of(), Set.of(), Network.NONE,
                SandboxLimits.DEFAULTS.withMemoryBytes(1L << 39));
        assertThat(plan(List.of(), Map.of(large, starts(16, 10), LETTERS, starts(2, 10)), new Room(1L << 38, 16, 16)).start()).containsExactly(LETTERS);
    }

    @Test
    void moreThanAreWantedStayUntilAnotherWantsTheirPlace() {
        var first = new Waiting("first", LETTERS, ago(20));
        var second = new Waiting("second", LETTERS, ago(30));
        var starts = Map.of(LETTERS, starts(2, 10), NUMBERS, starts(2, 10));
        assertThat(plan(List.of(first, second), starts, WIDE)).isEqualTo(new SparePlan(List.of(), List.of(NUMBERS)));
        assertThat(plan(List.of(first, second), starts, new Room(1L << 40, 2, 16)).end()).hasSize(1);
    }

    @Test
    void runsGoBeforeSpares() {
        var starts = Map.of(LETTERS, starts(16, 10));
        var waits = new Waiting("waits", LETTERS, ago(20));
        long memory = SandboxLimits.DEFAULTS.memoryBytes();
        assertThat(plan(List.of(), starts, new Room(1L << 40, 16, 0)).start()).as("runs are starting").isEmpty();
        assertThat(plan(List.of(), starts, new Room(1L << 40, 16, -3)).start()).as("many are").isEmpty();
        assertThat(plan(List.of(), starts, new Room(2 * memory + 1, 16, 16)).start()).as("what each may come to use").hasSize(2);
        assertThat(plan(List.of(waits), starts, new Room(0, 16, 16))).isEqualTo(new SparePlan(List.of(), List.of()));
        assertThat(plan(List.of(waits), starts, new Room(-1, 16, 16))).as("they use it").isEqualTo(new SparePlan(List.of(waits), List.of()));
    }

    @Test
    void whatLacksMostComesFirst() {
        var starts = Map.of(LETTERS, starts(4, 10), NUMBERS, starts(12, 10));
        assertThat(plan(List.of(), starts, new Room(1L << 40, 16, 1)).start()).containsExactly(NUMBERS);
    }
}
