// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.assay.contracts.SessionId;
import dev.assay.contracts.TeamId;
import dev.assay.job.Calls;
import dev.assay.job.Calls.Reply;
import dev.assay.job.RunningJobService;
import dev.assay.job.Time;
import dev.assay.kit.signal.Dispatcher.Question;
import dev.assay.kit.signal.WorkSignal;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Against a fake environment-service that knows every environment but one. */
@RunningJobService
class SessionTests {

    static final HttpServer FAKE = fake();

    @Autowired
    Calls calls;

    @Autowired
    Time time;

    @Autowired
    Sessions sessions;

    @Autowired
    SessionQueue queue;

    @Autowired
    @Qualifier("sessionSignal")
    WorkSignal signal;

    @Autowired
    MeterRegistry meters;

    final TeamId team = TeamId.random();
    final TeamId other = TeamId.random();

    @DynamicPropertySource
    static void address(DynamicPropertyRegistry properties) {
        properties.add("assay.environment-url", () -> "http://127.0.0.1:" + FAKE.getAddress().getPort());
    }

    @AfterAll
    static void stop() {
        FAKE.stop(0);
    }

    @Test
    void aSessionIsOpenedLedToAndEnded() {
        var id = open();
        assertThat(state(id)).isEqualTo("queued");
        assertThat(knock(id, team).text("state")).isEqualTo("queued");

        var lease = lease("w1").expect(200);
        assertThat(lease.text("session")).isEqualTo(id);
        assertThat(lease.text("environment")).isEqualTo("Letters");
        assertThat(lease.text("team")).isEqualTo(team.toString());
        assertThat(lease.body().path("attempt").asInt()).isEqualTo(1);
        lease("w2").expect(204);
        assertThat(state(id)).isEqualTo("starting");
        renew(id, "w1", 1, 0).expect(200);
        renew(id, "w2", 1, 0).expect(409);

        ready(id, "w1", 1).expect(204);
        assertThat(knock(id, team).text("address")).isEqualTo("http://w1:8080");
        calls.delete(team, "/runtime/sessions/" + id).expect(204);
        calls.delete(team, "/runtime/sessions/" + id).expect(204);
        assertThat(state(id)).isEqualTo("ended");
        assertThat(knock(id, team).text("state")).isEqualTo("ended");
        assertThat(cause(id)).isEqualTo("deleted");
        assertThat(renew(id, "w1", 1, 1).expect(200).body().path("cancel").asBoolean()).as("its sandbox is to go").isTrue();
        release(id, "w1", 1, "null").expect(204);
        renew(id, "w1", 1, 0).expect(409);
        assertThat(cause(id)).isEqualTo("deleted");
        var user = new UUID(7, team.value().getLeastSignificantBits());
        assertThat(steps(id)).containsExactly(
                "queued 0 submitted user " + user + " null null",
                "initializing 1 leased worker worker/w1 null null",
                "running 1 ready worker worker/w1 null null",
                "cancelling 1 cancel user " + user + " null null",
                "cancelled 1 reported worker worker/w1 null null");
    }

    @Test
    void whoeverWaitsIsToldWhenItIsReady() {
        var id = open();
        lease("w1").expect(200);
        // longer than anybody here looks by himself: who is not told never hears of it
        var waiting = Executors.newVirtualThreadPerTaskExecutor()
                .submit(() -> signal.until(
                        () -> sessions.get(SessionId.parse(id), team), now -> now.state().text().equals("ready"), Duration.ofHours(1)));
        await().until(() -> meters.get("assay.work.watching").tag("work", "sessions").gauge().value() == 1);
        ready(id, "w1", 1).expect(204);
        await().until(waiting::isDone);
        assertThat(knock(id, team).text("state")).isEqualTo("ready");
    }

    @Test
    void anUnknownEnvironmentIsRefusedByName() {
        assertThat(calls.post(team, "/runtime/sessions", "{\"environment\": \"nowhere\"}").expect(404).text("detail"))
                .contains("'nowhere'");
        assertThat(calls.post(team, "/runtime/sessions", "{}").expect(400).text("detail")).startsWith("environment:");
        calls.post(team, "/runtime/sessions", "{\"environment\": \"Letters\", \"trace_id\": \"x\"}").expect(400);
    }

    @Test
    void anotherTeamHasNoSuchSession() {
        var id = open();
        calls.get(other, "/runtime/sessions/" + id).expect(404);
        calls.get(other, "/runtime/sessions/" + id + "/transitions").expect(404);
        assertThat(calls.get(team, "/runtime/sessions/" + id + "/transitions?after=-1").expect(400).text("detail")).startsWith("after:");
        calls.delete(other, "/runtime/sessions/" + id).expect(404);
        calls.ask("/internal/sessions/" + id + "/knock", "{\"team\": \"" + other + "\", \"waitMillis\": 0}").expect(404);
        calls.ask("/internal/sessions/" + UUID.randomUUID() + "/knock", "{\"team\": \"" + team + "\", \"waitMillis\": 0}").expect(404);
        calls.post(team, "/internal/sessions/leases", "{\"worker\": \"me\"}").expect(404);
        assertThat(state(id)).isEqualTo("queued");
    }

