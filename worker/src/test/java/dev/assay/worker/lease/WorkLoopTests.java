// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkLoopTests {

    private final Pieces pieces = new Pieces();
    private final WorkLoop<String> loop = new WorkLoop<>("loop", pieces);

    @AfterEach
    void end() throws Exception {
        loop.end();
        pieces.open.countDown();
        assertThat(loop.join(Duration.ofSeconds(10))).isTrue();
    }

    @Test
    void aLeaseThatComesWhenTheLoopHasEndedIsGivenBack() throws Exception {
        pieces.gate = new CountDownLatch(1);
        loop.start();
        assertThat(pieces.asked.poll(60, TimeUnit.SECONDS)).isNotNull();
        loop.end();
        pieces.offered.add("late");
        pieces.gate.countDown();
        assertThat(pieces.givenBack.poll(60, TimeUnit.SECONDS)).isEqualTo("late null");
        assertThat(pieces.done).isEmpty();
    }

    @Test
    void whatIsAskedWhenTheLoopIsToldToEndIsTakenBack() throws Exception {
        pieces.gate = new CountDownLatch(1);
        loop.start();
        var ask = pieces.asked.poll(60, TimeUnit.SECONDS);
        loop.end();
        loop.withdraw();
        assertThat(pieces.said).containsExactly("withdraw " + ask);
        pieces.gate.countDown();
        assertThat(loop.join(Duration.ofSeconds(60))).isTrue();
        loop.withdraw();
        assertThat(pieces.said).as("what was answered is not taken back").hasSize(1);
    }

    @Test
    void aWorkerThatEndsTakesItsQuestionsBackBeforeItGivesBackWhatItHolds() throws Exception {
        pieces.gate = new CountDownLatch(1);
        var loops = new WorkLoops<>(pieces, 2, () -> true);
        loops.start();
        var asked = List.of("withdraw " + pieces.asked.take(), "withdraw " + pieces.asked.take());
        loops.stop();
        assertThat(pieces.said).hasSize(3).containsAll(asked).endsWith("end all");
        loop.start(); // the end of each test waits for it
    }

    @Test
    void whatEscapesFromWorkIsGivenBackAsAFaultOfTheWorkersAndTheNextIsBegun() throws Exception {
        pieces.offered.addAll(List.of("broken", "whole"));
        loop.start();
        assertThat(pieces.givenBack.poll(60, TimeUnit.SECONDS)).startsWith("broken ").contains("cannot");
        assertThat(pieces.finished.poll(60, TimeUnit.SECONDS)).isEqualTo("whole");
    }

    @Test
    void aQuestionWhoseAnswerWasLostIsAskedAgainAsTheSame() throws Exception {
        pieces.toLose = 2;
        pieces.offered.add("once");
        loop.start();
        assertThat(pieces.finished.poll(60, TimeUnit.SECONDS)).isEqualTo("once");
        var first = pieces.asked.poll();
        assertThat(pieces.asked.poll()).isEqualTo(first);
        assertThat(pieces.asked.poll()).isEqualTo(first);
        assertThat(pieces.asked.poll(60, TimeUnit.SECONDS)).isNotNull().isNotEqualTo(first);
    }

    /** Work that fails if it is called broken. */
    private static final class Pieces implements Work<String> {

        final BlockingQueue<UUID> asked = new LinkedBlockingQueue<>();
        final BlockingQueue<String> offered = new LinkedBlockingQueue<>();
        final List<String> said = new CopyOnWriteArrayList<>();
        final List<String> done = new CopyOnWriteArrayList<>();
        final BlockingQueue<String> finished = new LinkedBlockingQueue<>();
        final BlockingQueue<String> givenBack = new LinkedBlockingQueue<>();
        final CountDownLatch open = new CountDownLatch(1);
        volatile @Nullable CountDownLatch gate;
        volatile int toLose;

        @Override
        public String name() {
            return "pieces";
        }

        @Override
        public Optional<String> ask(UUID ask) {
            asked.add(ask);
            if (toLose > 0) {
                toLose--;
                throw new IllegalStateException("the connection broke");
            }
            try {
                var wait = gate;
                if (wait != null) {
                    wait.await();
                }
                var found = offered.poll(20, TimeUnit.MILLISECONDS);
                if (found == null && open.getCount() > 0) {
                    open.await(50, TimeUnit.MILLISECONDS);
                }
                return Optional.ofNullable(found);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void run(String lease) {
            done.add(lease);
            if (lease.equals("broken")) {
                throw new AssertionError("this cannot be");
            }
            finished.add(lease);
        }

        @Override
        public void giveBack(String lease, @Nullable String failure) {
            givenBack.add(lease + " " + failure);
        }

        @Override
        public void withdraw(UUID ask) {
            said.add("withdraw " + ask);
        }

        @Override
        public void endAll() {
            said.add("end all");
            var waited = gate;
            if (waited != null) {
                waited.countDown();
            }
        }
    }
}
