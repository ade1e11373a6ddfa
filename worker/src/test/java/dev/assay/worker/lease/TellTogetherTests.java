// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.contracts.RunId;
import dev.assay.contracts.internal.Outcome;
import dev.assay.contracts.internal.OutcomesTaken;
import dev.assay.contracts.internal.OutcomesTold;
import dev.assay.contracts.internal.OutcomesTold.RunOutcome;
import dev.assay.sdk.protocol.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;
import org.springframework.http.converter.HttpMessageNotWritableException;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.ResourceAccessException;

class TellTogetherTests {

    private final List<List<RunOutcome>> calls = new CopyOnWriteArrayList<>();
    private final RunId run = new RunId(UUID.randomUUID());

    private OutcomesTaken takeAll(List<RunOutcome> told) {
        calls.add(told);
        return new OutcomesTaken(told.stream().map(RunOutcome::run).toList());
    }

    @Test
    void whatIsTakenIsTakenAndWhatIsNotIsToldAlone() {
        assertThat(new TellTogether(this::takeAll).isTaken(run, outcome(1, 0))).isTrue();
        assertThat(new TellTogether(told -> new OutcomesTaken(List.of())).isTaken(run, outcome(1, 0))).isFalse();
    }

    @Test
    void aLargeOneIsToldAlone() {
        assertThat(new TellTogether(this::takeAll).isTaken(run, outcome(1, OutcomesTold.MOST_BYTES))).isFalse();
        assertThat(calls).isEmpty();
    }

    /** As by a job-service of an earlier release; or one of them is nested so deep that nobody can write it. */
    @Test
    void whenACallFailsEachIsToldAlone() {
        for (var why : List.of(new HttpClientErrorException(HttpStatus.NOT_FOUND), new HttpMessageNotWritableException("too deep"),
                new ResourceAccessException("nobody is there"), new IllegalStateException("answered with nothing"))) {
            assertThat(new TellTogether(told -> {
                throw why;
            }).isTaken(run, outcome(1, 0))).isFalse();
        }
    }

    @Test
    void whoHasTooMuchToHearIsToldLater() {
        var together = new TellTogether(told -> {
            throw new HttpClientErrorException(HttpStatus.TOO_MANY_REQUESTS);
        });
        assertThatThrownBy(() -> together.isTaken(run, outcome(1, 0))).isInstanceOf(HttpClientErrorException.class);
    }

    @Test
    void ofTwoAttemptsOfOneRunOnlyTheLaterIsTaken() throws Exception {
        var together = new TellTogether(told -> new OutcomesTaken(
                told.stream().filter(of -> of.outcome().attempt() == 2).map(RunOutcome::run).toList()));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var taken = new HashMap<Integer, Future<Boolean>>();
            for (var attempt : List.of(1, 2)) {
                taken.put(attempt, threads.submit(() -> together.isTaken(run, outcome(attempt, 0))));
            }
            assertThat(taken.get(1).get()).isFalse();
            assertThat(taken.get(2).get()).isTrue();
        }
    }

    @Test
    void noCallHasMoreThanIsHeardAndEachIsInOne() throws Exception {
        var allAreThere = new CountDownLatch(1);
        var together = new TellTogether(() -> await(allAreThere), this::takeAll);
        var taken = new AtomicInteger();
        var tellers = IntStream.range(0, 2 * OutcomesTold.MOST + 1).mapToObj(number -> Thread.startVirtualThread(() -> {
            if (together.isTaken(new RunId(UUID.randomUUID()), outcome(1, 0))) {
                taken.incrementAndGet();
            }
        })).toList();
        Awaitility.await().until(() -> tellers.stream().allMatch(teller -> teller.getState() == Thread.State.WAITING));
        allAreThere.countDown();
        for (var teller : tellers) {
            teller.join();
        }
        assertThat(taken).hasValue(tellers.size());
        assertThat(calls).extracting(List::size).containsExactlyInAnyOrder(OutcomesTold.MOST, OutcomesTold.MOST, 1);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Outcome outcome(int attempt, int size) {
        return new Outcome(attempt, "completed", null, Json.object().put("said", "x".repeat(size)), null, null, Map.of());
    }
}
