// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.job.run.RunState.Held;
import dev.assay.kit.signal.Dispatcher.Given;
import dev.assay.kit.signal.Dispatcher.Question;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
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
    private final Reservations reservations;
    private final PresentWorkers workers;

    Turns(Flows flows, Asks asks, Rooms rooms, Reservations reservations, PresentWorkers workers) {
        this.flows = flows;
        this.asks = asks;
        this.rooms = rooms;
        this.reservations = reservations;
        this.workers = workers;
    }

    /**
     * What is given out, as its rows tell it.
     *
     * @param <W> a piece of it
     */
    public interface Kind<W> extends Deal.Lines<W> {

        /** What workers were given in answer to such questions, as long as that holds. */
        List<W> lockGiven(Collection<String> workers, Collection<UUID> asks);

        /** Where it stands. */
        RunState state(W piece);

        /** The statement that finds the flows in which something waits. */
        String flows();

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
        var order = flows.order(kind.flows(), questions.getFirst().kinds());
        if (order.isEmpty()) {
            return false;
        }
        var deal = new Deal<W>(questions, kind, order, rooms::of);
        var line = reservations.line();
        if (!line.aged().isEmpty()) {
            Reservation.of(line.aged(), workers.all(), order::held, order::mayHoldMore).ifPresent(reservation -> {
                if (!deal.keep(reservation)) {
                    reservations.keep(reservation.work());
                }
            });
        }
        deal.deal(Math.min(wanted, BATCH) - deal.answers().size());
        var dealt = deal.answers();
        reservations.write(line.known(), deal.passedOver(), dealt.keySet().stream().map(kind::id).toList());
        if (!dealt.isEmpty()) {
            flows.given(order.given());
            kind.take(dealt).forEach((piece, question) -> given.computeIfAbsent(question, key -> new ArrayList<>()).add(piece));
        }
        return dealt.size() == BATCH && wanted > BATCH;
    }
}
