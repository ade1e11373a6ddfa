// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.job.run.RunState.CancelledAhead;
import dev.assay.kit.signal.Dispatcher.Question;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DealTests {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final Question small = question("small", 4);
    private final Question large = question("large", 4);
    private final Map<String, Room> rooms = Map.of("small", new Room(2, 2, 4_000, 0), "large", new Room(8, 8, 16_000, 1));
    private final Map<RunId, Needs> needs = new HashMap<>();

    @Test
    void runsThatAskForNothingAreDealtInTurnAndNobodyIsAskedWhatItHas() {
        var deal = new Deal<Run>(List.of(small, large), workers -> {
            throw new AssertionError("nobody asks for anything");
        });
        assertThat(deal.offer(runs(4), this::needs)).isEmpty();
        assertThat(deal.answers().values()).containsExactly(small, large, small, large);
    }

    @Test
    void aRunGoesToWhoHasRoomForItAndTakesThat() {
        var runs = runs(4);
        runs.forEach(run -> needs.put(run.id(), new Needs(0, 6_000, 0)));
        var deal = new Deal<Run>(List.of(small, large), workers -> rooms);
        assertThat(deal.offer(runs, this::needs)).as("two fit").containsExactly(runs.get(2), runs.get(3));
        assertThat(deal.answers().values()).containsOnly(large).hasSize(2);
    }

    @Test
    void whatNobodyHasRoomForLeavesItsPlaceToOthers() {
        var runs = runs(2);
        needs.put(runs.getFirst().id(), new Needs(0, 0, 2));
        var deal = new Deal<Run>(List.of(question("large", 1)), workers -> rooms);
        assertThat(deal.offer(runs, this::needs)).containsExactly(runs.getFirst());
        assertThat(deal.answers()).containsOnlyKeys(runs.getLast());
    }

    @Test
    void aRunThatAsksForMoreProcessorsThanAWorkerHasGetsTheseAndHasThemAlone() {
        var runs = runs(2);
        runs.forEach(run -> needs.put(run.id(), new Needs(64, 0, 0)));
        var deal = new Deal<Run>(List.of(small), workers -> rooms);
        assertThat(deal.offer(runs, this::needs)).containsExactly(runs.getLast());
    }

    @Test
    void aWorkerThatDoesNotTellWhatItHasIsGivenWhateverIsAskedFor() {
        var runs = runs(1);
        needs.put(runs.getFirst().id(), new Needs(64, 1_000_000, 8));
        assertThat(new Deal<Run>(List.of(small), workers -> Map.of()).offer(runs, this::needs)).isEmpty();
    }

    private Needs needs(Run run) {
        return needs.getOrDefault(run.id(), Needs.NONE);
    }

    private static Question question(String worker, int free) {
        return new Question(worker, UUID.randomUUID(), free, Set.of());
    }

    private static List<Run> runs(int number) {
        return IntStream.range(0, number)
                .mapToObj(one -> new Run(
                        new RunId(UUID.randomUUID()), TeamId.random(), RunFacts.NONE, new CancelledAhead(), NOW, null, NOW))
                .toList();
    }
}
