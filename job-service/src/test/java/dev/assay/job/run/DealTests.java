// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.JobId;
import dev.assay.contracts.TeamId;
import dev.assay.job.run.FairOrder.Flow;
import dev.assay.job.run.FairOrder.Limits;
import dev.assay.job.run.FairOrder.Standing;
import dev.assay.job.run.Reservation.Aged;
import dev.assay.job.run.Reservation.PassedOver;
import dev.assay.job.run.Waiting.Places;
import dev.assay.job.run.Waiting.Worker;
import dev.assay.kit.signal.Dispatcher.Question;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DealTests {

    private static final Needs LARGE = new Needs(0, 6_000, 0);

    private final Question small = question("small", 4);
    private final Question large = question("large", 4);
    private final Map<String, Room> rooms = Map.of("small", new Room(2, 2, 4_000, 0), "large", new Room(8, 8, 16_000, 1));
    private final Line line = new Line(new Random(1));
    private final Flow job = line.flow();

    @Test
    void runsThatAskForNothingAreDealtInTurnAndNobodyIsAskedWhatItHas() {
        var deal = new Deal<>(List.of(small, large), line, line.queue(job, Needs.NONE, 4).order(), workers -> {
            throw new AssertionError("nobody asks for anything");
        });
        deal.deal(4);
        assertThat(deal.answers().values()).containsExactly(small, large, small, large);
    }

    @Test
    void aRunGoesToWhoHasRoomForItAndTakesThat() {
        line.queue(job, LARGE, 4);
        var deal = deal(List.of(small, large), 8);
        assertThat(deal.answers().keySet()).as("two fit").containsExactly(line.run(0), line.run(1));
        assertThat(deal.answers().values()).containsOnly(large);
        assertThat(deal.passedOver()).as("of each flow the first").containsExactly(new PassedOver(line.run(2), job, LARGE));
    }

    @Test
    void whatIsBehindOneThatNobodyHasRoomForGoesBeforeItWithinItsJobAndInOthers() {
        line.queue(job, new Needs(0, 0, 2), 3).queue(job, Needs.NONE, 2);
        var other = line.flow();
        line.queue(other, Needs.NONE, 1);
        var deal = deal(List.of(question("large", 4)), 4);
        assertThat(deal.answers().keySet()).containsExactlyInAnyOrder(line.run(3), line.run(4), line.run(5));
        assertThat(deal.passedOver()).extracting(PassedOver::id).containsExactly(line.run(0));
    }

    @Test
    void aJobWhoseRunsAllAskForTheSameIsNotReadToItsEnd() {
        line.queue(job, new Needs(0, 0, 2), 1000);
        assertThat(deal(List.of(large), 4).answers()).isEmpty();
        assertThat(line.locked).isLessThan(50);
    }

    @Test
    void aRunThatAsksForMoreProcessorsThanAWorkerHasGetsTheseAndHasThemAlone() {
        line.queue(job, new Needs(64, 0, 0), 2);
        assertThat(deal(List.of(small), 2).answers()).containsOnlyKeys(line.run(0));
    }

    @Test
    void aWorkerThatDoesNotTellWhatItHasIsGivenWhateverIsAskedFor() {
        line.queue(job, new Needs(64, 1_000_000, 8), 1);
        var deal = new Deal<>(List.of(small), line, line.order(), workers -> Map.of());
        deal.deal(1);
        assertThat(deal.answers()).hasSize(1);
    }

    @Test
    void whatIsKeptForOneNobodyElseIsGivenAndItIsFirstWhenItIsThere() {
        var other = line.flow();
        line.queue(job, new Needs(0, 12_000, 0), 1).queue(other, new Needs(0, 2_000, 0), 4).queue(line.flow(), Needs.NONE, 1);
        var kept = new Reservation(line.run(0), job, new Needs(0, 12_000, 0), "large");
        var left = new HashMap<>(Map.of("large", new Room(8, 8, 11_000, 1)));
        assertThat(deal(List.of(large), 4, left, kept).answers().keySet()).as("what asks for nothing has it").containsExactly(line.run(5));
        left.put("large", new Room(8, 8, 14_000, 1));
        line.given(line.run(5));
        assertThat(deal(List.of(large), 4, left, kept).answers().keySet()).as("what fits beside it, too")
                .containsExactly(line.run(0), line.run(1));
    }

    @Test
    void roomIsKeptForTheFirstThatMayBeginAtTheWorkerThatHasLeastToWaitFor() {
        var machine = new Room(8, 8, 16_000, 0);
        var workers = List.of(
                worker("full", null, machine, new Room(8, 8, 1_000, 0)), worker("half", null, machine, new Room(8, 8, 8_000, 0)),
                worker("closed", "draining", machine, machine), worker("tiny", null, new Room(8, 8, 8_000, 0), new Room(8, 8, 8_000, 0)));
        var capped = new Aged(new PassedOver(new UUID(0, 1), job, new Needs(0, 9_000, 0)), false, false, 1);
        var never = new Aged(new PassedOver(new UUID(0, 2), job, new Needs(0, 20_000, 0)), false, false, null);
        var next = new Aged(new PassedOver(new UUID(0, 3), job, new Needs(0, 10_000, 0)), false, false, null);
        assertThat(Reservation.of(List.of(capped, never, next), workers, team -> 0, (flow, most) -> most == null))
                .contains(new Reservation(next.work().id(), job, next.work().needs(), "half"));
        var others = new Aged(new PassedOver(new UUID(0, 4), line.flow(), new Needs(0, 10_000, 0)), false, false, null);
        assertThat(Reservation.of(List.of(next, others), workers, team -> team.equals(job.team()) ? 2 : 1, (flow, most) -> true).orElseThrow().work())
                .as("a team that holds fewer comes first, however long the other has waited")
                .isEqualTo(others.work().id());
        var before = new Aged(new PassedOver(new UUID(0, 6), job, new Needs(0, 10_000, 0)), false, true, null);
        assertThat(Reservation.of(List.of(before, others), workers, team -> team.equals(job.team()) ? 2 : 1, (flow, most) -> true).orElseThrow().work())
                .as("who has it keeps it, or all that was waited for would go to the next, and back")
                .isEqualTo(before.work().id());
        var session = new Aged(new PassedOver(new UUID(0, 5), job, new Needs(0, 10_000, 0)), true, false, null);
        var none = new Worker("none", null, null, new Places(9, 0), new Places(0, 0), machine, machine);
        assertThat(Reservation.of(List.of(session), List.of(none), team -> 0, (flow, most) -> true)).as("it asks for no sessions").isEmpty();
    }

    /** Else what is behind it in its job would take each place that comes free, at whatever worker. */
    @Test
    void whatRoomIsKeptForHasItsPlaceWithinItsJobsLimitKeptToo() {
        line.queue(job, LARGE, 1).queue(job, Needs.NONE, 3);
        var order = new FairOrder(Limits.NONE, Map.of(job, new Standing(0, 0, 2)), Map.of(), 0);
        order.holds(job.team(), job.job(), "", 1);
        var deal = new Deal<>(List.of(small), line, order, workers -> rooms);
        deal.keep(new Reservation(line.run(0), job, LARGE, "large"));
        deal.deal(4);
        assertThat(deal.answers()).isEmpty();
        assertThat(deal.passedOver()).as("nothing behind it gets in line").extracting(PassedOver::id).containsExactly(line.run(0));
    }

    static List<Long> seeds() {
        var one = Long.getLong("assay.seed");
        return one == null ? IntStream.range(0, 20).mapToObj(Long::valueOf).toList() : List.of(one);
    }

    /** However many small ones come, a large one begins: at the latest when all that went on as it was passed over for too long have ended. */
    @ParameterizedTest
    @MethodSource("seeds")
    void aLargeRunIsNotPassedOverForEver(long seed) {
        var random = new Random(seed);
        var waiting = new Line(random);
        var machine = new Room(8, 8, 16_000, 0);
        var flows = List.of(waiting.flow(), waiting.flow(), waiting.flow());
        var held = new HashMap<UUID, Map.Entry<String, Integer>>(); // by whom, until when
        var since = new LinkedHashMap<UUID, Integer>();
        var patience = 20;
        var longest = 30;
        for (var time = 0; time < 400; time++) {
            int now = time;
            held.values().removeIf(one -> one.getValue() <= now);
            for (var flow : flows) {
                if (waiting.queued(flow) < 30) {
                    waiting.queue(flow, new Needs(0, 1_000 + random.nextInt(3_000), 0), 3);
                }
            }
            if (time % 50 == 10) {
                waiting.queue(flows.get(random.nextInt(3)), new Needs(0, 9_000 + random.nextInt(7_000), 0), 1);
            }
            var left = new HashMap<String, Room>();
            var questions = new ArrayList<Question>();
            for (var name : List.of("a", "b", "c")) {
                var here = held.entrySet().stream().filter(one -> one.getValue().getKey().equals(name)).map(Map.Entry::getKey).toList();
                var room = machine;
                for (var one : here) {
                    room = room.without(waiting.needs.get(one));
                }
                left.put(name, room);
                if (here.size() < 12 && random.nextBoolean()) {
                    questions.add(question(name, 12 - here.size()));
                }
            }
            if (questions.isEmpty()) {
                continue;
            }
            var workers = left.entrySet().stream().sorted(Map.Entry.comparingByKey()).map(one -> worker(one.getKey(), null, machine, one.getValue())).toList();
            var aged = since.entrySet().stream()
                    .filter(one -> now - one.getValue() >= patience)
                    .map(one -> new PassedOver(one.getKey(), waiting.flows.get(one.getKey()), waiting.needs.get(one.getKey())))
                    .map(work -> new Aged(work, false, false, null))
                    .toList();
            var deal = new Deal<>(questions, waiting, waiting.order(), asked -> left);
            Reservation.of(aged, workers, team -> waiting.held(team, held.keySet()), (flow, most) -> true).ifPresent(deal::keep);
            deal.deal(questions.stream().mapToInt(Question::free).sum() - deal.answers().size());
            deal.passedOver().forEach(one -> since.putIfAbsent(one.id(), now));
            deal.answers().forEach((run, question) -> {
                waiting.given(run);
                held.put(run, Map.entry(question.worker(), now + 1 + random.nextInt(longest)));
                since.remove(run);
            });
            var worst = since.values().stream().mapToInt(at -> now - at).max().orElse(0);
            assertThat(worst).as("seed %d, at %d", seed, time).isLessThan(patience + 3 * (longest + 10));
        }
    }

    private Deal<UUID> deal(List<Question> questions, int wanted) {
        var deal = new Deal<>(questions, line, line.order(), workers -> rooms);
        deal.deal(wanted);
        return deal;
    }

    private Deal<UUID> deal(List<Question> questions, int wanted, Map<String, Room> left, Reservation kept) {
        var deal = new Deal<>(questions, line, line.order(), workers -> left);
        deal.keep(kept);
        deal.deal(wanted - deal.answers().size());
        return deal;
    }

    private static Worker worker(String name, String closed, Room most, Room left) {
        return new Worker(name, Set.of("process"), closed, new Places(12, 0), new Places(12, 0), most, left);
    }

    private static Question question(String worker, int free) {
        return new Question(worker, UUID.randomUUID(), free, Set.of());
    }

    /** Runs that wait. */
    private static final class Line implements Deal.Lines<UUID> {

        final Map<UUID, Flow> flows = new LinkedHashMap<>();
        final Map<UUID, Needs> needs = new HashMap<>();
        private final Map<UUID, TeamId> teams = new HashMap<>();
        private final List<UUID> all = new ArrayList<>();
        private final Random ids;
        int locked;

        Line(Random ids) {
            this.ids = ids;
        }

        private UUID id() {
            return new UUID(ids.nextLong(), ids.nextLong());
        }

        Flow flow() {
            return new Flow(new TeamId(id()), new JobId(id()), "process", "");
        }

        Line queue(Flow flow, Needs of, int many) {
            for (var number = 0; number < many; number++) {
                var run = id();
                flows.put(run, flow);
                teams.put(run, flow.team());
                needs.put(run, of);
                all.add(run);
            }
            return this;
        }

        UUID run(int number) {
            return all.get(number);
        }

        void given(UUID run) {
            flows.remove(run);
        }

        int held(TeamId team, Collection<UUID> runs) {
            return (int) runs.stream().filter(run -> teams.get(run).equals(team)).count();
        }

        int queued(Flow flow) {
            return (int) flows.values().stream().filter(flow::equals).count();
        }

        FairOrder order() {
            var standings = new LinkedHashMap<Flow, Standing>();
            flows.values().forEach(flow -> standings.put(flow, new Standing(0, 0, null)));
            return new FairOrder(Limits.NONE, standings, Map.of(), 0);
        }

        @Override
        public UUID id(UUID piece) {
            return piece;
        }

        @Override
        public Map<UUID, Flow> lockQueued(Map<Flow, Integer> wanted, Collection<UUID> taken) {
            var found = new LinkedHashMap<UUID, Flow>();
            wanted.forEach((flow, many) -> flows.entrySet().stream()
                    .filter(one -> one.getValue().equals(flow) && !taken.contains(one.getKey()))
                    .limit(many)
                    .forEach(one -> found.put(one.getKey(), flow)));
            locked += found.size();
            return found;
        }

        @Override
        public Optional<UUID> lockQueued(UUID id) {
            return Optional.of(id).filter(flows::containsKey);
        }

        @Override
        public Function<UUID, Needs> needs(Collection<UUID> pieces) {
            return pieces.stream().collect(Collectors.toMap(Function.identity(), needs::get))::get;
        }
    }
}
