// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.RunId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does together what is asked of several runs at once: what comes while a round is at work is left to the next one. So many share one
 * transaction, and who comes alone waits for nobody. There is no thread of its own: of those who wait, the first does the next round.
 *
 * @param <Q> what is asked of a run
 * @param <A> what came of it
 */
public final class Together<Q, A> {

    private static final Logger log = LoggerFactory.getLogger(Together.class);

    /** How many share a round: what one transaction locks, and one who is late to a round waits for. */
    static final int MOST = 100;

    private static final class Waiting<Q, A> {

        final RunId run;
        final Q question;
        /** True: the next round is this one's to do. False: a round has had it. */
        final CompletableFuture<Boolean> turn = new CompletableFuture<>();

        @Nullable A answer; // written before the turn

        Waiting(RunId run, Q question) {
            this.run = run;
            this.question = question;
        }
    }

    private final Function<Map<RunId, Q>, Map<RunId, A>> round;
    private final Deque<Waiting<Q, A>> waiting = new ArrayDeque<>();
    private boolean busy;

    /**
     * @param round does all of it or, by failing, nothing. What it does not answer is left as it was: above all what it would have to wait
     *     for, since all others would wait as well
     */
    public Together(Function<Map<RunId, Q>, Map<RunId, A>> round) {
        this.round = round;
    }

    /** Empty: it is to be done alone. So it is with a round that failed: then only who was to blame fails again. */
    public Optional<A> ask(RunId run, Q question) {
        var mine = new Waiting<Q, A>(run, question);
        if (isFirst(mine) || mine.turn.join()) {
            serve();
        }
        return Optional.ofNullable(mine.answer);
    }

    private synchronized boolean isFirst(Waiting<Q, A> one) {
        waiting.add(one);
        var first = !busy;
        busy = true;
        return first;
    }

    /** How many the next rounds have. */
    synchronized int waiting() {
        return waiting.size();
    }

    private void serve() {
        var all = new LinkedHashMap<RunId, Waiting<Q, A>>();
        try {
            take(all);
            var questions = new LinkedHashMap<RunId, Q>();
            all.forEach((run, one) -> questions.put(run, one.question));
            round.apply(questions).forEach((run, answer) -> {
                if (all.get(run) instanceof Waiting<Q, A> one) {
                    one.answer = answer;
                }
            });
        } catch (RuntimeException e) {
            log.debug("a round of {} failed, each is done alone", all.size(), e);
        } finally {
            pass();
            all.values().forEach(one -> one.turn.complete(false));
        }
    }

    /** Whoever asks of the same run once more is done alone. */
    private synchronized void take(Map<RunId, Waiting<Q, A>> all) {
        while (!waiting.isEmpty() && all.size() < MOST) {
            var one = waiting.remove();
            if (all.putIfAbsent(one.run, one) != null) {
                one.turn.complete(false);
            }
        }
    }

    private void pass() {
        Waiting<Q, A> next;
        synchronized (this) {
            next = waiting.peek();
            busy = next != null;
        }
        if (next != null) {
            next.turn.complete(true);
        }
    }
}
