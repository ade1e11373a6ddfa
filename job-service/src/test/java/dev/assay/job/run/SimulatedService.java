// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.JobId;
import dev.assay.contracts.TeamId;
import dev.assay.job.run.FairOrder.Flow;
import dev.assay.job.run.FairOrder.Standing;
import dev.assay.job.run.Reservation.Aged;
import dev.assay.job.run.Reservation.PassedOver;
import dev.assay.job.run.RunState.Finished;
import dev.assay.job.run.RunState.Held;
import dev.assay.job.run.Waiting.Places;
import dev.assay.job.run.Waiting.Worker;
import dev.assay.kit.signal.Dispatcher.Question;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Gives work out by the rules of the service ({@link Turns}), from memory instead of tables, and watches that nobody has more than he may. */
public final class SimulatedService {

    static final int TEAM_LIMIT = 8;
    static final int SCARCE = 2;
    static final Room MACHINE = new Room(8, 8, 16_000, 0);
    private static final int PATIENCE = 60;
    private static final Places ANY = new Places(null, 0);

    private static final RunSettings SETTINGS = new RunSettings(
            new RunSettings.Lease(World.seconds(15), 3),
            new RunSettings.Run(World.seconds(300), World.seconds(120), World.seconds(900), World.seconds(30)),
            new RunSettings.Retry(World.seconds(1), World.seconds(8)), World.seconds(3600), new RunSettings.Sweep(World.seconds(1)),
            new RunSettings.Limits(TEAM_LIMIT, List.of("scarce=" + SCARCE)));

    /** The rules of runs, and of sessions' leases. */
    public static final RunRules RULES = SETTINGS.rules();

    /** What people may change of a job while it goes on. */
    static final class Job {

        final TeamId team;
        final JobId id;
        final String model;
        final int priority;
        @Nullable Integer most;
        boolean paused;

        Job(TeamId team, JobId id, String model, int priority, @Nullable Integer most) {
            this.team = team;
            this.id = id;
            this.model = model;
            this.priority = priority;
            this.most = most;
        }

        Flow flow() {
            return new Flow(team, id, "process", model);
        }
    }

    private final World world;
    final Map<JobId, Job> jobs = new HashMap<>();
    final Set<String> workers = new HashSet<>();
    private final List<Piece> all = new ArrayList<>();
    private final Map<UUID, Long> lastGiven = new HashMap<>();
    private final Map<UUID, Instant> passedOver = new LinkedHashMap<>();
    private final Set<UUID> kept = new HashSet<>();
    private final Set<UUID> withdrawn = new HashSet<>();
    private final Turns turns;
    private long turn;

    public SimulatedService(World world) {
        this.world = world;
        this.turns = new Turns(new Counted(), new Asked(), new Left(), new Kept(), new Here());
        world.everySecond(() -> all.stream().filter(piece -> !(piece.lease() instanceof Finished)).forEach(Piece::sweep));
    }

    public void add(Piece piece) {
        all.add(piece);
    }

    public void assertAllAreOver() {
        all.forEach(Piece::assertIsOver);
    }

    /** What a worker is answered; empty: nothing yet. */
    List<Piece> ask(Question question, String sort) {
        var before = all.stream().filter(piece -> piece.sort().equals(sort) && piece.lease() instanceof Held).toList();
        var reserved = Reservation.of(new Kept().line().aged(), new Here().all(), this::held, this::mayHoldMore);
        var given = turns.give(List.of(question), new Waiting(sort)).answers().getOrDefault(question, List.of());
        var kept = reserved.filter(one -> given.stream().noneMatch(piece -> piece.id.equals(one.work()))).map(Reservation::flow);
        given.stream()
                .filter(piece -> !before.contains(piece) && !piece.id.equals(reserved.map(Reservation::work).orElse(null)))
                .forEach(piece -> assertWasItsTurn(piece, kept));
        return given;
    }

