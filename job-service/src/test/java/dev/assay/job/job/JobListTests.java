// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.job.Calls;
import dev.assay.job.RunningJobService;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

@RunningJobService
class JobListTests {

    @Autowired
    Calls calls;

    @Autowired
    JdbcClient jdbc;

    final TeamId team = TeamId.random();

    @Test
    void jobsAreListedNewestFirstWithAnExactTotal() {
        var taskset = UUID.randomUUID();
        for (var number = 1; number <= 5; number++) {
            calls.post(
                            team,
                            "/v2/trace/job/" + UUID.randomUUID() + "/enter",
                            "{\"name\": \"job %d\", \"taskset_id\": \"%s\"}"
                                    .formatted(number, number % 2 == 0 ? taskset : UUID.randomUUID()))
                    .expect(200);
        }
        var page = calls.get(team, "/v2/jobs?limit=2&offset=1").expect(200).body();
        assertThat(page.get("total").asInt()).isEqualTo(5);
        assertThat(page.get("items")).extracting(job -> job.get("name").asString()).containsExactly("job 4", "job 3");
        assertThat(page.get("items").get(0).get("status").asString()).isEqualTo("pending");
        assertThat(calls.get(team, "/v2/jobs?taskset_id=" + taskset).body().get("total").asInt()).isEqualTo(2);
    }

    @Test
    void aJobIsCountedFromItsRunsAndItsMeanLeavesOutTheUngraded() {
        var job = UUID.randomUUID();
        exit(enter(job), "{\"reward\": 1.0, \"evaluation_result\": {\"score\": 1.0}}");
        exit(enter(job), "{\"reward\": 0.5, \"evaluation_result\": {\"score\": 0.5}}");
        exit(enter(job), "{\"status\": \"error\", \"reward\": 0.0, \"error\": \"[starting task] no\"}");
        var open = enter(job);

        var running = calls.get(team, "/v2/jobs/" + job).expect(200).body();
        assertThat(running.get("status").asString()).isEqualTo("running");
        assertThat(running.get("ended_at").isNull()).isTrue();
        exit(open, "{\"status\": \"cancelled\", \"reward\": 0.0}");

        var summary = calls.get(team, "/v2/jobs/" + job + "/summary").expect(200).body();
        assertThat(summary.get("status").asString()).isEqualTo("completed");
        assertThat(summary.get("total").asInt()).isEqualTo(4);
        assertThat(summary.get("error").asInt()).isEqualTo(1);
        assertThat(summary.get("cancelled").asInt()).isEqualTo(1);
        assertThat(summary.get("graded").asInt()).isEqualTo(2);
        assertThat(summary.get("ungraded").asInt()).isEqualTo(2);
        assertThat(summary.get("mean_reward").doubleValue()).isEqualTo(0.75);

        var runs = calls.get(team, "/v2/jobs/" + job + "/traces?limit=3").expect(200).body();
        assertThat(runs.get("total").asInt()).isEqualTo(4);
        assertThat(runs.get("items")).hasSize(3);
        assertThat(runs.get("items").get(0).get("id").asString()).isEqualTo(open.toString());
        assertThat(runs.get("items").get(1).get("error").asString()).isEqualTo("[starting task] no");
        assertThat(runs.get("items").get(1).get("reward").isNull()).isTrue();
    }

    @Test
    void aJobIsAnErrorOrCancelledOnlyIfAllItsRunsAre() {
        assertThat(counts(0, 0, 0, 0).status()).isEqualTo("pending");
        assertThat(counts(2, 0, 1, 0).status()).isEqualTo("running");
        assertThat(counts(2, 0, 2, 0).status()).isEqualTo("error");
        assertThat(counts(2, 0, 0, 2).status()).isEqualTo("cancelled");
        assertThat(counts(2, 0, 1, 1).status()).isEqualTo("completed");
    }

