// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.RunId;
import dev.assay.contracts.internal.Outcome;
import dev.assay.contracts.internal.OutcomesTaken;
import dev.assay.contracts.internal.OutcomesTold;
import dev.assay.contracts.internal.OutcomesTold.OfRun;
import dev.assay.sdk.protocol.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;
import org.springframework.web.client.HttpClientErrorException;

class TellTogetherTests {

    private final List<List<OfRun>> calls = new CopyOnWriteArrayList<>();
    private final RunId run = new RunId(UUID.randomUUID());

    private OutcomesTaken takeAll(List<OfRun> told) {
        calls.add(told);
        return new OutcomesTaken(told.stream().map(OfRun::run).toList());
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

    /** As by a job-service of an earlier release. */
    @Test
    void whenACallIsRefusedEachIsToldAlone() {
        var together = new TellTogether(told -> {
            throw new HttpClientErrorException(HttpStatus.NOT_FOUND);
        });
        assertThat(together.isTaken(run, outcome(1, 0))).isFalse();
    }

    @Test
    void ofTwoAttemptsOfOneRunOnlyTheLaterIsTaken() throws Exception {
        var together = new TellTogether(told -> new OutcomesTaken(
                told.stream().filter(of -> of.outcome().attempt() == 2).map(OfRun::run).toList()));
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
        var together = new TellTogether(this::takeAll);
        var many = 2 * OutcomesTold.MOST + 1;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var taken = new CopyOnWriteArrayList<Future<Boolean>>();
            for (var number = 0; number < many; number++) {
                taken.add(threads.submit(() -> together.isTaken(new RunId(UUID.randomUUID()), outcome(1, 0))));
            }
            for (var one : taken) {
                assertThat(one.get()).isTrue();
            }
        }
        assertThat(calls).allMatch(call -> call.size() <= OutcomesTold.MOST);
        assertThat(calls.stream().mapToInt(List::size).sum()).isEqualTo(many);
    }

    private static Outcome outcome(int attempt, int size) {
        return new Outcome(attempt, "completed", null, Json.object().put("said", "x".repeat(size)), null, null, Map.of());
    }
}
