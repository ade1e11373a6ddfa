// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.signal;

import dev.assay.kit.problem.Problem;
import dev.assay.kit.web.TimeLeft;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * Where a replica's workers wait for work. One thread looks for all of them, in rounds: when some has come, when somebody asks and the last
 * round has left something, and now and then. So what an idle fleet costs is one look now and then, however many wait.
 *
 * @param <L> what is given
 */
public final class Dispatcher<L> implements SmartLifecycle {

    /**
     * One worker's question.
     *
     * @param ask which it is; asked again, it is answered the same
     * @param free how much may be given in answer
     * @param kinds what the worker can take; none: anything
     */
    public record Question(String worker, UUID ask, int free, Set<String> kinds) {}

    /** What is given out, and how. */
    public interface Work<L> {

        /** False: there is certainly nothing for any of them. One cheap statement. */
        boolean mayBeFor(List<Question> questions);

        /** Gives what there is, in a transaction of its own. */
        Given<L> give(List<Question> questions);
    }

    /**
     * What a round gave.
     *
     * @param answers a question that was given nothing may be missing
     * @param withdrawn what is not answered any more
     * @param more whether there may be more than was given
     */
    public record Given<L>(Map<Question, List<L>> answers, Set<UUID> withdrawn, boolean more) {}

    private static final class Waiting<L> {

        final Question question;
        final boolean hasty;
        final CompletableFuture<List<L>> answer = new CompletableFuture<>();
        boolean late; // guarded by the lock

        Waiting(Question question, boolean hasty) {
            this.question = question;
            this.hasty = hasty;
        }
    }

    private final String name;
    private final Work<L> work;
    private final Duration lookAgain;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Waiting<L>> waiting = new ArrayList<>();

    /** For workers of such kinds the last round has left nothing. */
    private final Set<Set<String>> dry = new HashSet<>();

    private long arrivals;
    private boolean open;
    private @Nullable Thread thread;

    Dispatcher(String name, WorkSignal signal, Work<L> work, Duration lookAgain, MeterRegistry meters) {
        this.name = name;
        this.work = work;
        this.lookAgain = lookAgain;
        signal.listen(this::arrived);
        meters.gauge("assay.work.waiting", Tags.of("work", name), this, Dispatcher::waiting);
    }

    private int waiting() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    private void arrived() {
        lock.lock();
        try {
            arrivals++;
            dry.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits so long until there is something for this worker; with no time at all it is looked for once. Empty: there was nothing.
     *
     * @throws Problem 504 if whoever asked does not wait so long; 409 if the question was taken back; 503 if nobody looks for work
     */
    public List<L> ask(Question question, Duration longest) throws InterruptedException {
        var deadline = TimeLeft.ofThisRequest().filter(left -> left.compareTo(longest) < 0);
        var mine = new Waiting<L>(question, longest.isZero());
        lock.lock();
        try {
            if (!open) {
                throw Problem.unavailable("This service is stopping, or not quite there yet: ask again in a moment.");
            }
            waiting.add(mine);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        var answer = answer(mine, deadline.orElse(longest));
        if (answer.isEmpty() && deadline.isPresent()) {
            throw Problem.late();
        }
        return answer;
    }

    private List<L> answer(Waiting<L> mine, Duration longest) throws InterruptedException {
        try {
            if (mine.hasty) {
                return mine.answer.get();
            }
            try {
                return mine.answer.get(Math.max(0, longest.toNanos()), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                // whom the round at hand looks for may be given something: that is waited for
                leave(mine);
                return mine.answer.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        }
    }

    private void leave(Waiting<L> one) {
        lock.lock();
        try {
            one.late = true;
            if (waiting.remove(one)) {
                one.answer.complete(List.of());
            }
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            for (var round = next(); !round.isEmpty(); round = next()) {
                var before = arrivals();
                serve(round, before);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long arrivals() {
        lock.lock();
        try {
            return arrivals;
        } finally {
            lock.unlock();
        }
    }

    /** Whom to look for, once it is worth it; nobody: it is over. They wait no more, whatever comes of the round. */
    private List<Waiting<L>> next() throws InterruptedException {
        lock.lock();
        try {
            var left = lookAgain.toNanos();
            while (open && waiting.stream().noneMatch(this::mayBeGiven) && (left > 0 || waiting.isEmpty())) {
                left = changed.awaitNanos(left > 0 ? left : lookAgain.toNanos());
            }
            var round = open ? List.copyOf(waiting) : List.<Waiting<L>>of();
            waiting.removeAll(round);
            return round;
        } finally {
            lock.unlock();
        }
    }

    private boolean mayBeGiven(Waiting<L> one) {
        return one.hasty || !dry.contains(one.question.kinds());
    }

    private void serve(List<Waiting<L>> round, long before) {
        Given<L> given;
        try {
            var questions = round.stream().map(one -> one.question).distinct().toList();
            given = work.mayBeFor(questions) ? work.give(questions) : new Given<L>(Map.of(), Set.of(), false);
        } catch (RuntimeException | Error e) {
            round.forEach(one -> one.answer.completeExceptionally(e));
            return;
        }
        var empty = new ArrayList<Waiting<L>>();
        var unsatisfied = new HashSet<Set<String>>();
        for (var one : round) {
            var answer = given.answers().getOrDefault(one.question, List.of());
            if (given.withdrawn().contains(one.question.ask())) {
                one.answer.completeExceptionally(Problem.conflict("This question was taken back."));
            } else if (answer.isEmpty() && !one.hasty) {
                empty.add(one);
            } else {
                one.answer.complete(answer);
            }
            if (answer.size() < one.question.free() && !given.more()) {
                unsatisfied.add(one.question.kinds());
            }
        }
        waitOn(empty, unsatisfied, before);
    }

    private void waitOn(List<Waiting<L>> those, Set<Set<String>> unsatisfied, long before) {
        lock.lock();
        try {
            if (arrivals == before) {
                dry.addAll(unsatisfied);
            }
            for (var one : those) {
                if (open && !one.late) {
                    waiting.add(one);
                } else {
                    one.answer.complete(List.of());
                }
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void start() {
        lock.lock();
        try {
            open = true;
        } finally {
            lock.unlock();
        }
        thread = Thread.ofVirtual().name("dispatch-" + name).start(this::run);
    }

    /** Nobody waits any more; the round at hand is waited for, as it may have given something. */
    @Override
    public void stop() {
        lock.lock();
        try {
            open = false;
            waiting.forEach(one -> one.answer.complete(List.of()));
            waiting.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            var running = thread;
            if (running != null) {
                running.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        lock.lock();
        try {
            return open;
        } finally {
            lock.unlock();
        }
    }
}
