// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.internal.Leased;
import dev.assay.sdk.protocol.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.core.type.TypeReference;

class WorkSlotsTests {

    private final Pieces pieces = new Pieces();
    private final WorkSlots<String> slots = new WorkSlots<>(pieces, 3, () -> true);

    @AfterEach
    void end() {
        pieces.open.countDown();
        slots.stop();
        assertThat(slots.isRunning()).isFalse();
    }

    private void begin() {
        slots.start();
        slots.resume();
    }

    @Test
    void nothingIsAskedForBeforeItIsHeardWhetherTheWorkerIsDrained() {
        slots.start();
        slots.drain();
        slots.stop();
        assertThat(pieces.asked).isEmpty();
        assertThat(pieces.said).containsExactly("end all");
    }

    @Test
    void oneQuestionAsksForAllThatIsFree() throws Exception {
        pieces.offered.addAll(List.of("one", "two"));
        pieces.busy = new CountDownLatch(1);
        begin();
        assertThat(List.of(pieces.started.take(), pieces.started.take())).containsExactlyInAnyOrder("one", "two");
        assertThat(pieces.rooms.take()).isEqualTo(3);
        assertThat(pieces.rooms.take()).as("two are taken").isEqualTo(1);
        pieces.busy.countDown();
        pieces.finished.take();
        pieces.finished.take();
        await().until(() -> pieces.rooms.take() == 3);
    }

    @Test
    void leasesThatComeWhenTheWorkerHasEndedAreGivenBack() throws Exception {
        pieces.gate = new CountDownLatch(1);
        pieces.offered.addAll(List.of("late", "later"));
        begin();
        assertThat(pieces.asked.poll(60, TimeUnit.SECONDS)).isNotNull();
        slots.stop(); // which lets the answer through once the question was taken back
        assertThat(List.of(pieces.givenBack.take(), pieces.givenBack.take())).containsExactlyInAnyOrder("late null", "later null");
        assertThat(pieces.started).isEmpty();
    }

    @Test
    void aWorkerThatEndsTakesItsQuestionBackBeforeItGivesBackWhatItHolds() throws Exception {
        pieces.gate = new CountDownLatch(1);
        begin();
        var asked = pieces.asked.take();
        slots.stop();
        assertThat(pieces.said).containsExactly("withdraw " + asked, "end all");
    }

    @Test
    void aDrainedWorkerEndsWhatItHoldsGivesBackWhatStillComesAndAsksAgainOnceItMay() throws Exception {
        pieces.busy = new CountDownLatch(1);
        pieces.gate = new CountDownLatch(1);
        pieces.atOnce = List.of("held");
        begin();
        assertThat(pieces.started.take()).isEqualTo("held");
        assertThat(List.of(pieces.rooms.take(), pieces.rooms.take())).as("it asks again").containsExactly(3, 2);
        slots.drain();
        assertThat(pieces.said).singleElement().asString().startsWith("withdraw ");
        pieces.offered.add("late");
        pieces.gate.countDown();
        assertThat(pieces.givenBack.take()).isEqualTo("late null");
        pieces.busy.countDown();
        assertThat(pieces.finished.take()).isEqualTo("held");
        await().until(() -> slots.held() == 0);
        pieces.offered.add("next");
        slots.resume();
        assertThat(pieces.finished.take()).isEqualTo("next");
    }

    @Test
    void anAnswerOfAnotherReleaseIsNoneAndTheQuestionIsAskedAgain() throws Exception {
        var strange = Json.MAPPER.readValue("{\"run\": \"one\"}", new TypeReference<Leased<String>>() {});
        assertThatThrownBy(() -> LeaseDoor.of(strange)).hasMessageContaining("answered with nothing");
        pieces.broken = new OutOfMemoryError("this is a test's");
        pieces.offered.add("once");
        begin();
        assertThat(pieces.finished.poll(60, TimeUnit.SECONDS)).isEqualTo("once");
    }

    @Test
    void whatIsMoreThanWasAskedForIsGivenBack() throws Exception {
        pieces.atOnce = List.of("one", "two", "three", "four");
        begin();
        assertThat(pieces.givenBack.poll(60, TimeUnit.SECONDS)).isEqualTo("four null");
    }

    @Test
    void whatEscapesFromWorkIsGivenBackAsAFaultOfTheWorkersAndOthersGoOn() throws Exception {
        pieces.offered.addAll(List.of("broken", "whole"));
        begin();
        assertThat(pieces.givenBack.poll(60, TimeUnit.SECONDS)).startsWith("broken ").contains("cannot");
        assertThat(pieces.finished.poll(60, TimeUnit.SECONDS)).isEqualTo("whole");
    }

    @Test
    void aQuestionWhoseAnswerWasLostIsAskedAgainAsTheSame() throws Exception {
        pieces.toLose = 2;
        pieces.offered.add("once");
        begin();
        assertThat(pieces.finished.poll(60, TimeUnit.SECONDS)).isEqualTo("once");
        var first = pieces.asked.poll();
        assertThat(pieces.asked.poll()).isEqualTo(first);
        assertThat(pieces.asked.poll()).isEqualTo(first);
        assertThat(pieces.asked.poll(60, TimeUnit.SECONDS)).isNotNull().isNotEqualTo(first);
    }

    /** Work that fails if it is called broken. */
    private static final class Pieces implements Work<String> {

        final BlockingQueue<UUID> asked = new LinkedBlockingQueue<>();
        final BlockingQueue<Integer> rooms = new LinkedBlockingQueue<>();
        final BlockingQueue<String> offered = new LinkedBlockingQueue<>();
        final List<String> said = new CopyOnWriteArrayList<>();
        final BlockingQueue<String> started = new LinkedBlockingQueue<>();
        final BlockingQueue<String> finished = new LinkedBlockingQueue<>();
        final BlockingQueue<String> givenBack = new LinkedBlockingQueue<>();
        final CountDownLatch open = new CountDownLatch(1);
        volatile @Nullable CountDownLatch gate;
        volatile @Nullable CountDownLatch busy;

        /** The answer to the first question, whatever is free, and before the gate. */
        volatile List<String> atOnce = List.of();

        volatile int toLose;
        volatile @Nullable Error broken;

        @Override
        public String name() {
            return "pieces";
        }

        @Override
        public List<String> ask(UUID ask, int free) {
            asked.add(ask);
            rooms.add(free);
            var error = broken;
            if (error != null) {
                broken = null;
                throw error;
            }
            if (toLose > 0) {
                toLose--;
                throw new IllegalStateException("the connection broke");
            }
            try {
                var first = atOnce;
                if (!first.isEmpty()) {
                    atOnce = List.of();
                    return first;
                }
                var wait = gate;
                if (wait != null) {
                    wait.await();
                }
                var found = new ArrayList<String>();
                offered.drainTo(found, free);
                if (found.isEmpty()) {
                    open.await(50, TimeUnit.MILLISECONDS);
                }
                return found;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void run(String lease) {
            started.add(lease);
            if (lease.equals("broken")) {
                throw new AssertionError("this cannot be");
            }
            try {
                var wait = busy;
                if (wait != null) {
                    wait.await();
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
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
        public void endHeld() {
            said.add("end held");
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
