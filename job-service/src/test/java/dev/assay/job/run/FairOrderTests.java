// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.JobId;
import dev.assay.contracts.TeamId;
import dev.assay.job.run.FairOrder.Flow;
import dev.assay.job.run.FairOrder.Limits;
import dev.assay.job.run.FairOrder.Standing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FairOrderTests {

    private static final Standing USUAL = new Standing(0, 0, null);

    private final Fleet fleet = new Fleet(Limits.NONE);
    private final TeamId one = TeamId.random();
    private final TeamId other = TeamId.random();

    @Test
    void aTeamWithAHundredJobsHasOneTeamsShare() {
        for (var number = 0; number < 100; number++) {
            fleet.queue(one, 50, USUAL);
        }
        var small = fleet.queue(other, 50, USUAL);
        fleet.give(40);
        assertThat(fleet.held(one)).isEqualTo(20);
        assertThat(fleet.held(small)).isEqualTo(20);
    }

    @Test
    void jobsOfATeamShareWhatItHas() {
        var jobs = List.of(fleet.queue(one, 1000, USUAL), fleet.queue(one, 1000, USUAL), fleet.queue(one, 3, USUAL));
        fleet.give(33);
        assertThat(jobs).extracting(fleet::held).containsExactly(15, 15, 3);
    }

    @Test
    void oneSlotIsEveryonesInTurnHoweverManyRunsAJobHas() {
        var big = fleet.queue(one, 1000, USUAL);
        var first = fleet.give(5);
        first.forEach(fleet::end);
        var small = fleet.queue(one, 2, USUAL);
        var others = fleet.queue(other, 2, USUAL);
        var order = new ArrayList<Flow>();
        for (var number = 0; number < 8; number++) {
            var given = fleet.give(1).getFirst();
            order.add(given);
            fleet.end(given);
        }
        assertThat(order).containsExactly(others, small, others, big, small, big, big, big);
    }

    @Test
    void whatHasPriorityComesBeforeOthersOfItsTeamAndNoOtherTeams() {
        var usual = fleet.queue(one, 10, USUAL);
        var urgent = fleet.queue(one, 3, new Standing(0, 5, null));
        var others = fleet.queue(other, 10, USUAL);
        fleet.give(8);
        assertThat(List.of(usual, urgent, others)).extracting(fleet::held).containsExactly(1, 3, 4);
    }

    @Test
    void nobodyHoldsMoreThanHeMay() {
        var limited = new Fleet(new Limits(6, Map.of(), Map.of("scarce", 3)));
        var capped = limited.queue(one, 10, new Standing(0, 9, 2));
        var free = limited.queue(one, 10, USUAL);
        var scarce = limited.queue(other, "scarce", 10, USUAL);
        limited.give(100);
        assertThat(List.of(capped, free, scarce)).extracting(limited::held).containsExactly(2, 4, 3);
        limited.end(scarce);
        limited.end(capped);
        assertThat(limited.give(100)).containsExactlyInAnyOrder(scarce, capped);
    }

    /**
     * Whoever waits is given something as long as there is room: over any order of arrivals and ends nobody is passed over for long. One that
     * failed is played again by {@code -Dassay.seed=17}: ids, by which equals are told apart, are of the seed, too.
     */
    @Test
    void nobodyStarves() {
        long seed = Long.getLong("assay.seed", System.nanoTime());
        var random = new Random(seed);
        var fleet = new Fleet(Limits.NONE, random);
        var teams = Stream.generate(() -> new TeamId(id(random))).limit(3).toList();
        var jobs = new ArrayList<Flow>();
        for (var number = 0; number < 12; number++) {
            jobs.add(fleet.queue(teams.get(random.nextInt(1 + number % 3)), 1 + random.nextInt(number % 4 == 0 ? 2000 : 20), USUAL));
        }
        var waits = new HashMap<Flow, Integer>();
        var held = new ArrayList<>(fleet.give(4));
        for (var turn = 0; turn < 2000 && !held.isEmpty(); turn++) {
            fleet.end(held.remove(random.nextInt(held.size())));
            var given = fleet.give(1);
            held.addAll(given);
            for (var job : jobs) {
                waits.merge(job, 1, Integer::sum);
                if (given.contains(job) || fleet.queued(job) == 0 || fleet.held(job) > 0) {
                    waits.put(job, 0);
                }
                assertThat(waits.get(job)).as("seed %d: turns without a run", seed).isLessThanOrEqualTo(3 * jobs.size());
            }
        }
    }

    private static UUID id(Random random) {
        return new UUID(random.nextLong(), random.nextLong());
    }

    /** Queued and held runs, as the database has them. */
    private static final class Fleet {

        final Limits limits;
        final Random ids;
        final Map<Flow, Integer> queued = new LinkedHashMap<>();
        final Map<Flow, Integer> held = new HashMap<>();
        final Map<Flow, Standing> standings = new HashMap<>();
        final Map<UUID, Long> lastGiven = new HashMap<>();
        long turn;

        Fleet(Limits limits) {
            this(limits, new Random());
        }

        Fleet(Limits limits, Random ids) {
            this.limits = limits;
            this.ids = ids;
        }

        Flow queue(TeamId team, int runs, Standing standing) {
            return queue(team, "", runs, standing);
        }

        Flow queue(TeamId team, String model, int runs, Standing standing) {
            var flow = new Flow(team, new JobId(id(ids)), "process", model);
            queued.put(flow, runs);
            standings.put(flow, standing);
            return flow;
        }

        List<Flow> give(int most) {
            var waiting = new HashMap<Flow, Standing>();
            queued.forEach((flow, runs) -> {
                if (runs > 0) {
                    waiting.put(flow, standings.get(flow));
                }
            });
            var order = new FairOrder(limits, waiting, lastGiven, turn);
            held.forEach((flow, runs) -> order.holds(flow.team(), flow.job(), flow.model(), runs));
            var given = new ArrayList<Flow>();
            for (var picked = order.pick(most); !picked.isEmpty(); picked = order.pick(most - given.size())) {
                picked.forEach((flow, many) -> {
                    var there = Math.min(many, queued.get(flow));
                    for (var number = 0; number < there; number++) {
                        given.add(flow);
                    }
                    queued.merge(flow, -there, Integer::sum);
                    held.merge(flow, there, Integer::sum);
                    if (there < many) {
                        order.hadFewer(flow, many - there);
                    }
                });
            }
            lastGiven.putAll(order.given());
            turn += 1000;
            return given;
        }

        void end(Flow flow) {
            held.merge(flow, -1, Integer::sum);
        }

        int held(Flow flow) {
            return held.getOrDefault(flow, 0);
        }

        int held(TeamId team) {
            return held.entrySet().stream().filter(one -> one.getKey().team().equals(team)).mapToInt(Map.Entry::getValue).sum();
        }

        int queued(Flow flow) {
            return queued.get(flow);
        }
    }
}
