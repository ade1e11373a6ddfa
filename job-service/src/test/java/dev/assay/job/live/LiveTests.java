// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.job.Calls;
import dev.assay.job.RunningJobService;
import dev.assay.job.live.Subscriber.News;
import dev.assay.testsupport.Tokens;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

@RunningJobService
class LiveTests {

    @Autowired
    Calls calls;

    @Autowired
    Environment environment;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    TransactionTemplate transactions;

    @Autowired
    MeterRegistry meters;

    @Autowired
    RunEnds ends;

    final TeamId team = TeamId.random();
    final UUID job = UUID.randomUUID();
    final HttpClient http = HttpClient.newHttpClient();
    final List<Stream<String>> open = new ArrayList<>();

    /** @param id to go on from */
    private record Event(String name, String id, String data) {

        String step() {
            var step = JsonMapper.shared().readTree(data);
            return step.path("cause").asString() + " " + step.path("status").asString();
        }
    }

    @AfterEach
    void leave() {
        open.forEach(Stream::close);
        http.shutdownNow();
    }

    @Test
    void everyStepOfAJobIsToldUntilItIsOver() {
        var run = calls.submit(team, job);
        var told = watch("/v2/jobs/" + job + "/live", null);
        await().until(() -> !told.isEmpty());
        assertThat(told.getFirst().name()).isEqualTo("now");
        calls.submit(team, UUID.randomUUID());
        end(run, 1);
        await().until(() -> told.getLast().name().equals("over"));
        var steps = sinceTheyWereSubmitted(told);
        assertThat(steps).extracting(Event::step).containsExactly("leased initializing", "ready running", "reported completed");
        assertThat(steps).allSatisfy(step -> assertThat(step.data()).contains(run.toString()));
    }

    @Test
    void thePublishedClientWaitsForTheEndOfItsRun() {
        var run = calls.submit(team, job);
        assertThat(read(run, "curl/8").join()).contains("\"queued\"");
        end(run, 1);
        await().until(this::oneWhoWaitsIsAnsweredByTheEnd); // it is waited for two seconds only, which a busy machine may need for the rest
    }

    private boolean oneWhoWaitsIsAnsweredByTheEnd() {
        var run = calls.submit(team, job);
        var waited = read(run, "python-httpx/0.28.1");
        await().until(() -> watching() > 0 || waited.isDone());
        end(run, 1);
        return waited.join().contains("\"completed\"");
    }

    @Test
    void whoWaitsForTheEndOfARunIsWokenByIt() throws Exception {
        var run = calls.submit(team, job);
        var over = CompletableFuture.supplyAsync(() -> awaits(run));
        await().until(() -> watching() > 0);
        assertThat(over).isNotDone();
        end(run, 1);
        assertThat(over.get(60, TimeUnit.SECONDS)).isTrue();
        assertThat(ends.await(run, Duration.ofMinutes(10))).as("of one that is over").isTrue();
    }

