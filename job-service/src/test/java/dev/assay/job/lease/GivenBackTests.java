// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.VersionId;
import dev.assay.job.Calls;
import dev.assay.job.Calls.Reply;
import dev.assay.job.RunningJobService;
import dev.assay.job.Time;
import dev.assay.job.run.Queue;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Leases that nobody works on: given back, or given with an answer that was lost. */
@RunningJobService
class GivenBackTests {

    @Autowired
    Calls calls;

    @Autowired
    Time time;

    @Autowired
    Queue queue;

    @Autowired
    JdbcClient jdbc;

    final TeamId team = TeamId.random();
    final UUID job = UUID.randomUUID();

    @Test
    void whatAWorkerGivesBackIsTheHeadOfItsJobAndHasLostNothing() {
        var run = calls.submit(team, job);
        calls.submit(team, job);
        for (var attempt = 1; attempt <= 5; attempt++) {
            var lease = calls.lease("w" + attempt).expect(200);
            assertThat(lease.text("run")).isEqualTo(run.toString());
            assertThat(lease.body().path("attempt").asInt()).isEqualTo(attempt);
            calls.release(run, "w" + attempt, attempt, "null").expect(204);
            calls.release(run, "w" + attempt, attempt, "null").expect(204);
            assertThat(calls.status(team, run)).isEqualTo("queued");
        }
        calls.renew(run, "w5", 5, "running").expect(409);
        calls.outcome(run, "w5", 5, "completed", "{\"score\": 1}").expect(409);
        calls.lease("w").expect(200);
        calls.outcome(run, "w", 6, "completed", "{\"score\": 0.5}").expect(204);
        calls.release(run, "w", 6, "null").expect(204);
        calls.release(run, "w5", 5, "null").expect(409);
        assertThat(calls.status(team, run)).isEqualTo("completed");
    }

    @Test
    void aWorkerThatFailsThreeTimesEndsTheRunAndSaysWhy() {
        var run = calls.submit(team, job);
        for (var attempt = 1; attempt <= 3; attempt++) {
            calls.lease("w").expect(200);
            calls.release(run, "w", attempt, "\"no\\u0000 file\"").expect(204);
        }
        assertThat(calls.status(team, run)).isEqualTo("error");
        assertThat(calls.trace(team, run).text("error")).isEqualTo("[provisioning] the worker failed: no\uFFFD file (3 attempts have failed)");
        calls.lease("w").expect(204);
    }

    @Test
    void aCancellingRunThatIsGivenBackIsCancelled() {
        var run = calls.submit(team, job);
        calls.lease("w").expect(200);
        calls.cancel(team, run);
        calls.release(run, "w", 1, "null").expect(204);
        assertThat(calls.status(team, run)).isEqualTo("cancelled");
        calls.lease("w").expect(204);
    }

    @Test
    void theSameQuestionGetsTheSameLeaseAsLongAsThatHolds() {
        var first = calls.submit(team, job);
        var second = calls.submit(team, job);
        var question = UUID.randomUUID();
        assertThat(ask("w", question).expect(200).text("run")).isEqualTo(first.toString());
        time.pass(Duration.ofSeconds(6));
        var again = ask("w", question).expect(200);
        assertThat(again.text("run")).isEqualTo(first.toString());
        assertThat(again.body().path("attempt").asInt()).isEqualTo(1);
        assertThat(again.body().path("ttlMillis").asLong()).isLessThanOrEqualTo(9_000);
        assertThat(ask("another", question).expect(200).text("run")).as("nobody is told another's").isEqualTo(second.toString());
        time.pass(Duration.ofSeconds(10));
        queue.sweepLeases();
        assertThat(jdbc.sql("select count(*) from run where id = :run and state = 'queued' and losses = 1")
                        .param("run", first.value())
                        .query(Long.class)
                        .single())
                .as("a lease that nobody ever works on runs out")
                .isEqualTo(1);
    }

    @Test
    void aQuestionThatItsWorkerTookBackIsGivenNothing() {
        var waiting = UUID.randomUUID();
        var answer = CompletableFuture.supplyAsync(
                () -> calls.work("w", "/internal/leases", "{\"ask\": \"" + waiting + "\", \"free\": 1, \"waitMillis\": 20000}"));
        await().until(() -> calls.metrics().lines().anyMatch(line -> line.startsWith("assay_work_waiting") && line.endsWith(" 1.0")));
        var sessions = UUID.randomUUID();
        withdraw(waiting).expect(204);
        withdraw(waiting).expect(204);
        calls.work("w", "/internal/sessions/leases/withdraw", "{\"ask\": \"" + sessions + "\"}").expect(204);
        var run = calls.submit(team, job);

        assertThat(answer.join().status()).isEqualTo(409);
        ask("w", waiting).expect(409);
        calls.work("w", "/internal/sessions/leases", "{\"ask\": \"" + sessions + "\", \"free\": 1, \"waitMillis\": 0}").expect(409);
        assertThat(ask("w", UUID.randomUUID()).expect(200).body().path("attempt").asInt()).isEqualTo(1);
        assertThat(calls.status(team, run)).isEqualTo("initializing");
    }