    @Test
    void aSessionLivesWhileItHasTunnelsAndIsEndedSoonAfterTheLast() {
        var id = opened();
        for (int i = 0; i < 6; i++) {
            time.pass(Duration.ofSeconds(6));
            renew(id, "w1", 1, 2).expect(200);
            sessions.sweep();
        }
        time.pass(Duration.ofSeconds(2));
        renew(id, "w1", 1, 0).expect(200);
        time.pass(Duration.ofSeconds(4));
        sessions.sweep();
        assertThat(state(id)).isEqualTo("ready");
        time.pass(Duration.ofSeconds(6));
        sessions.sweep();
        assertThat(cause(id)).isEqualTo("idle");
        assertThat(steps(id)).last().isEqualTo("cancelling 1 out_of_time platform null Nobody was connected to it any more for 10 s. null");
        assertThat(renew(id, "w1", 1, 0).expect(200).body().path("cancel").asBoolean()).isTrue();
    }

    @Test
    void aSessionThatIsUsedForLongerThanAnyMayLastIsEnded() {
        var id = opened();
        time.pass(Duration.ofHours(24).minusSeconds(8));
        renew(id, "w1", 1, 2).expect(200);
        sessions.sweep();
        assertThat(state(id)).isEqualTo("ready");
        time.pass(Duration.ofSeconds(8));
        sessions.sweep();
        assertThat(cause(id)).isEqualTo("lifetime");
    }

    @Test
    void aSessionToWhichNobodyComesIsEndedAfterMinutes() {
        var id = open();
        time.pass(Duration.ofMinutes(4));
        sessions.sweep();
        assertThat(state(id)).isEqualTo("queued");
        time.pass(Duration.ofMinutes(1));
        sessions.sweep();
        assertThat(cause(id)).isEqualTo("unused");
    }

    @Test
    void whoeverKnockedAndWentAwayLeavesNothingBehind() {
        var waiting = open();
        knock(waiting, team);
        time.pass(Duration.ofMinutes(5));
        sessions.sweep();
        assertThat(cause(waiting)).isEqualTo("unused");
        lease("w1").expect(204);

        var serving = opened();
        knock(serving, team);
        time.pass(Duration.ofSeconds(10));
        sessions.sweep();
        assertThat(cause(serving)).isEqualTo("idle");
    }

    @Test
    void aLostWorkersSessionStartsElsewhereUnlessItWasOpenAlready() {
        var starting = open();
        lease("w1").expect(200);
        time.pass(Duration.ofSeconds(15));
        sessions.sweep();
        assertThat(state(starting)).isEqualTo("queued");
        assertThat(lease("w2").expect(200).body().path("attempt").asInt()).isEqualTo(2);
        ready(starting, "w1", 1).expect(409);
        ready(starting, "w2", 2).expect(204);
        time.pass(Duration.ofSeconds(15));
        sessions.sweep();
        assertThat(calls.get(team, "/runtime/sessions/" + starting).text("error")).startsWith("the worker was lost");
        assertThat(cause(starting)).isEqualTo("worker");
        assertThat(steps(starting)).element(2).isEqualTo("queued 1 worker_lost platform worker/w1 null infrastructure");
        assertThat(steps(starting)).last().asString().startsWith("error 2 worker_lost platform worker/w2 the worker was lost");
    }

    @Test
    void whatAWorkerGivesBackStartsElsewhereAtOnceUnlessItWasOpenAlready() {
        var id = open();
        for (var attempt = 1; attempt <= 5; attempt++) {
            assertThat(lease("w1").expect(200).body().path("attempt").asInt()).isEqualTo(attempt);
            release(id, "w1", attempt, "null").expect(204);
            assertThat(state(id)).isEqualTo("queued");
        }
        release(id, "w1", 4, "null").expect(409);
        lease("w2").expect(200);
        ready(id, "w2", 6).expect(204);
        release(id, "w2", 6, "null").expect(204);
        assertThat(calls.get(team, "/runtime/sessions/" + id).text("error")).isEqualTo("the worker was stopped");
    }

    @Test
    void aWorkerThatFailsThreeTimesEndsTheSessionAndSaysWhy() {
        var id = open();
        for (var attempt = 1; attempt <= 3; attempt++) {
            lease("w1").expect(200);
            release(id, "w1", attempt, "\"no file\"").expect(204);
        }
        assertThat(calls.get(team, "/runtime/sessions/" + id).text("error")).endsWith("the worker failed: no file (3 attempts have failed)");
    }

    @Test
    void theSameQuestionGetsTheSameLeaseWithTheTimeThatItHasLeft() {
        var id = open();
        open();
        var question = question();
        assertThat(question.get().body().path("ttlMillis").asLong()).isEqualTo(15_000);
        time.pass(Duration.ofSeconds(6));
        var again = question.get();
        assertThat(again.text("session")).isEqualTo(id);
        assertThat(again.body().path("ttlMillis").asLong()).isLessThanOrEqualTo(9_000);
    }

