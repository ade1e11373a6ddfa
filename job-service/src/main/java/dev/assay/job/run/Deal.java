// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.job.run.FairOrder.Flow;
import dev.assay.job.run.Reservation.PassedOver;
import dev.assay.kit.signal.Dispatcher.Question;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Deals what waits, in fair order, to questions in turn: each piece to the next one whose worker has room for it. What nobody has room for is passed
 * over: what is behind it in its flow may go before it, and so may other flows, but not for ever ({@link Reservation}).
 *
 * @param <W> a piece of work
 */
final class Deal<W> {

    /** How far is looked behind what is passed over, in each flow: a job whose runs all ask for the same would be read to its end. */
    private static final int BEHIND = 20;

    /** In how many flows: each is a statement. */
    private static final int MOST_BEHIND = 20;

    /**
     * What waits, in flows.
     *
     * @param <W> a piece of it
     */
    interface Lines<W> {

        UUID id(W piece);

        /**
         * The heads of flows, so many of each, and whose head each is.
         *
         * @param taken what this transaction has locked already
         */
        Map<W, Flow> lockQueued(Map<Flow, Integer> flows, Collection<W> taken);

        /** That one, if it is still queued, and nobody else is just changing it. */
        Optional<W> lockQueued(UUID id);

        /** What each of them asks for of its worker's machine. */
        Function<W, Needs> needs(Collection<W> pieces);
    }

    private final List<Question> hungry;
    private final Lines<W> lines;
    private final FairOrder order;
    private final Function<Collection<String>, Map<String, Room>> look;
    private final Map<Question, Integer> dealt = new HashMap<>();
    private final Map<W, Question> answers = new LinkedHashMap<>();
    private final List<W> locked = new ArrayList<>();
    private final Map<W, Needs> needs = new HashMap<>();
    private final Map<Flow, Deque<W>> heads = new HashMap<>();
    private final Map<Flow, W> passedOver = new LinkedHashMap<>();
    private final Set<Flow> lookedBehind = new HashSet<>();
    private @Nullable Map<String, Room> rooms;

    /** @param look what workers have left; asked once, and not before a piece asks for something */
    Deal(List<Question> questions, Lines<W> lines, FairOrder order, Function<Collection<String>, Map<String, Room>> look) {
        this.hungry = new ArrayList<>(questions);
        this.lines = lines;
        this.order = order;
        this.look = look;
    }

    /**
     * To whom room is kept comes first, if it is there by now; else nobody else is given that, nor its place among those that its job, its team and its
     * model may hold. To be called before all others are dealt.
     *
     * @return whether it was dealt
     */
    boolean keep(Reservation reservation) {
        if (order.has(reservation.flow())) {
            var found = lines.lockQueued(reservation.work());
            if (found.isPresent()) {
                note(Map.of(found.get(), reservation.flow()));
                if (deal(found.get())) {
                    order.gives(reservation.flow());
                    return true;
                }
                passedOver.put(reservation.flow(), found.get()); // what is behind it has not waited for longer
            }
        }
        order.holds(reservation.flow().team(), reservation.flow().job(), reservation.flow().model(), 1);
        rooms().computeIfPresent(reservation.worker(), (worker, left) -> reservation.besides(left));
        return false;
    }

    /**
     * Deals so many more. What is found to be somebody else's just now, or gone, leaves its place to the next; so does what no worker that asks
     * has room for.
     */
    void deal(int wanted) {
        var most = answers.size() + wanted;
        for (var picked = order.pick(wanted); !picked.isEmpty(); picked = order.pick(most - answers.size())) {
            lock(picked);
            picked.forEach((flow, many) -> {
                var missing = many - deal(flow, many);
                if (missing > 0 && passedOver.containsKey(flow) && lookedBehind.size() < MOST_BEHIND && lookedBehind.add(flow)) {
                    lock(Map.of(flow, BEHIND));
                    missing -= deal(flow, missing);
                }
                if (missing > 0) {
                    order.hadFewer(flow, missing);
                }
            });
        }
    }

    /** So many of each, beside those that nobody needed when it was looked behind others. */
    private void lock(Map<Flow, Integer> flows) {
        var missing = new LinkedHashMap<Flow, Integer>();
        flows.forEach((flow, many) -> {
            var there = heads.containsKey(flow) ? Objects.requireNonNull(heads.get(flow)).size() : 0;
            if (many > there) {
                missing.put(flow, many - there);
            }
        });
        if (missing.isEmpty()) {
            return;
        }
        var found = lines.lockQueued(missing, locked);
        note(found);
        found.forEach((piece, flow) -> heads.computeIfAbsent(flow, key -> new ArrayDeque<>()).add(piece));
    }

    private void note(Map<W, Flow> found) {
        locked.addAll(found.keySet());
        var needsOf = lines.needs(found.keySet());
        found.keySet().forEach(piece -> needs.put(piece, needsOf.apply(piece)));
    }

    private int deal(Flow flow, int most) {
        var waiting = heads.computeIfAbsent(flow, key -> new ArrayDeque<>());
        var given = 0;
        while (given < most && !waiting.isEmpty()) {
            var piece = waiting.remove();
            if (deal(piece)) {
                given++;
            } else {
                passedOver.putIfAbsent(flow, piece);
            }
        }
        return given;
    }

    private boolean deal(W piece) {
        for (var number = 0; number < hungry.size(); number++) {
            var question = hungry.get(number);
            if (hasRoom(question.worker(), Objects.requireNonNull(needs.get(piece)))) {
                hungry.remove(number);
                answers.put(piece, question);
                if (dealt.merge(question, 1, Integer::sum) < question.free()) {
                    hungry.add(question);
                }
                return true;
            }
        }
        return false;
    }

    private boolean hasRoom(String worker, Needs needs) {
        if (needs.equals(Needs.NONE)) {
            return true;
        }
        var room = rooms().getOrDefault(worker, Room.ANY);
        if (!room.holds(needs)) {
            return false;
        }
        rooms().put(worker, room.without(needs));
        return true;
    }

    private Map<String, Room> rooms() {
        if (rooms == null) {
            rooms = new HashMap<>(look.apply(hungry.stream().map(Question::worker).toList()));
        }
        return rooms;
    }

    /** Whose each piece is. */
    Map<W, Question> answers() {
        return answers;
    }

    /** What nobody who asks has room for: of each flow the first. */
    List<PassedOver> passedOver() {
        return passedOver.entrySet().stream()
                .map(one -> new PassedOver(lines.id(one.getValue()), one.getKey(), Objects.requireNonNull(needs.get(one.getValue()))))
                .toList();
    }
}