    /**
     * Nobody who could have been given something, and is kept back by nothing, has less than whoever was; of a team, none that is more urgent.
     *
     * @param kept whose place is kept, as if it were held
     */
    private void assertWasItsTurn(Piece given, Optional<Flow> kept) {
        ToIntFunction<Object> counted = of -> held(of) + (kept.isPresent() && isOf(kept.get(), of) ? 1 : 0);
        // what was passed over was picked first, and had a place within all limits until then
        ToIntFunction<Object> picked = of -> counted.applyAsInt(of)
                + (int) all.stream().filter(piece -> passedOver.containsKey(piece.id) && isOf(piece.flow, of)).count();
        all.stream()
                .filter(one -> one.sort().equals(given.sort()) && one.mayBegin() && one.needs.equals(Needs.NONE) && !isPaused(one))
                .filter(one -> SETTINGS.limits().fair().allow(one.flow, most(one.flow), picked))
                .forEach(one -> {
                    assertThat(counted.applyAsInt(given.flow.team())).as("%s was given out before %s", given, one)
                            .isLessThanOrEqualTo(counted.applyAsInt(one.flow.team()) + 1);
                    if (given.flow.team().equals(one.flow.team())) {
                        assertThat(priority(given)).as("%s was given out before %s", given, one).isGreaterThanOrEqualTo(priority(one));
                        assertThat(priority(given) > priority(one) ? 0 : counted.applyAsInt(given.flow.job())).as("%s was given out before %s", given, one)
                                .isLessThanOrEqualTo(counted.applyAsInt(one.flow.job()) + 1);
                    }
                });
    }

    private static boolean isOf(Flow flow, Object of) {
        return Stream.of(flow.team(), flow.job(), flow.model()).anyMatch(of::equals);
    }

    private int priority(Piece piece) {
        return jobs.containsKey(piece.flow.job()) ? jobs.get(piece.flow.job()).priority : 0;
    }

    void withdraw(String worker, UUID ask) {
        withdrawn.add(ask);
        for (var sort : List.of("run", "session")) {
            new Waiting(sort).lockGiven(List.of(worker), List.of(ask)).forEach(piece -> piece.release(worker, piece.lease().numbers().fence(), null));
        }
    }

    private boolean mayHoldMore(Flow flow, @Nullable Integer most) {
        return SETTINGS.limits().fair().allow(flow, most, this::held);
    }

    private @Nullable Integer most(Flow flow) {
        return jobs.containsKey(flow.job()) ? jobs.get(flow.job()).most : null;
    }

    private boolean isPaused(Piece piece) {
        return jobs.containsKey(piece.flow.job()) && jobs.get(piece.flow.job()).paused;
    }

    private Stream<Piece> goingOn() {
        return all.stream().filter(piece -> piece.lease() instanceof Held);
    }

    private int held(Object of) {
        return (int) goingOn().filter(piece -> isOf(piece.flow, of)).count();
    }

    private Room left(String worker) {
        var room = MACHINE;
        for (var piece : goingOn().filter(one -> ((Held) one.lease()).worker().equals(worker)).toList()) {
            room = room.without(piece.needs);
        }
        return room;
    }

    // the tables, as far as those read them who give work out

    private final class Counted extends Flows {

        Counted() {
            super(null, null);
        }

        @Override
        void lock() {}

        @Override
        FairOrder order(String sort, Set<String> runtimes) {
            var flows = new LinkedHashMap<Flow, Standing>();
            all.stream().filter(piece -> piece.sort().equals(sort) && piece.mayBegin() && !isPaused(piece)).forEach(piece -> {
                flows.put(piece.flow, new Standing(0, priority(piece), most(piece.flow)));
            });
            var order = new FairOrder(SETTINGS.limits().fair(), flows, lastGiven, turn += 1000);
            goingOn().forEach(piece -> order.holds(piece.flow.team(), piece.flow.job(), piece.flow.model(), 1));
            return order;
        }

        @Override
        void given(Map<UUID, Long> given) {
            lastGiven.putAll(given);
        }
    }

    private final class Asked extends Asks {

        Asked() {
            super(null);
        }

        @Override
        public Set<UUID> hold(Collection<UUID> asks) {
            return Set.copyOf(asks.stream().filter(withdrawn::contains).toList());
        }
    }

    private final class Left extends Rooms {

        Left() {
            super(null);
        }

        @Override
        Map<String, Room> of(Collection<String> names) {
            var left = new HashMap<String, Room>();
            names.forEach(name -> left.put(name, left(name)));
            return left;
        }
    }