    private boolean awaits(RunId run) {
        try {
            return ends.await(run, Duration.ofMinutes(10));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whatWasMissedComesAfterTheLastThatWasHeard() {
        var run = calls.submit(team, job);
        var first = watch("/v2/trace/" + run.hex() + "/live", null);
        await().until(() -> !first.isEmpty());
        calls.lease("w").expect(200);
        await().until(() -> first.size() == 2);
        open.getFirst().close();
        calls.renew(run, "w", 1, "running").expect(200);
        calls.outcome(run, "w", 1, "completed", "{\"score\": 1.0}").expect(204);

        var again = watch("/v2/trace/" + run + "/live", first.get(1).id());
        await().until(() -> !again.isEmpty() && again.getLast().name().equals("over"));
        assertThat(again.stream().filter(event -> event.name().equals("step")).map(Event::step))
                .containsExactly("ready running", "reported completed");

        var whole = watch("/v2/trace/" + run + "/live", "0-0");
        await().until(() -> !whole.isEmpty() && whole.getLast().name().equals("over"));
        assertThat(whole.stream().filter(event -> event.name().equals("step")).map(Event::step))
                .containsExactly("submitted queued", "leased initializing", "ready running", "reported completed");
    }

    /** Its number is smaller than that of a step that was told before it, were that told. */
    @Test
    void whatIsCommittedLateIsToldAndInOneOrder() throws Exception {
        var early = calls.submit(team, job);
        var late = calls.submit(team, job);
        var told = watch("/v2/jobs/" + job + "/live", null);
        await().until(() -> !told.isEmpty());
        var written = new CountDownLatch(1);
        var committing = new CountDownLatch(1);
        var slow = CompletableFuture.runAsync(() -> transactions.executeWithoutResult(status -> {
            jdbc.sql("insert into run_transition (run_id, attempt, status, cause) values (:run, 7, 'running', 'ready')")
                    .param("run", early.value())
                    .update();
            written.countDown();
            try {
                committing.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }));
        written.await();
        assertThat(calls.cancel(team, late)).isEqualTo("accepted");
        committing.countDown();
        slow.join();
        await().until(() -> sinceTheyWereSubmitted(told).size() == 2);
        var steps = sinceTheyWereSubmitted(told);
        assertThat(steps).extracting(Event::step).containsExactly("ready running", "cancel cancelled");
        assertThat(steps).extracting(event -> Place.read(event.id()).orElseThrow()).isSorted();
    }

    /** As after a database was restored elsewhere, which counts its transactions anew. */
    @Test
    void whoeverComesWithAnIdFromTheFutureIsToldWhatHappensFromNowOn() {
        var run = calls.submit(team, job);
        var told = watch("/v2/trace/" + run + "/live", "999999999999999999-0");
        await().until(() -> !told.isEmpty());
        assertThat(told.getFirst().name()).isEqualTo("now");
        assertThat(calls.cancel(team, run)).isEqualTo("accepted");
        await().until(() -> told.getLast().name().equals("over"));
        assertThat(sinceTheyWereSubmitted(told)).extracting(Event::step).containsExactly("cancel cancelled");
    }

    @Test
    void whoeverIsLetGoIsNotWaitedFor() throws Exception {
        var subscriber = new Subscriber(Topic.job(job), new Place(0, 0));
        subscriber.tell(new News.Over());
        subscriber.letGo();
        assertThat(subscriber.next(Duration.ofDays(1))).isEqualTo(new News.Gone());
    }

    @Test
    void nobodyElseWatchesAndWhatIsNoEventIsNone() {
        var run = calls.submit(team, job);
        var other = TeamId.random();
        calls.get(other, "/v2/jobs/" + job + "/live").expect(404);
        calls.get(other, "/v2/trace/" + run + "/live").expect(404);
        var told = watch("/v2/jobs/" + job + "/live", "seven");
        await().until(() -> !told.isEmpty());
        assertThat(told.getFirst().name()).isEqualTo("now");
    }

    /** Whoever begins to watch may be told of what was just before that, too: while a transaction of somebody else's is going on. */
    private static List<Event> sinceTheyWereSubmitted(List<Event> told) {
        return told.stream().filter(event -> event.name().equals("step") && !event.step().equals("submitted queued")).toList();
    }

    private void end(RunId run, int attempt) {
        assertThat(calls.lease("w").expect(200).text("run")).isEqualTo(run.toString());
        calls.renew(run, "w", attempt, "running").expect(200);
        calls.outcome(run, "w", attempt, "completed", "{\"score\": 1.0}").expect(204);
        jdbc.sql("delete from run where job_id <> :job").param("job", job).update();
    }

    private CompletableFuture<String> read(RunId run, String client) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + environment.getProperty("local.server.port") + "/v2/trace/" + run))
                .header("Authorization", Tokens.member(team))
                .header("User-Agent", client)
                .build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofString()).thenApply(HttpResponse::body);
    }

    private double watching() {
        return meters.get("assay.live.watching").gauge().value();
    }

    private List<Event> watch(String path, String last) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + environment.getProperty("local.server.port") + path))
                .header("Authorization", Tokens.member(team));
        if (last != null) {
            request.header("Last-Event-ID", last);
        }
        var told = new CopyOnWriteArrayList<Event>();
        try {
            var answer = http.send(request.build(), HttpResponse.BodyHandlers.ofLines());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/event-stream");
            open.add(answer.body());
            Thread.ofVirtual().start(() -> read(answer.body(), told));
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return told;
    }

    private static void read(Stream<String> lines, List<Event> told) {
        var event = new String[2];
        try {
            lines.forEach(line -> add(line, event, told));
        } catch (UncheckedIOException left) {
            // this test has closed it
        }
    }

    private static void add(String line, String[] event, List<Event> told) {
        if (line.startsWith("event: ")) {
            event[0] = line.substring(7);
        } else if (line.startsWith("id: ")) {
            event[1] = line.substring(4);
        } else if (line.startsWith("data: ")) {
            told.add(new Event(event[0], event[1], line.substring(6)));
        }
    }
}
