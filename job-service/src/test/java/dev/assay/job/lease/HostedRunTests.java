// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.job.Calls;
import dev.assay.job.RunningJobService;
import dev.assay.job.Time;
import dev.assay.job.run.Queue;
import dev.assay.kit.identity.Party;
import dev.assay.kit.identity.RunKeys;
import dev.assay.testsupport.TestPlatform;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@RunningJobService
class HostedRunTests {

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
    void aRunIsReadableAsSoonAsItIsSubmitted() {
        var run = new RunId(UUID.randomUUID());
        var answer = calls.post(team, "/v2/rollouts/submit", Calls.submission(run, job)).expect(201);
        assertThat(answer.text("status")).isEqualTo("queued");
        assertThat(answer.text("trace_id")).isEqualTo(run.toString());
        assertThat(answer.text("job_id")).isEqualTo(job.toString());

        var trace = calls.get(team, "/v2/trace/" + run.hex().toUpperCase()).expect(200).body();
        assertThat(trace.get("status").asString()).isEqualTo("queued");
        assertThat(trace.get("reward").isNull()).isTrue();
        assertThat(trace.get("evaluation_result").isNull()).isTrue();
        assertThat(trace.get("model").asString()).isEqualTo("scripted/letters");
        assertThat(trace.get("hosted").asBoolean()).isTrue();
    }

    @Test
    void argumentsArriveAsTheyWereSent() {
        var run = new RunId(UUID.randomUUID());
        var args = "\"args\": {\"half\": \"\\ud83d x\", \"huge\": 1E400, \"tiny\": -1e-400, \"price\": 3.10, \"whole\": 1.0}";
        calls.post(team, "/v2/rollouts/submit", Calls.submission(run, job).replaceFirst("\"args\": \\{[^}]*}", Matcher.quoteReplacement(args)))
                .expect(201);
        var told = calls.lease("w1").expect(200).body().get("args");
        assertThat(told.get("half").stringValue()).isEqualTo("\ud83d x");
        assertThat(told.get("huge").decimalValue()).isEqualTo(new BigDecimal("1E400"));
        assertThat(told.get("tiny").decimalValue()).isEqualTo(new BigDecimal("-1E-400"));
        assertThat(told.get("price").toString()).isEqualTo("3.10");
        assertThat(told.get("whole").toString()).isEqualTo("1.0");
    }

    @Test
    void whatTheFirstAttemptFoundIsWhatAllOthersRunAlsoOfTheVerifier() {
        var verified = Calls.submission(new RunId(UUID.randomUUID()), job)
                .replace("\"group_id\"", "\"verifier\": {\"env\": \"judge\", \"id\": \"verify\"}, \"group_id\"");
        var run = calls.post(team, "/v2/rollouts/submit", verified).expect(201).text("trace_id");
        var version = UUID.randomUUID().toString();
        var verifier = UUID.randomUUID().toString();
        assertThat(calls.lease("w1").expect(200).body().path("verifierVersion").isNull()).isTrue();
        tellVersions(run, 1, "\"version\": \"" + version + "\"");
        tellVersions(run, 1, "\"version\": \"" + version + "\", \"verifierVersion\": \"" + verifier + "\"");
        tellVersions(run, 1, "\"version\": \"" + UUID.randomUUID() + "\", \"verifierVersion\": \"" + UUID.randomUUID() + "\"");
        tellVersions(run, 1, "\"version\": null");
        calls.work("w1", "/internal/leases/" + run + "/release", "{\"attempt\": 1, \"failure\": null}").expect(204);

        var again = calls.lease("w1").expect(200);
        assertThat(again.text("version")).isEqualTo(version);
        assertThat(again.text("verifierVersion")).isEqualTo(verifier);
    }

    private void tellVersions(String run, int attempt, String versions) {
        calls.renew(RunId.parse(run), "w1", "\"attempt\": %d, \"phase\": \"running\", %s".formatted(attempt, versions)).expect(200);
    }

