// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.span;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.RunId;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.step.SystemStep;
import dev.assay.worker.span.Timeline.Answer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimelineTests {

    private static final RunId RUN = RunId.parse("01234567-89ab-cdef-0123-456789abcdef");
    private static final long PLENTY = 1 << 30;

    @TempDir
    Path folder;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final SpanCounts counts = new SpanCounts(meters);
    private final List<String> taken = new CopyOnWriteArrayList<>();
    private final List<Thread> senders = new ArrayList<>();
    private SpanSpool spool;

    @BeforeEach
    void openSpool() throws IOException {
        spool = new SpanSpool(folder, PLENTY);
    }

    @AfterEach
    void closeSpool() throws Exception {
        senders.forEach(Thread::interrupt);
        spool.close();
    }

    @Test
    void sendsAllInOrder() throws Exception {
        var timeline = timeline(this::take, PLENTY);
        say(timeline, 0, 120);
        timeline.finish();
        awaitSent();
        assertThat(taken).containsExactlyElementsOf(steps(0, 120));
        assertThat(count("sent")).isEqualTo(120);
        assertThat(filesOnDisk()).isEmpty();
    }

    @Test
    void whatIsTakenAtOnceAtItsEndIsNotWrittenToDisk() {
        var timeline = timeline(this::take, PLENTY, Duration.ofMinutes(1));
        say(timeline, 0, 3);
        timeline.finish();
        assertThat(taken).containsExactlyElementsOf(steps(0, 3));
        assertThat(count("spooled")).isZero();
    }

    @Test
    void whatIsStillOnItsWayHalfASecondAfterTheEndIsOnDisk() throws Exception {
        var open = new CountDownLatch(1);
        var timeline = timeline(batch -> after(open, batch), PLENTY);
        say(timeline, 0, 3);
        timeline.finish();
        assertThat(Files.readString(filesOnDisk().getFirst())).contains("step 0", "step 2");
        open.countDown();
        awaitSent();
        assertThat(taken).containsExactlyElementsOf(steps(0, 3));
        assertThat(filesOnDisk()).isEmpty();
    }

    @Test
    void sendsAgainWhatWasNotTaken() throws Exception {
        var tries = new AtomicInteger();
        var timeline = timeline(batch -> tries.incrementAndGet() < 3 ? Answer.AGAIN : take(batch), PLENTY);
        say(timeline, 0, 1);
        timeline.finish();
        awaitSent();
        assertThat(taken).containsExactly("step 0");
    }

    @Test
    void whatMemoryHasNoRoomForGoesToDiskAndIsSentInTheOrderOfTheSteps() throws Exception {
        var open = new CountDownLatch(1);
        var timeline = timeline(batch -> after(open, batch), 2_000);
        say(timeline, 0, 300);
        assertThat(count("spooled")).isGreaterThan(290);
        assertThat(Files.readString(filesOnDisk().getFirst())).contains("step 299");
        open.countDown();
        awaitTaken(300);
        say(timeline, 300, 310);
        timeline.finish();
        awaitSent();
        assertThat(taken).containsExactlyElementsOf(steps(0, 310));
        assertThat(count("lost") + count("refused") + count("discarded")).isZero();
        assertThat(filesOnDisk()).isEmpty();
    }

    @Test
    void whatAnInterruptedThreadSaysIsKeptToo() throws Exception {
        var timeline = timeline(batch -> Answer.AGAIN, 1_000);
        Thread.currentThread().interrupt();
        say(timeline, 0, 50);
        timeline.finish();
        assertThat(Thread.interrupted()).as("who was interrupted still knows").isTrue();
        assertThat(Files.readString(filesOnDisk().getFirst())).contains("step 0", "step 49");
        assertThat(count("lost")).isZero();
    }

    @Test
    void afterItsEndNobodyWaitsForItAndTheNextProcessSendsWhatIsLeft() throws Exception {
        var timeline = timeline(batch -> Answer.AGAIN, PLENTY);
        say(timeline, 0, 70);
        timeline.finish();
        assertThat(Files.readString(filesOnDisk().getFirst())).contains("step 0", "step 69");
        // as a killed process leaves it: its threads are gone, its lock is free, the last line is half written
        senders.forEach(Thread::interrupt);
        spool.close();
        Files.writeString(filesOnDisk().getFirst(), "{\"half", StandardOpenOption.APPEND);

        spool = new SpanSpool(folder, PLENTY);
        var left = spool.left();
        assertThat(left).singleElement().satisfies(file -> assertThat(file.owner()).isEqualTo(new SpanFile.Owner(RUN, "key")));
        start(Timeline.left(left.getFirst(), this::take, counts));
        awaitSent();
        assertThat(taken).containsExactlyElementsOf(steps(0, 70));
        assertThat(filesOnDisk()).isEmpty();
    }

    @Test
    void whatIsStoppedLeavesAllToTheNextProcess() throws Exception {
        var timeline = timeline(batch -> Answer.AGAIN, PLENTY);
        say(timeline, 0, 5);
        timeline.stop();
        timeline.finish();
        awaitSent();
        assertThat(Files.readString(filesOnDisk().getFirst())).contains("step 0", "step 4");
        assertThat(count("lost") + count("discarded")).isZero();
    }

    @Test
    void whatWasLeftBeforeItsFirstSpanWasWrittenIsClearedAway() throws Exception {
        spool.create(new SpanFile.Owner(RUN, "key")).close();
        spool.close();

        spool = new SpanSpool(folder, PLENTY);
        start(Timeline.left(spool.left().getFirst(), this::take, counts));
        awaitSent();
        assertThat(filesOnDisk()).isEmpty();
    }

    @Test
    void whatAnotherLivingProcessKeepsIsLeftToIt() throws Exception {
        var timeline = timeline(batch -> Answer.AGAIN, PLENTY);
        say(timeline, 0, 1);
        timeline.finish();
        try (var neighbour = new SpanSpool(folder, PLENTY)) {
            assertThat(neighbour.left()).isEmpty();
        }
        assertThat(filesOnDisk()).hasSize(1);
    }

    @Test
    void oneSpanThatIsRefusedTakesNoOtherWithIt() throws Exception {
        var timeline = timeline(batch -> told(batch).contains("step 33") ? Answer.REFUSED : take(batch), PLENTY);
        say(timeline, 0, 60);
        timeline.finish();
        awaitSent();
        assertThat(taken).hasSize(59).doesNotContain("step 33").isSubsetOf(steps(0, 60));
        assertThat(count("refused")).isOne();
    }

    @Test
    void whatIsSaidAfterItsKeyIsDeadIsCountedAsRefused() throws Exception {
        var tries = new AtomicInteger();
        var timeline = timeline(
                batch -> {
                    tries.incrementAndGet();
                    return Answer.OVER;
                },
                1);
        say(timeline, 0, 1);
        await().until(() -> count("refused") == 1);
        say(timeline, 1, 40);
        timeline.finish();
        awaitSent();
        assertThat(count("refused")).isEqualTo(40);
        assertThat(tries).as("nothing more is sent").hasValue(1);
        assertThat(filesOnDisk()).isEmpty();
    }

    @Test
    void anAttemptThatLostItsLeaseLeavesNothing() throws Exception {
        var timeline = timeline(batch -> Answer.AGAIN, 1);
        say(timeline, 0, 40);
        timeline.discard();
        awaitSent();
        assertThat(count("discarded")).isEqualTo(40);
        assertThat(filesOnDisk()).isEmpty();
    }

    @Test
    void beyondItsBoundTheDiskTakesNoMoreAndThatIsCounted() throws Exception {
        spool.close();
        spool = new SpanSpool(folder, 10_000);
        var open = new CountDownLatch(1);
        var timeline = timeline(batch -> after(open, batch), 1);
        say(timeline, 0, 100);
        assertThat(count("lost")).isBetween(50.0, 99.0);
        assertThat(Files.size(filesOnDisk().getFirst())).isLessThan(11_000);
        open.countDown();
        timeline.finish();
        awaitSent();
        assertThat(taken).containsExactlyElementsOf(steps(0, taken.size())).hasSize(100 - (int) count("lost"));
        assertThat(spool.space().taken()).isZero();
    }

    private Timeline timeline(Timeline.Upload upload, long mostInMemory) {
        return timeline(upload, mostInMemory, Timeline.LAST_UPLOAD);
    }

    private Timeline timeline(Timeline.Upload upload, long mostInMemory, Duration lastUpload) {
        var backlog = new SpanBacklog(RUN.hex(), () -> spool.create(new SpanFile.Owner(RUN, "key")), counts, mostInMemory);
        return start(new Timeline(RUN.hex(), upload, backlog, counts, lastUpload));
    }

    private Timeline start(Timeline timeline) {
        senders.add(Thread.ofVirtual().start(() -> {
            try {
                timeline.sendAll();
            } catch (InterruptedException e) {
                // killed
            }
        }));
        return timeline;
    }

    private void awaitSent() throws InterruptedException {
        senders.getLast().join(60_000);
        assertThat(senders.getLast().isAlive()).isFalse();
    }

    private void awaitTaken(int number) {
        await().until(() -> taken.size() >= number);
        assertThat(taken).hasSize(number);
    }

    private Answer take(List<byte[]> batch) {
        taken.addAll(told(batch));
        return Answer.TAKEN;
    }

    private Answer after(CountDownLatch open, List<byte[]> batch) {
        try {
            open.await();
            return take(batch);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Answer.AGAIN;
        }
    }

    private static List<String> told(List<byte[]> batch) {
        return batch.stream().map(span -> Json.MAPPER.readTree(span).path("status_message").asString()).toList();
    }

    private static List<String> steps(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "step " + i).toList();
    }

    private static void say(Timeline timeline, int from, int to) {
        steps(from, to).forEach(text -> timeline.record(new SystemStep(text), null, Instant.EPOCH));
    }

    private double count(String outcome) {
        return meters.counter("assay.worker.spans", "outcome", outcome).count();
    }

    private List<Path> filesOnDisk() throws IOException {
        try (var files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".spans")).toList();
        }
    }
}