    @Test
    void whatWasGivenInAnAnswerThatNobodyHeardGoesBackWithItsQuestion() {
        var runs = List.of(calls.submit(team, job), calls.submit(team, job), calls.submit(team, job));
        var question = UUID.randomUUID();
        var two = "{\"ask\": \"" + question + "\", \"free\": 2, \"waitMillis\": 0}";
        assertThat(given(calls.work("w", "/internal/leases", two))).containsExactlyInAnyOrderElementsOf(given(calls.work("w", "/internal/leases", two)))
                .hasSize(2);
        withdraw(question).expect(204);
        assertThat(runs).allSatisfy(run -> assertThat(calls.status(team, run)).isEqualTo("queued"));
        calls.work("w", "/internal/leases", two).expect(409);
        assertThat(jdbc.sql("select sum(losses) from run").query(Long.class).single()).isZero();
    }

    @Test
    void aWorkerGetsWhatItsRuntimesCanRunAndNoMoreThanItHasRoomFor() {
        var images = submit("{\"image\": \"letters\"}");
        var plain = List.of(calls.submit(team, job), calls.submit(team, job), calls.submit(team, job));
        assertThat(given(asks("docker-only", 5, "docker"))).containsExactly(images.toString());
        assertThat(given(asks("none-of-these", 5, "remote"))).isEmpty();
        assertThat(given(asks("both", 2, "docker", "process"))).hasSize(2);
        assertThat(given(asks("process-only", 2, "process"))).hasSize(1);
        assertThat(plain).allSatisfy(run -> assertThat(calls.status(team, run)).isEqualTo("initializing"));
        calls.work("w", "/internal/leases", "{\"free\": 0, \"waitMillis\": 0}").expect(400);
        assertThat(calls.work("w", "/internal/leases", "{\"waitMillis\": 0}").expect(400).text("detail")).contains("free: ", "earlier release");
    }

    @Test
    void aRunThatIsToWaitIsGivenToNobodyUntilThen() {
        var later = calls.submit(team, job);
        jdbc.sql("update run set not_before = now() + interval '1 hour' where id = :run").param("run", later.value()).update();
        var now = calls.submit(team, job);
        assertThat(calls.lease("w").expect(200).text("run")).isEqualTo(now.toString());
        calls.lease("w").expect(204);
        jdbc.sql("update run set not_before = now() where id = :run").param("run", later.value()).update();
        assertThat(calls.lease("w").expect(200).text("run")).isEqualTo(later.toString());
    }

    private RunId submit(String runtimeConfig) {
        var run = new RunId(UUID.randomUUID());
        var body = Calls.submission(run, job).replace("\"group_id\"", "\"runtime_config\": " + runtimeConfig + ", \"group_id\"");
        calls.post(team, "/v2/rollouts/submit", body).expect(201);
        return run;
    }

    private Reply asks(String worker, int free, String... kinds) {
        var names = Stream.of(kinds).map(kind -> "\"" + kind + "\"").collect(Collectors.joining(", "));
        return calls.work(worker, "/internal/leases", "{\"free\": %d, \"kinds\": [%s], \"waitMillis\": 0}".formatted(free, names));
    }

    private static List<String> given(Reply reply) {
        return reply.expect(200).body().path("leases").valueStream().map(lease -> lease.path("run").asString()).toList();
    }

    @Test
    void theVersionThatTheFirstAttemptHasFoundIsThatOfAllOthers() {
        var run = calls.submit(team, job);
        assertThat(calls.lease("w").expect(200).body().path("version").isNull()).isTrue();
        var found = VersionId.random();
        renew(run, 1, found).expect(200);
        calls.release(run, "w", 1, "null").expect(204);
        assertThat(calls.lease("w").expect(200).text("version")).isEqualTo(found.toString());
        renew(run, 2, VersionId.random()).expect(200);
        calls.release(run, "w", 2, "null").expect(204);
        assertThat(calls.lease("w").expect(200).text("version")).isEqualTo(found.toString());
    }

    @Test
    void nothingIsSweptWhileAskingForWork() {
        var run = calls.submit(team, job);
        calls.lease("w").expect(200);
        time.pass(Duration.ofMinutes(1));
        calls.lease("v").expect(204);
        queue.sweepLeases();
        assertThat(calls.lease("v").expect(200).text("run")).isEqualTo(run.toString());
    }

    private Reply withdraw(UUID question) {
        return calls.work("w", "/internal/leases/withdraw", "{\"ask\": \"" + question + "\"}");
    }

    private Reply ask(String worker, UUID question) {
        return calls.work(worker, "/internal/leases", "{\"ask\": \"" + question + "\", \"free\": 1, \"waitMillis\": 0}").first();
    }

    private Reply renew(RunId run, int attempt, VersionId found) {
        return calls.renew(run, "w", "\"attempt\": %d, \"phase\": \"running\", \"version\": \"%s\"".formatted(attempt, found));
    }
}