    @Test
    void aLeaseCarriesWhatWasAskedFor() {
        var run = calls.submit(team, job);
        var lease = calls.lease("w1").expect(200).body();
        assertThat(lease.get("run").asString()).isEqualTo(run.toString());
        assertThat(lease.get("job").asString()).isEqualTo(job.toString());
        assertThat(lease.get("team").asString()).isEqualTo(team.toString());
        assertThat(lease.get("attempt").asInt()).isEqualTo(1);
        assertThat(lease.get("ttlMillis").asLong()).isEqualTo(15_000);
        assertThat(lease.get("runTimeoutMillis").asLong()).isEqualTo(3_600_000);
        assertThat(lease.get("environment").asString()).isEqualTo("My_Letters");
        assertThat(lease.get("args").get("word").asString()).isEqualTo("straw\0berry");
        assertThat(lease.get("agent").get("config").get("max_steps").asInt()).isEqualTo(3);
        assertThat(lease.get("groupId").asString()).isEqualTo("g1");
        var key = new RunKeys(TestPlatform.signatures(Party.service("gateway-service"))).verify(lease.get("runKey").asString()).orElseThrow();
        assertThat(key).isEqualTo(new RunKeys.RunKey(team, run, 1, "scripted/letters"));
        calls.lease("w2").expect(204);
    }

    @Test
    void theTimeForTheWholeRolloutCountsInTheQueueAndBeginsAnewWhenItIsRunAgain() {
        var run = new RunId(UUID.randomUUID());
        var limited = Calls.submission(run, job).replace("\"group_id\"", "\"rollout_timeout_s\": 100, \"group_id\"");
        calls.post(team, "/v2/rollouts/submit", limited).expect(201);
        var first = Instant.parse(calls.trace(team, run).text("deadline"));
        time.pass(Duration.ofSeconds(40));
        assertThat(calls.lease("w1").expect(200).body().get("rolloutMillis").asLong()).isBetween(1L, 60_000L);
        assertThat(Instant.parse(calls.trace(team, run).text("deadline"))).isEqualTo(first.minusSeconds(40));
        calls.release(run, "w1", 1, "null").expect(204);
        time.pass(Duration.ofSeconds(61));
        queue.sweepLate();
        var ended = calls.trace(team, run);
        assertThat(ended.text("status")).isEqualTo("error");
        assertThat(ended.text("stop_reason")).isEqualTo("timeout");
        assertThat(ended.text("error")).contains("the whole rollout");
        assertThat(ended.body().get("deadline").isNull()).isTrue();
        assertThat(calls.get(team, "/v2/trace/" + run + "/transitions").body().path("items").valueStream().map(step -> step.path("cause").asString()))
                .endsWith("out_of_time");

        calls.post(team, "/v2/trace/" + run + "/rerun", "{}").expect(200);
        assertThat(calls.lease("w1").expect(200).body().get("rolloutMillis").asLong()).isBetween(60_001L, 100_000L);
    }

    @Test
    void aRunGoesThroughItsStagesAndKeepsItsGrade() {
        var run = calls.submit(team, job);
        calls.lease("w1").expect(200);
        assertThat(calls.status(team, run)).isEqualTo("initializing");
        assertThat(calls.renew(run, "w1", 1, "running").expect(200).body().get("cancel").asBoolean()).isFalse();
        assertThat(calls.status(team, run)).isEqualTo("running");
        calls.outcome(run, "w1", 1, "completed", "{\"score\": 0.50, \"info\": {\"nul\": \"\\u0000\"}}").expect(204);
        calls.outcome(run, "w1", 1, "completed", "{\"score\": 0.75}").expect(204);

        var trace = calls.get(team, "/v2/trace/" + run).expect(200).body();
        assertThat(trace.get("status").asString()).isEqualTo("completed");
        assertThat(trace.get("reward").doubleValue()).isEqualTo(0.5);
        assertThat(trace.get("evaluation_result").get("info").get("nul").asString()).isEqualTo("\0");
        assertThat(trace.get("environment_version").asInt()).isEqualTo(7);
        assertThat(trace.get("timings").get("agent").asInt()).isEqualTo(12);
        assertThat(trace.get("stop_reason").asString()).isEqualTo("done");
    }