    @Test
    void theSameQuestionAtTheSameMomentGetsTheSameLease() throws Exception {
        Stream.generate(this::open).limit(8).forEach(id -> {});
        var question = question();
        try (var threads = Executors.newFixedThreadPool(8)) {
            var answers = threads.invokeAll(Collections.nCopies(8, () -> question.get().text("session")));
            assertThat(answers).extracting(Future::get).containsOnly(answers.getFirst().get());
        }
    }

    @Test
    void whatIsOpenedTogetherIsDealtToAllThatWait() {
        Stream.generate(this::open).limit(4).forEach(id -> {});
        var questions = Stream.of("w1", "w2").map(name -> new Question(name, UUID.randomUUID(), 64, Set.of())).toList();
        assertThat(queue.give(questions).answers().values()).extracting(List::size).containsExactly(2, 2);
    }

    private Supplier<Reply> question() {
        var question = "{\"ask\": \"" + UUID.randomUUID() + "\", \"free\": 1, \"waitMillis\": 0}";
        return () -> calls.work("w1", "/internal/sessions/leases", question).first().expect(200);
    }

    @Test
    void whatCannotBeLaunchedSaysWhy() {
        var id = open();
        lease("w1").expect(200);
        var attempt = "{\"runs\": [{\"id\": \"" + id + "\", \"attempt\": 1}], \"sessions\": [{\"id\": \"" + id + "\", \"attempt\": 1}]}";
        assertThat(calls.work("w2", "/internal/work/over", attempt).expect(200).body().get("sessions")).as("it is held").isEmpty();
        calls.work("w1", "/internal/sessions/" + id + "/end", "{\"attempt\": 1, \"error\": \"no licence\"}").expect(204);
        assertThat(calls.work("w2", "/internal/work/over", attempt).expect(200).body().get("sessions")).hasSize(1);
        assertThat(calls.work("w2", "/internal/work/over", attempt).expect(200).body().get("runs")).as("it is none").isEmpty();
        assertThat(knock(id, team).text("error")).isEqualTo("no licence");
        assertThat(calls.get(team, "/runtime/sessions/" + id).text("error")).isEqualTo("no licence");
        assertThat(cause(id)).isEqualTo("environment");
        assertThat(steps(id)).last().isEqualTo("error 1 reported worker worker/w1 no licence environment");
    }

    private String open() {
        return calls.post(team, "/runtime/sessions", "{\"environment\": \"Letters\", \"trace_id\": \"" + UUID.randomUUID() + "\"}")
                .expect(201)
                .text("id");
    }

    private String opened() {
        var id = open();
        lease("w1").expect(200);
        ready(id, "w1", 1).expect(204);
        return id;
    }

    private String state(String id) {
        return calls.get(team, "/runtime/sessions/" + id).expect(200).text("state");
    }

    private String cause(String id) {
        assertThat(state(id)).isEqualTo("ended");
        return calls.get(team, "/runtime/sessions/" + id).text("cause");
    }

    private List<String> steps(String id) {
        return calls.get(team, "/runtime/sessions/" + id + "/transitions").expect(200).body().get("items").valueStream()
                .map(step -> Stream.of("status", "attempt", "cause", "by", "who", "detail", "failure")
                        .map(field -> step.get(field).asString("null"))
                        .collect(Collectors.joining(" ")))
                .toList();
    }

    private Reply lease(String worker) {
        return calls.work(worker, "/internal/sessions/leases", "{\"free\": 1, \"waitMillis\": 0}").first();
    }

    private Reply renew(String id, String worker, int attempt, int tunnels) {
        return calls.work(
                worker, "/internal/sessions/" + id + "/renew", "{\"attempt\": %d, \"tunnels\": %d}".formatted(attempt, tunnels));
    }

    private Reply release(String id, String worker, int attempt, String failure) {
        return calls.work(
                worker, "/internal/sessions/" + id + "/release", "{\"attempt\": %d, \"failure\": %s}".formatted(attempt, failure));
    }

    private Reply ready(String id, String worker, int attempt) {
        return calls.work(
                worker,
                "/internal/sessions/" + id + "/ready",
                "{\"attempt\": %d, \"address\": \"http://%s:8080\"}".formatted(attempt, worker));
    }

    private Reply knock(String id, TeamId who) {
        return calls.ask("/internal/sessions/" + id + "/knock", "{\"team\": \"" + who + "\", \"waitMillis\": 0}").expect(200);
    }

    private static HttpServer fake() {
        try {
            var server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
            server.createContext("/internal/environments/resolve", exchange -> {
                exchange.sendResponseHeaders(exchange.getRequestURI().getQuery().contains("name=nowhere") ? 404 : 200, -1);
                exchange.close();
            });
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
