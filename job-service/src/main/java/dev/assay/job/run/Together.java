// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.RunId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionSynchronizationManager;

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

    /** How long a round is waited for. One that the database does not answer any more must not keep everybody from connections that work. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

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
    private final Duration patience;
    private final Deque<Waiting<Q, A>> waiting = new ArrayDeque<>();
    private boolean busy;

    /**
     * @param round does all of it or, by failing, nothing. What it does not answer is left as it was: above all what it would have to wait
     *     for, since all others would wait as well
     */
    public Together(Function<Map<RunId, Q>, Map<RunId, A>> round) {
        this(round, PATIENCE);
    }

    Together(Function<Map<RunId, Q>, Map<RunId, A>> round, Duration patience) {
        this.round = round;
        this.patience = patience;
    }

    /** The same of one run. */
    public Optional<A> ask(RunId run, Q question) {
        return Optional.ofNullable(ask(Map.of(run, question)).get(run));
    }

    /**
     * Never within a transaction: others would have their answers before it commits.
     *
     * @param questions as many as share a round, at most: so none of them is left to come when a round has broken off
     * @return whoever is not among them is to be done alone. So it is with a round that failed: then only who was to blame fails again. And
     *     with a round that does not end: that may have done it by then, or may still
     */
    public Map<RunId, A> ask(Map<RunId, Q> questions) {
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException("a round within a transaction");
        }
        if (questions.size() > MOST) {
            throw new IllegalArgumentException(questions.size() + " are more than share a round");
        }
        var mine = questions.entrySet().stream().map(one -> new Waiting<Q, A>(one.getKey(), one.getValue())).toList();
        if (mine.isEmpty()) {
            return Map.of();
        }
        if (areFirst(mine)) {
            serve();
        }
        var end = System.nanoTime() + patience.toNanos();
        var answers = new HashMap<RunId, A>();
        for (var one : mine) {
            // those before it were in a round by then: of them nobody is told that the next one is theirs
            if (isNext(one, end)) {
                serve();
            }
            if (one.turn.isDone() && one.answer instanceof A answer) {
                answers.put(one.run, answer);
            }
        }
        return answers;
    }

    private boolean isNext(Waiting<Q, A> one, long end) {
        var ended = one.turn.copy().completeOnTimeout(false, Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        return ended.join() || isNextAfterAll(one);
    }

    /** It may have been told so just as its time was up; else nobody tells it any more. */
    private synchronized boolean isNextAfterAll(Waiting<Q, A> one) {
        if (!one.turn.isDone()) {
            waiting.remove(one);
        }
        return one.turn.getNow(false);
    }

    private synchronized boolean areFirst(List<Waiting<Q, A>> those) {
        waiting.addAll(those);
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
            log.warn("A round of {} failed, each is done alone: {}", all.size(), e.toString());
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

    /** Told with the lock held: whoever gives up waiting is either told already, or is not there to be told. */
    private synchronized void pass() {
        var next = waiting.peek();
        busy = next != null;
        if (next != null) {
            next.turn.complete(true);
        }
    }
}