    @Test
    void whereARunBelongsIsToldToOtherServicesAndAskingMakesNone() {
        var run = calls.submit(team, job);
        var place = calls.ask("/internal/runs/" + run + "/place").expect(200).body();
        assertThat(place.get("team").asString()).isEqualTo(team.toString());
        assertThat(place.get("job").asString()).isEqualTo(job.toString());
        var nobodys = RunId.parse("00000000-0000-4000-8000-00000000dead");
        calls.ask("/internal/runs/" + nobodys + "/place").expect(404);
        calls.get(team, "/v2/trace/" + nobodys).expect(404);
    }

    @Test
    void aLostWorkerCostsOneAttemptAndNothingThatItSaysCounts() {
        var run = calls.submit(team, job);
        calls.lease("w1").expect(200);
        assertThat(live(run, 1)).isTrue();
        time.pass(Duration.ofSeconds(16));
        assertThat(live(run, 1)).isFalse();
        calls.lease("w2").expect(204);
        queue.sweepLeases();

        var second = calls.lease("w2").expect(200).body();
        assertThat(second.get("run").asString()).isEqualTo(run.toString());
        assertThat(second.get("attempt").asInt()).isEqualTo(2);
        calls.renew(run, "w1", 1, "running").expect(409);
        calls.renew(run, "w1", 2, "running").expect(409);
        calls.outcome(run, "w1", 1, "completed", "{\"score\": 1.0}").expect(409);
        assertThat(calls.status(team, run)).isEqualTo("initializing");
        calls.outcome(run, "w2", 2, "completed", "{\"score\": 0.25}").expect(204);
        calls.outcome(run, "w1", 1, "completed", "{\"score\": 1.0}").expect(409);
        assertThat(calls.get(team, "/v2/trace/" + run).body().get("reward").doubleValue()).isEqualTo(0.25);
    }

    @Test
    void threeLostWorkersAreAnError() {
        var run = calls.submit(team, job);
        for (var attempt = 1; attempt <= 3; attempt++) {
            assertThat(calls.lease("w" + attempt).expect(200).body().get("attempt").asInt()).isEqualTo(attempt);
            time.pass(Duration.ofSeconds(16));
            queue.sweepLeases();
        }
        var trace = calls.get(team, "/v2/trace/" + run).body();
        assertThat(trace.get("status").asString()).isEqualTo("error");
        assertThat(trace.get("error").asString()).isEqualTo("[provisioning] the worker was lost (3 attempts have failed)");
        assertThat(trace.get("reward").isNull()).isTrue();
        calls.lease("w4").expect(204);
    }

    @Test
    void aScoreThatIsNoNumberIsNoGrade() {
        for (var evaluation : List.of("{}", "{\"score\": NaN}", "{\"score\": \"1\"}", "{\"score\": 1, \"isError\": true}", "null")) {
            var run = calls.submit(team, job);
            calls.lease("w1").expect(200);
            calls.outcome(run, "w1", 1, "completed", evaluation).expect(204);
            var trace = calls.get(team, "/v2/trace/" + run).expect(200).body();
            assertThat(trace.get("status").asString()).isEqualTo("completed");
            assertThat(trace.get("reward").isNull()).as(evaluation).isTrue();
            assertThat(trace.get("evaluation_result").isNull()).as(evaluation).isTrue();
        }
    }

    @Test
    void submittingTwiceIsSubmittingOnce() {
        var run = calls.submit(team, job);
        assertThat(calls.post(team, "/v2/rollouts/submit", Calls.submission(run, job)).expect(200).text("status")).isEqualTo("queued");
        calls.lease("w1").expect(200);
        calls.lease("w1").expect(204);
    }

