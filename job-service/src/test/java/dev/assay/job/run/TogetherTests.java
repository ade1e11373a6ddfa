// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.RunId;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionSynchronizationManager;

class TogetherTests {

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Integer> rounds = new CopyOnWriteArrayList<>();
    private final CountDownLatch firstMayEnd = new CountDownLatch(1);
    private final Together<String, String> together = new Together<>(this::round);

    @AfterEach
    void end() {
        threads.close();
    }

    /** The first round lasts until the test has seen who waits. */
    private Map<RunId, String> round(Map<RunId, String> questions) {
        rounds.add(questions.size());
        if (questions.containsValue("first")) {
            awaitTheEndOfTheFirst();
        }
        if (questions.containsValue("bad")) {
            throw new IllegalStateException("bad");
        }
        var answers = new HashMap<>(questions);
        answers.values().removeIf("busy"::equals);
        return answers;
    }

    private void awaitTheEndOfTheFirst() {
        try {
            firstMayEnd.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whoComesAloneIsAnsweredAtOnce() {
        assertThat(together.ask(run(), "one")).contains("one");
        assertThat(together.ask(run(), "two")).contains("two");
        assertThat(rounds).containsExactly(1, 1);
    }

    @Test
    void whatComesDuringARoundIsDoneTogetherByTheNextAndNoRoundIsTooLarge() throws Exception {
        var first = ask(run(), "first");
        await().until(() -> !rounds.isEmpty());
        var others = IntStream.range(0, Together.MOST + 20).mapToObj(number -> ask(run(), "q" + number)).toList();
        await().until(() -> together.waiting() == others.size());
        firstMayEnd.countDown();

        assertThat(first.get()).contains("first");
        for (var number = 0; number < others.size(); number++) {
            assertThat(others.get(number).get()).contains("q" + number);
        }
        assertThat(rounds).containsExactly(1, Together.MOST, 20);
    }

    @Test
    void whatARoundPassesOverIsDoneAloneAndSoIsASecondQuestionAboutTheSameRun() throws Exception {
        var first = ask(run(), "first");
        await().until(() -> !rounds.isEmpty());
        var same = run();
        var twice = List.of(ask(same, "word"), ask(same, "word"));
        var busy = ask(run(), "busy");
        await().until(() -> together.waiting() == 3);
        firstMayEnd.countDown();

        assertThat(first.get()).isPresent();
        assertThat(List.of(twice.getFirst().get(), twice.getLast().get())).containsExactlyInAnyOrder(Optional.of("word"), Optional.empty());
        assertThat(busy.get()).isEmpty();
        assertThat(rounds).containsExactly(1, 2);
    }

    @Test
    void afterARoundThatFailedEachIsDoneAloneAndTheNextRoundGoesOn() throws Exception {
        var first = ask(run(), "first");
        await().until(() -> !rounds.isEmpty());
        var failed = List.of(ask(run(), "bad"), ask(run(), "good"));
        await().until(() -> together.waiting() == 2);
        firstMayEnd.countDown();

        assertThat(first.get()).isPresent();
        for (var one : failed) {
            assertThat(one.get()).isEmpty();
        }
        assertThat(together.ask(run(), "next")).contains("next");
    }

    @Test
    void nobodyWaitsForARoundThatDoesNotEndAndOnceItDoesRoundsGoOn() throws Exception {
        var impatient = new Together<>(this::round, Duration.ofMillis(1));
        var first = threads.submit(() -> impatient.ask(run(), "first"));
        await().until(() -> !rounds.isEmpty());
        assertThat(impatient.ask(run(), "late")).isEmpty();
        assertThat(impatient.waiting()).isZero();
        firstMayEnd.countDown();

        assertThat(first.get()).contains("first");
        assertThat(impatient.ask(run(), "next")).contains("next");
    }

    @Test
    void whatIsAskedOfSeveralRunsAtOnceSharesRoundsWithOthersAndWhatIsPassedOverIsMissing() throws Exception {
        var first = ask(run(), "first");
        await().until(() -> !rounds.isEmpty());
        var others = IntStream.range(0, Together.MOST - 1).mapToObj(number -> ask(run(), "other")).toList();
        await().until(() -> together.waiting() == others.size());
        var mine = Map.of(run(), "mine", run(), "busy", run(), "mine too");
        var several = threads.submit(() -> together.ask(mine));
        await().until(() -> together.waiting() == others.size() + mine.size());
        firstMayEnd.countDown();

        assertThat(first.get()).isPresent();
        assertThat(several.get().values()).containsExactlyInAnyOrder("mine", "mine too");
        for (var other : others) {
            assertThat(other.get()).contains("other");
        }
        assertThat(rounds).containsExactly(1, Together.MOST, 2);
        assertThat(together.ask(run(), "next")).contains("next");
    }

    @Test
    void noRoundIsDoneWithinATransactionThatMayStillFail() {
        TransactionSynchronizationManager.setActualTransactionActive(true);
        try {
            assertThatIllegalStateException().isThrownBy(() -> together.ask(run(), "one"));
        } finally {
            TransactionSynchronizationManager.setActualTransactionActive(false);
        }
        assertThat(rounds).isEmpty();
    }

    private Future<Optional<String>> ask(RunId run, String question) {
        return threads.submit(() -> together.ask(run, question));
    }

    private static RunId run() {
        return new RunId(UUID.randomUUID());
    }
}
