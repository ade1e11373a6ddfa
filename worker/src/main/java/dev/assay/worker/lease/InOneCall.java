// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.lease;

import dev.assay.contracts.RunId;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * Says in one call what there is to say of several runs at about the same time. Whoever comes first calls, a moment later, for all that have
 * come by then; a call that hangs holds up only those it is for.
 *
 * @param <Q> what is said of an attempt
 * @param <A> what the call is answered with
 */
final class InOneCall<Q, A> {

    /** How long others have to come. */
    static final Runnable MOMENT = () -> LockSupport.parkNanos(Duration.ofMillis(10).toNanos());

    private final int most;
    private final ToIntFunction<Q> attempt;
    private final Runnable moment;
    private final Function<List<Q>, A> call;
    private Call<Q, A> next = Call.ofNobody();

    /**
     * One call.
     *
     * @param words what it is for, which is complete when there is an answer
     */
    private record Call<Q, A>(Map<RunId, Q> words, CompletableFuture<A> answer) {

        static <Q, A> Call<Q, A> ofNobody() {
            return new Call<>(new HashMap<>(), new CompletableFuture<>());
        }
    }

    /**
     * @param most so many runs there are in a call
     * @param attempt which attempt of its run a word is of
     * @param moment is over when nobody more is waited for
     */
    InOneCall(int most, ToIntFunction<Q> attempt, Runnable moment, Function<List<Q>, A> call) {
        this.most = most;
        this.attempt = attempt;
        this.moment = moment;
        this.call = call;
    }

    /**
     * What was answered.
     *
     * @param spokeFor whether this word was in the call. Of two attempts of one run the earlier is over, whether or not who works on it knows that
     */
    record Said<A>(boolean spokeFor, A answer) {}

    Said<A> say(RunId run, Q word) {
        var with = join(run, word);
        var answer = await(with.answer());
        var said = Objects.requireNonNull(with.words().get(run));
        return new Said<>(attempt.applyAsInt(said) == attempt.applyAsInt(word), answer);
    }

    private synchronized Call<Q, A> join(RunId run, Q word) {
        if (next.words().size() >= most) {
            next = Call.ofNobody();
        }
        var with = next;
        if (with.words().isEmpty()) {
            Thread.ofVirtual().name("in-one-call").start(() -> callInAMoment(with));
        }
        with.words().merge(run, word, (one, other) -> attempt.applyAsInt(one) > attempt.applyAsInt(other) ? one : other);
        return with;
    }

    private void callInAMoment(Call<Q, A> now) {
        moment.run();
        close(now);
        try {
            now.answer().complete(call.apply(List.copyOf(now.words().values())));
        } catch (RuntimeException | Error e) {
            now.answer().completeExceptionally(e);
        }
    }

    /** From now on nobody joins it. */
    private synchronized void close(Call<Q, A> call) {
        if (call == next) {
            next = Call.ofNobody();
        }
    }

    private static <A> A await(CompletableFuture<A> answer) {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new CompletionException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
        }
    }
}