    @Test
    void whatNobodyCanReadEndsTheRunAndWhatIsBehindItMovesOn() {
        var poison = calls.submit(team, job);
        jdbc.sql("update run_spec set args = '{' where run_id = :run").param("run", poison.value()).update();
        var gone = calls.submit(team, job);
        jdbc.sql("delete from run_spec where run_id = :run").param("run", gone.value()).update();
        var good = calls.submit(team, UUID.randomUUID());
        jdbc.sql("update run_spec set retry = '{\"luck\": 1}' where run_id = :run").param("run", good.value()).update();
        assertThat(calls.lease("w").expect(200).text("run")).isEqualTo(good.toString());
        assertThat(calls.trace(team, poison).text("status")).isEqualTo("error");
        assertThat(calls.trace(team, poison).text("error")).startsWith("[provisioning] what was asked for cannot be read");
        calls.lease("w").expect(204);
        assertThat(calls.status(team, gone)).isEqualTo("error");
    }

    @Test
    void jobsTakeTurns() {
        var other = UUID.randomUUID();
        var first = calls.submit(team, job);
        var second = calls.submit(team, job);
        var third = calls.submit(team, job);
        var late = calls.submit(team, other);
        assertThat(Stream.generate(() -> calls.lease("w").body().path("run").asString("")).limit(4))
                .containsExactly(first.toString(), late.toString(), second.toString(), third.toString());
    }

    @Test
    void badSubmissionsAreRefusedWithTheFieldsName() {
        var good = Calls.submission(new RunId(UUID.randomUUID()), job);
        var bad = Map.of(
                "trace_id", good.replaceFirst("\"trace_id\": \"[^\"]*\"", "\"trace_id\": \"nope\""),
                "env", good.replace("My_Letters", " "),
                "args", good.replaceFirst("\"args\": \\{[^}]*}", "\"args\": [1]"),
                "agent.type", good.replace("\"type\": \"openai_compatible\", ", ""),
                "runtime_config.limits.run_timeout_s",
                        good.replace("\"group_id\"", "\"runtime_config\": {\"limits\": {\"run_timeout_s\": 0}}, \"group_id\""),
                "runtime_config.resources.tpu",
                        good.replace("\"group_id\"", "\"runtime_config\": {\"resources\": {\"tpu\": {\"type\": \"x\"}}}, \"group_id\""),
                "verifier.runtime_config.compose.document",
                        good.replace("\"group_id\"", "\"verifier\": {\"env\": \"x\", \"id\": \"y\", \"runtime_config\": {\"compose\": {}}}, \"group_id\""),
                "verifier",
                        good.replace(
                                "\"group_id\"",
                                "\"runtime_config\": {\"image\": \"x\", \"runtime\": \"kubernetes\"}, \"verifier\": {\"env\": \"x\", \"id\": \"y\"}, \"group_id\""),
                "verifier.id", good.replace("\"group_id\"", "\"verifier\": {\"env\": \"x\"}, \"group_id\""));
        bad.forEach((field, body) ->
                assertThat(calls.post(team, "/v2/rollouts/submit", body).expect(400).text("detail")).startsWith(field + ":"));
        var tooLong = good.replace("\"group_id\"", "\"runtime_config\": {\"limits\": {\"run_timeout_s\": 86401}}, \"group_id\"");
        assertThat(calls.post(team, "/v2/rollouts/submit", tooLong).expect(400).text("detail")).contains("run_timeout_s").contains("86400");
        calls.post(team, "/v2/rollouts/submit", "{").expect(400);
        calls.post(team, "/v2/rollouts/submit", "").expect(400);
        assertThat(calls.get(team, "/v2/jobs").body().get("total").asInt()).isZero();
    }

    private boolean live(RunId run, int attempt) {
        return calls.ask("/internal/runs/" + run + "/live?attempt=" + attempt).expect(200).body().get("live").asBoolean();
    }
}
