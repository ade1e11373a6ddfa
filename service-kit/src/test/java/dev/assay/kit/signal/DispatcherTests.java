// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.kit.problem.Problem;
import dev.assay.kit.signal.Dispatcher.Given;
import dev.assay.kit.signal.Dispatcher.Question;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DispatcherTests {

    /** Longer than any test waits: who is not told never hears of it. */
    private static final Duration LONG = Duration.ofHours(1);

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final WorkSignal signal = new WorkSignal("pieces", LONG, meters, work -> {});
    private final Pieces pieces = new Pieces();
    private final Dispatcher<String> dispatcher = new Dispatcher<>("pieces", signal, pieces, LONG, meters);

    @BeforeEach
    void start() {
        dispatcher.start();
    }

    @AfterEach
    void stop() {
        dispatcher.stop();
    }

    @Test
    void howeverManyWaitForNothingOneLookIsForAll() throws Exception {
        assertThat(dispatcher.ask(question(1), Duration.ZERO)).isEmpty();
        var before = pieces.looks.get();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var waiting = new ArrayList<Future<List<String>>>();
            for (var number = 0; number < 200; number++) {
                waiting.add(threads.submit(() -> dispatcher.ask(question(16), LONG)));
            }
            awaitWaiting(200);
            assertThat(pieces.looks.get() - before).as("looks while nothing has come").isZero();
            signal.arrived();
            awaitLooks(before + 1);
            dispatcher.stop();
            for (var one : waiting) {
                assertThat(one.get()).isEmpty();
            }
            assertThatThrownBy(() -> dispatcher.ask(question(1), LONG)).as("asked when it is over").isInstanceOf(Problem.class);
        }
        assertThat(pieces.looks.get() - before).isEqualTo(1);
        assertThat(pieces.rounds.get()).as("looks that found something").isZero();
    }

    @Test
    void whoeverWaitsIsGivenWhatComesAndNoMoreThanHeAskedFor() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var waiting = threads.submit(() -> dispatcher.ask(question(2), LONG));
            awaitWaiting(1);
            pieces.offered.addAll(List.of("one", "two", "three"));
            signal.arrived();
            assertThat(waiting.get()).containsExactly("one", "two");
        }
        assertThat(dispatcher.ask(question(2), LONG)).as("what was left is given without news").containsExactly("three");
    }

    @Test
    void whoseTimeIsOverWhileHeIsLookedForGetsWhatTheRoundGivesHim() throws Exception {
        pieces.offered.add("late");
        pieces.gate = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var asked = threads.submit(() -> dispatcher.ask(question(1), Duration.ofMillis(1)));
            pieces.atGate.await();
            // who comes later, and has gone with empty hands by now, came after the first one's time was over
            assertThat(dispatcher.ask(question(1), Duration.ofMillis(5))).isEmpty();
            pieces.gate.countDown();
            assertThat(asked.get()).containsExactly("late");
        }
    }

    @Test
    void aQuestionThatWasTakenBackIsRefused() {
        var question = question(1);
        pieces.withdrawn.add(question.ask());
        assertThatThrownBy(() -> dispatcher.ask(question, LONG))
                .isInstanceOfSatisfying(Problem.class, refused -> assertThat(refused.getStatusCode().value()).isEqualTo(409));
    }

    @Test
    void whatGoesWrongInARoundIsToldToThoseItWasForAndTheNextRoundGoesOn() throws Exception {
        pieces.failure = new IllegalStateException("the database is away");
        assertThatThrownBy(() -> dispatcher.ask(question(1), LONG)).hasMessage("the database is away");
        pieces.failure = null;
        pieces.offered.add("one");
        assertThat(dispatcher.ask(question(1), LONG)).containsExactly("one");
    }

    private static Question question(int free) {
        return new Question("w", UUID.randomUUID(), free, Set.of());
    }

    private void awaitWaiting(int many) {
        while (meters.get("assay.work.waiting").gauge().value() != many) {
            Thread.onSpinWait();
        }
    }

    private void awaitLooks(int many) {
        while (pieces.looks.get() < many) {
            Thread.onSpinWait();
        }
    }

    private static final class Pieces implements Dispatcher.Work<String> {

        final BlockingQueue<String> offered = new LinkedBlockingQueue<>();
        final Set<UUID> withdrawn = ConcurrentHashMap.newKeySet();
        final AtomicInteger looks = new AtomicInteger();
        final AtomicInteger rounds = new AtomicInteger();
        final CountDownLatch atGate = new CountDownLatch(1);
        volatile @Nullable CountDownLatch gate;
        volatile @Nullable RuntimeException failure;

        @Override
        public boolean mayBeFor(List<Question> questions) {
            looks.incrementAndGet();
            return failure != null || !offered.isEmpty() || !withdrawn.isEmpty();
        }

        @Override
        public Given<String> give(List<Question> questions) {
            rounds.incrementAndGet();
            if (failure != null) {
                throw failure;
            }
            var wait = gate;
            if (wait != null) {
                atGate.countDown();
                try {
                    wait.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            var answers = new HashMap<Question, List<String>>();
            for (var question : questions) {
                var own = new ArrayList<String>();
                if (!withdrawn.contains(question.ask())) {
                    offered.drainTo(own, question.free());
                }
                answers.put(question, own);
            }
            return new Given<>(answers, Set.copyOf(withdrawn), false);
        }
    }
}