    private final class Kept extends Reservations {

        Kept() {
            super(null);
        }

        @Override
        Line line() {
            var aged = passedOver.entrySet().stream()
                    .filter(one -> !world.clock().isBefore(one.getValue().plusSeconds(PATIENCE)))
                    .sorted(Comparator.comparing((Map.Entry<UUID, Instant> one) -> !kept.contains(one.getKey())).thenComparing(Map.Entry.comparingByValue()))
                    .flatMap(one -> all.stream().filter(piece -> piece.id.equals(one.getKey()) && piece.mayBegin() && !isPaused(piece)))
                    .map(piece -> new Aged(
                            new PassedOver(piece.id, piece.flow, piece.needs), piece.sort().equals("session"), kept.contains(piece.id), most(piece.flow)))
                    .toList();
            return new Line(Set.copyOf(passedOver.keySet()), aged);
        }

        @Override
        void write(Set<UUID> known, Collection<PassedOver> now, Collection<UUID> givenOut) {
            now.forEach(one -> passedOver.putIfAbsent(one.id(), world.clock()));
            givenOut.forEach(passedOver::remove);
            kept.removeAll(givenOut);
        }

        @Override
        void keep(UUID work) {
            kept.clear();
            kept.add(work);
        }
    }

    private final class Here extends PresentWorkers {

        Here() {
            super(null, null, null);
        }

        @Override
        List<Worker> all() {
            return workers.stream().sorted().map(name -> new Worker(name, null, null, ANY, ANY, MACHINE, left(name))).toList();
        }
    }

    private final class Waiting implements Turns.Kind<Piece> {

        private final String sort;

        Waiting(String sort) {
            this.sort = sort;
        }

        @Override
        public List<Piece> lockGiven(Collection<String> of, Collection<UUID> asks) {
            return goingOn().filter(piece -> piece.sort().equals(sort) && piece.lease() instanceof Held held && of.contains(held.worker())
                    && asks.contains(held.ask()) && world.clock().isBefore(held.expires())).toList();
        }

        @Override
        public RunState state(Piece piece) {
            return piece.lease();
        }

        @Override
        public String flows() {
            return sort;
        }

        @Override
        public UUID id(Piece piece) {
            return piece.id;
        }

        @Override
        public Map<Piece, Flow> lockQueued(Map<Flow, Integer> flows, Collection<Piece> taken) {
            var locked = new LinkedHashMap<Piece, Flow>();
            flows.forEach((flow, many) -> all.stream()
                    .filter(piece -> piece.sort().equals(sort) && piece.flow.equals(flow) && piece.mayBegin() && !taken.contains(piece))
                    .sorted(Comparator.comparing(Piece::since))
                    .limit(many)
                    .forEach(piece -> locked.put(piece, flow)));
            return locked;
        }

        @Override
        public Optional<Piece> lockQueued(UUID id) {
            return all.stream().filter(piece -> piece.sort().equals(sort) && piece.id.equals(id) && piece.mayBegin()).findFirst();
        }

        @Override
        public Function<Piece, Needs> needs(Collection<Piece> pieces) {
            return piece -> piece.needs;
        }

        @Override
        public Map<Piece, Question> take(Map<Piece, Question> dealt) {
            dealt.forEach((piece, question) -> {
                assertThat(piece.mayBegin()).as("%s has waited", piece).isTrue();
                assertThat(isPaused(piece)).as("%s is of a job that goes on", piece).isFalse();
                piece.take(question.worker(), question.ask());
                assertThat(held(piece.flow.team())).as("%s: what its team holds", piece).isLessThanOrEqualTo(TEAM_LIMIT);
                assertThat(held("scarce")).as("%s: what is held of its model", piece).isLessThanOrEqualTo(SCARCE);
                var most = most(piece.flow);
                assertThat(held(piece.flow.job())).as("%s: what its job holds", piece).isLessThanOrEqualTo(most == null ? Integer.MAX_VALUE : most);
                assertThat(left(question.worker()).memoryMb()).as("%s: what its worker has left", piece).isNotNegative();
            });
            return dealt;
        }
    }
}