    private static Counts counts(long runs, long completed, long errors, long cancelled) {
        return new Counts(runs, 0, runs - completed - errors - cancelled, completed, errors, cancelled, 0, 0, Map.of(), 0, null, null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.7e308", "-1.7e308", "5e-324", "1e-310", "-0.0", "0.1", "1e22"})
    void noFiniteRewardBreaksAListOrAMeanThatHoldsIt(String odd) {
        var job = UUID.randomUUID();
        for (var number = 0; number < 3; number++) {
            exit(enter(job), "{\"reward\": %1$s, \"evaluation_result\": {\"score\": %1$s}}".formatted(odd));
        }
        var alone = calls.get(team, "/v2/jobs/" + job).expect(200).body();
        assertThat(alone.get("mean_reward").doubleValue()).isEqualTo(Double.parseDouble(odd));
        assertThat(alone.get("standard_deviation").doubleValue()).isZero();

        exit(enter(job), "{\"reward\": -1.7e308, \"evaluation_result\": {\"score\": -1.7e308}}");
        exit(enter(job), "{\"reward\": 5e-324, \"evaluation_result\": {\"score\": 5e-324}}");
        assertThat(calls.get(team, "/v2/jobs").expect(200).body().get("items").get(0).get("mean_reward").isNumber()).isTrue();
        assertThat(calls.get(team, "/v2/jobs/" + job).expect(200).body().get("standard_deviation").isNumber()).isTrue();
        assertThat(calls.get(team, "/v2/jobs/" + job + "/groups").expect(200).body().get("items").get(0).get("mean_reward").isNumber())
                .isTrue();
        assertThat(calls.get(team, "/v2/jobs/" + job + "/traces").expect(200).body().get("items")).hasSize(5);
    }

    @Test
    void aRunThatEndedInAnErrorIsInNoMeanWhateverItsEvaluationSays() {
        var job = UUID.randomUUID();
        exit(enter(job), "{\"reward\": 1.0, \"evaluation_result\": {\"score\": 1.0}}");
        var failed = enter(job);
        exit(failed, "{\"status\": \"error\", \"error\": \"429\", \"reward\": 0.0, \"evaluation_result\": {\"score\": 0.0}}");

        var summary = calls.get(team, "/v2/jobs/" + job).expect(200).body();
        assertThat(summary.get("mean_reward").doubleValue()).isEqualTo(1.0);
        assertThat(summary.get("graded_count").asInt()).isEqualTo(1);
        assertThat(summary.get("ungraded_count").asInt()).isEqualTo(1);

        // run again, and better: counted once
        calls.post(team, "/v2/trace/" + failed.hex() + "/enter", "{}").expect(200);
        assertThat(calls.get(team, "/v2/jobs/" + job).expect(200).body().get("running_count").asInt()).isEqualTo(1);
        exit(failed, "{\"reward\": 0.5, \"evaluation_result\": {\"score\": 0.5}}");
        summary = calls.get(team, "/v2/jobs/" + job).expect(200).body();
        assertThat(summary.get("mean_reward").doubleValue()).isEqualTo(0.75);
        assertThat(summary.get("run_count").asInt()).isEqualTo(2);
        assertThat(summary.get("passed_count").asInt()).isEqualTo(1);
        assertThat(summary.get("ungraded_count").asInt()).isZero();
    }

    @Test
    void aListThatGrowsWhileItIsReadRepeatsAndMissesNothing() {
        var job = UUID.randomUUID();
        var there = Stream.generate(() -> enter(job).toString()).limit(6).toList();
        var seen = new ArrayList<String>();
        var next = "";
        do {
            var page = calls.get(team, "/v2/jobs/" + job + "/traces?limit=2" + next).expect(200).body();
            page.get("items").forEach(item -> seen.add(item.get("id").asString()));
            next = page.get("next").isNull() ? null : "&cursor=" + page.get("next").asString();
            enter(job);
        } while (next != null);
        assertThat(seen).containsExactlyElementsOf(there.reversed());
        assertThat(calls.get(team, "/v2/jobs/" + job + "/traces?limit=1").body().get("total").asInt()).isEqualTo(9);
    }

    @Test
    void jobsThatComeWhileTheListIsReadMoveNothing() {
        for (var number = 1; number <= 3; number++) {
            calls.post(team, "/v2/trace/job/" + UUID.randomUUID() + "/enter", "{\"name\": \"job %d\"}".formatted(number)).expect(200);
        }
        var first = calls.get(team, "/v2/jobs?limit=2").expect(200).body();
        calls.post(team, "/v2/trace/job/" + UUID.randomUUID() + "/enter", "{\"name\": \"job 4\"}").expect(200);
        var second = calls.get(team, "/v2/jobs?limit=2&cursor=" + first.get("next").asString()).expect(200).body();
        assertThat(second.get("items")).extracting(job -> job.get("name").asString()).containsExactly("job 1");
        assertThat(second.get("next").isNull()).isTrue();
        assertThat(second.get("total").asInt()).isEqualTo(4);
    }

    @Test
    void aListHoldsABoundedPartOfWhatARunSays() {
        var job = UUID.randomUUID();
        var run = enter(job);
        exit(run, "{\"status\": \"error\", \"reward\": 0.0, \"error\": \"%s\"}".formatted("длинно".repeat(300_000)));

        var listed = calls.get(team, "/v2/jobs/" + job + "/traces").expect(200).body().get("items").get(0).get("error").asString();
        assertThat(listed).hasSize(1000).startsWith("длинно");
        assertThat(calls.get(team, "/v2/trace/" + run).expect(200).text("error"))
                .hasSizeLessThan(21_000)
                .endsWith("… (1800000 characters in all)");
    }

    @Test
    void aJobIsEstimatedByHowLongLastAttemptsTookWhileSomethingGoesOn() {
        var job = UUID.randomUUID();
        Stream.generate(() -> calls.submit(team, job)).limit(3).toList();
        var first = RunId.parse(calls.lease("w").expect(200).text("run"));
        assertThat(estimatedEnd(job).isNull()).as("nothing has ended").isTrue();
        calls.outcome(first, "w", 1, "completed", "{\"score\": 1}").expect(204);
        assertThat(estimatedEnd(job).isNull()).as("nothing goes on").isTrue();

        // its first attempt began an hour ago, its last one a minute
        jdbc.sql("update run set started_at = started_at - interval '1 hour' where id = :run").param("run", first.value()).update();
        jdbc.sql("update run_transition set at = at - interval '1 minute' where run_id = :run and cause = 'leased'")
                .param("run", first.value())
                .update();
        calls.lease("w").expect(200);
        var left = Duration.between(Instant.now(), Instant.parse(estimatedEnd(job).asString()));
        assertThat(left).as("two runs of a minute, one after the other").isBetween(Duration.ofSeconds(61), Duration.ofMinutes(5));

        calls.post(team, "/v2/jobs/" + job + "/pause", "").expect(200);
        assertThat(estimatedEnd(job).isNull()).as("paused").isTrue();
    }

    @Test
    void ofAJobThatAClientDrivesNobodyKnowsHowManyRunsAreToCome() {
        var job = UUID.randomUUID();
        exit(enter(job), "{\"reward\": 1.0, \"evaluation_result\": {\"score\": 1.0}}");
        enter(job);
        assertThat(estimatedEnd(job).isNull()).isTrue();
    }

    private JsonNode estimatedEnd(UUID job) {
        return calls.get(team, "/v2/jobs/" + job).expect(200).body().get("estimated_end");
    }

    @Test
    void groupsAreListedByTaskWithTheirNumbers() {
        var job = UUID.randomUUID();
        for (var reward : new String[] {"1.0", "0.0"}) {
            exit(enter(job, "b", "g2"), "{\"reward\": %1$s, \"evaluation_result\": {\"score\": %1$s}}".formatted(reward));
        }
        exit(enter(job, "a", "g1"), "{\"status\": \"error\", \"reward\": 0.0}");
        var open = enter(job, "c".repeat(1000), "d".repeat(900));

        var page = calls.get(team, "/v2/jobs/" + job + "/groups?limit=2").expect(200).body();
        assertThat(page.get("items")).extracting(group -> group.get("task_slug").asString()).containsExactly("a", "b");
        var first = page.get("items").get(0);
        assertThat(first.get("run_count").asInt()).isEqualTo(1);
        assertThat(first.get("ungraded_count").asInt()).isEqualTo(1);
        assertThat(first.get("mean_reward").isNull()).isTrue();
        var second = page.get("items").get(1);
        assertThat(second.get("mean_reward").doubleValue()).isEqualTo(0.5);
        assertThat(second.get("standard_deviation").doubleValue()).isEqualTo(Math.sqrt(0.5));
        assertThat(second.get("passed_count").asInt()).isEqualTo(1);
        assertThat(second.get("group_id").asString()).isEqualTo("g2");
        assertThat(second.get("runs")).extracting(run -> run.get("reward").doubleValue()).containsExactly(1.0, 0.0);
        var last = calls.get(team, "/v2/jobs/" + job + "/groups?limit=2&cursor=" + page.get("next").asString()).expect(200).body();
        assertThat(last.get("items").get(0).get("runs").get(0).get("id").asString()).isEqualTo(open.toString());
        assertThat(last.get("next").isNull()).isTrue();
    }

    @Test
    void runsAreListedByWhereTheyStand() {
        var job = UUID.randomUUID();
        exit(enter(job), "{\"reward\": 1.0, \"evaluation_result\": {\"score\": 1.0}}");
        exit(enter(job), "{\"reward\": 0.0}");
        exit(enter(job), "{\"status\": \"error\", \"reward\": 0.0}");
        enter(job);
        calls.submit(team, job);

        assertThat(standing(job, "queued")).isEqualTo("1 of 1");
        assertThat(standing(job, "running")).isEqualTo("1 of 1");
        assertThat(standing(job, "completed")).isEqualTo("2 of 2");
        assertThat(standing(job, "error")).isEqualTo("1 of 1");
        assertThat(standing(job, "cancelled")).isEqualTo("0 of 0");
        assertThat(standing(job, "ungraded")).isEqualTo("2 of 2");
        assertThat(calls.get(team, "/v2/jobs/" + job + "/traces?status=odd").expect(400).text("detail")).startsWith("status:");
    }

    private String standing(UUID job, String status) {
        var page = calls.get(team, "/v2/jobs/" + job + "/traces?status=" + status).expect(200).body();
        return page.get("items").size() + " of " + page.get("total").asInt();
    }

    @Test
    void pagesThatCannotBeAreRefused() {
        assertThat(calls.get(team, "/v2/jobs?limit=0").expect(400).text("detail")).startsWith("limit:");
        assertThat(calls.get(team, "/v2/jobs?offset=-1").expect(400).text("detail")).startsWith("offset:");
        assertThat(calls.get(team, "/v2/jobs?offset=100001").expect(400).text("detail")).startsWith("offset:").contains("cursor");
        assertThat(calls.get(team, "/v2/jobs?cursor=x").expect(400).text("detail")).startsWith("cursor:");
        assertThat(calls.get(team, "/v2/jobs?limit=many").expect(400).text("detail")).startsWith("limit:");
        assertThat(calls.get(team, "/v2/jobs?taskset_id=%00").expect(200).body().get("total").asInt()).isZero();
        assertThat(calls.get(team, "/v2/jobs?limit=1000000").expect(200).body().get("limit").asInt()).isEqualTo(1000);
    }

    private RunId enter(UUID job) {
        var run = new RunId(UUID.randomUUID());
        calls.post(team, "/v2/trace/" + run.hex() + "/enter", "{\"job_id\": \"" + job + "\"}").expect(200);
        return run;
    }

    private RunId enter(UUID job, String task, String group) {
        var run = new RunId(UUID.randomUUID());
        calls.post(
                        team,
                        "/v2/trace/" + run.hex() + "/enter",
                        "{\"job_id\": \"%s\", \"task_slug\": \"%s\", \"group_id\": \"%s\"}".formatted(job, task, group))
                .expect(200);
        return run;
    }

    private void exit(RunId run, String body) {
        calls.post(team, "/v2/trace/" + run.hex() + "/exit", body).expect(200);
    }
}
