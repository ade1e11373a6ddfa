// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.job.run.FairOrder.Flow;
import dev.assay.job.run.RunState.Held;
import dev.assay.kit.signal.Dispatcher.Given;
import dev.assay.kit.signal.Dispatcher.Question;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Gives out what waits: in fair order, to each question in turn, and to no worker that has no room for it. Runs and sessions alike, one after
 * the other: what a team holds of the one counts where it is given the other.
 */
@Component
@Transactional(propagation = Propagation.MANDATORY)
public class Turns {

    private static final int BATCH = 200;

    private final Flows flows;
    private final Asks asks;
    private final Rooms rooms;

    Turns(Flows flows, Asks asks, Rooms rooms) {
        this.flows = flows;
        this.asks = asks;
        this.rooms = rooms;
    }

    /**
     * What is given out, as its rows tell it.
     *
     * @param <W> a piece of it
     */
    public interface Kind<W> {

        /** What workers were given in answer to such questions, as long as that holds. */
        List<W> lockGiven(Collection<String> workers, Collection<UUID> asks);

        /** Where it stands. */
        RunState state(W piece);

        /** The statement that finds the flows in which something waits. */
        String flows();

        /**
         * The heads of flows, so many of each, and whose head each is.
         *
         * @param taken what this transaction has locked already
         */
        Map<W, Flow> lockQueued(Map<Flow, Integer> flows, Collection<W> taken);

        /** What each of them asks for of its worker's machine. */
        Function<W, Needs> needs(Collection<W> pieces);

        /** Has them held by whoever asked so, and tells them as they stand then. */
        Map<W, Question> take(Map<W, Question> dealt);
    }

    /** Gives what there is; a question that was asked before has what it was given then, and no more. */
    public <W> Given<W> give(List<Question> questions, Kind<W> kind) {
        flows.lock();
        var withdrawn = asks.hold(questions.stream().map(Question::ask).toList());
        var given = given(questions, kind);
        var more = false;
        for (var alike : alike(questions.stream()
                .filter(question -> !withdrawn.contains(question.ask()) && !given.containsKey(question))
                .toList())) {
            more |= deal(alike, kind, given);
        }
        return new Given<>(given, withdrawn, more);
    }

    private static <W> Map<Question, List<W>> given(List<Question> questions, Kind<W> kind) {
        var held = kind.lockGiven(questions.stream().map(Question::worker).toList(), questions.stream().map(Question::ask).toList());
        var given = new HashMap<Question, List<W>>();
        for (var question : questions) {
            var own = held.stream().filter(piece -> isAnswer(kind.state(piece), question)).toList();
            if (!own.isEmpty()) {
                given.put(question, own);
            }
        }
        return given;
    }

    private static boolean isAnswer(RunState state, Question question) {
        return state instanceof Held held && held.worker().equals(question.worker()) && question.ask().equals(held.ask());
    }

    /** Questions of workers that have the same runtimes. */
    private static Collection<List<Question>> alike(List<Question> questions) {
        return questions.stream().collect(Collectors.groupingBy(Question::kinds)).values();
    }

    private <W> boolean deal(List<Question> questions, Kind<W> kind, Map<Question, List<W>> given) {
        var wanted = questions.stream().mapToInt(Question::free).sum();
        var deal = new Deal<W>(questions, rooms::of);
        deal(kind, flows.order(kind.flows(), questions.getFirst().kinds()), Math.min(wanted, BATCH), deal);
        var dealt = deal.answers();
        if (!dealt.isEmpty()) {
            kind.take(dealt).forEach((piece, question) -> given.computeIfAbsent(question, key -> new ArrayList<>()).add(piece));
        }
        return dealt.size() == BATCH && wanted > BATCH;
    }

    /**
     * Deals so many of those that wait, locked. What is found to be somebody else's just now, or gone, leaves its place to the next; so does
     * one that no worker that asks has room for, and with it what is behind it in its flow.
     */
    private <W> void deal(Kind<W> kind, FairOrder order, int wanted, Deal<W> deal) {
        var seen = new ArrayList<W>();
        for (var picked = order.pick(wanted); !picked.isEmpty(); picked = order.pick(wanted - deal.answers().size())) {
            var locked = kind.lockQueued(picked, seen);
            seen.addAll(locked.keySet());
            var left = deal.offer(locked.keySet(), kind.needs(locked.keySet()));
            var counts = new HashMap<Flow, Integer>();
            locked.values().forEach(flow -> counts.merge(flow, 1, Integer::sum));
            left.forEach(piece -> counts.merge(Objects.requireNonNull(locked.get(piece)), -1, Integer::sum));
            picked.forEach((flow, many) -> {
                var missing = many - counts.getOrDefault(flow, 0);
                if (missing > 0) {
                    order.hadFewer(flow, missing);
                }
            });
        }
        if (!deal.answers().isEmpty()) {
            flows.given(order.given());
        }
    }
}
