// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Under a user of its own, because one of the commands cancels whatever its user runs. */
class S39CancelTests {

    private static final Platform PLATFORM = Platform.shared();
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static String key;

    @BeforeAll
    static void publish() {
        Deployed.letters();
        key = PLATFORM.keyOf("shared", "canceller", "member");
        user().source("letters").run("sync", "tasks", "s39", "--yes").exitsWith(0);
    }

    @EveryDeployment
    @Test
    void oneRunAndThenTheWholeJobAreCancelled() {
        var hud = user();
        try (var evaluation = slowEvaluation(hud)) {
            var job = activeJob();
            var run = runs(job).stream().filter(one -> one.get("status").stringValue().equals("running")).findFirst().orElseThrow()
                    .get("id").stringValue();
            // S36: its steps are shown while it goes on
            await().atMost(PATIENCE).until(() -> Timelines.of(PLATFORM.api(key), UUID.fromString(run)).toString().contains("\"setup\""));
            assertThat(Leftovers.sandboxesOf(run, PLATFORM.data)).hasSize(1);

            hud.run("jobs", "cancel", job, "--trace-id", run, "--yes").exitsWith(0).says("Task cancellation requested.");
            assertThat(status(run)).isIn("cancelling", "cancelled");
            await().atMost(PATIENCE).until(() -> status(run).equals("cancelled"));
            await().atMost(PATIENCE).until(() -> Leftovers.sandboxesOf(run, PLATFORM.data).isEmpty());
            hud.run("jobs", "cancel", job, "--trace-id", run, "--yes").exitsWith(0).says("Task not found or already finished.");

            var left = active(job).size();
            hud.run("jobs", "cancel", job, "--yes").exitsWith(0).says("Cancellation requested for " + left + " task(s).");
            await().atMost(PATIENCE).until(() -> active(job).isEmpty());
            assertThat(hud.run("jobs", "cancel", job, "--yes", "--json").exitsWith(0).json().get("cancelled").intValue()).isZero();
            hud.run("jobs", "cancel", job, "--yes").exitsWith(0).says("No active tasks found");

            evaluation.finish(PATIENCE).exitsWith(1).says("error");
            assertThat(runs(job)).allSatisfy(ended -> {
                assertThat(ended.get("status").stringValue()).isEqualTo("cancelled");
                assertThat(ended.get("reward").isNull()).isTrue();
            });
            Console.shows(PLATFORM, key, "/jobs/" + job, runs(job).size() + " cancelled");
        }
    }

    @Test
    void everythingOfAUserIsCancelledAtOnce() {
        var hud = user();
        try (var evaluation = slowEvaluation(hud)) {
            var job = activeJob();

            hud.run("jobs", "cancel", "--all", "--yes").exitsWith(0).says("Cancelled 1 job(s)");
            await().atMost(PATIENCE).until(() -> active(job).isEmpty());
            hud.run("jobs", "cancel", "--all", "--yes").exitsWith(0).says("No active jobs found.");
            hud.run("cancel", job, "--yes").exitsWith(0).says("No active tasks found", "deprecated");
            evaluation.finish(PATIENCE).exitsWith(1);
        }
    }

    @EveryDeployment
    @Test
    void aFinishedRunKeepsItsGradeAndACancellationMayOvertakeItsSubmission() {
        var api = PLATFORM.api(key);
        var job = UUID.randomUUID();
        var graded = UUID.randomUUID();
        var early = UUID.randomUUID();

        assertThat(cancel(api, early)).as("nobody knows it yet").isEqualTo("noop");
        for (var run : List.of(graded, early)) {
            api.post("/v2/rollouts/submit", Runs.submission(run, job, "letter-count", "count_letter",
                    Map.of("word", "banana", "letter", "a"), "scripted/letters")).expect(201);
        }

        assertThat(Runs.finished(api, early).get("status").stringValue()).isEqualTo("cancelled");
        assertThat(Runs.finished(api, graded).get("reward").doubleValue()).isEqualTo(1.0);
        assertThat(cancel(api, graded)).isEqualTo("noop");
        assertThat(api.post("/v2/rollouts/cancel_job", Map.of("job_id", job)).expect(200).body().get("cancelled").intValue()).isZero();
        var kept = Runs.finished(api, graded);
        assertThat(kept.get("status").stringValue()).isEqualTo("completed");
        assertThat(kept.get("reward").doubleValue()).isEqualTo(1.0);
    }

    private static String cancel(Api api, UUID run) {
        return api.post("/v2/rollouts/cancel", Map.of("trace_id", run)).expect(200).body().get("status").stringValue();
    }

    @Test
    void aDeadlineCancelsTheHostedRun() {
        var report = user().source("own").python("hosted.py", "s39", "scripted/slow", "4").exitsWith(0).json();

        assertThat(report.get("graded").booleanValue()).isFalse();
        await().atMost(PATIENCE).until(() -> status(report.get("trace").stringValue()).equals("cancelled"));
    }

    private static Hud user() {
        return new Hud().against(PLATFORM.url(), key);
    }

    private static Running slowEvaluation(Hud hud) {
        return hud.start("eval", "s39", "openai_compatible", "--model", "scripted/slow", "--all", "-y");
    }

    /** The job of this class that has three active runs, one of them with a worker. */
    private static String activeJob() {
        return await().atMost(PATIENCE).until(() -> StreamSupport.stream(
                                PLATFORM.api(key).get("/v2/jobs?limit=100").expect(200).body().get("items").spliterator(), false)
                        .filter(job -> job.path("taskset_name").asString("").equals("s39"))
                        .map(job -> job.get("id").stringValue())
                        .filter(job -> active(job).size() == 3)
                        .filter(job -> runs(job).stream().anyMatch(run -> run.get("status").stringValue().equals("running")))
                        .findFirst(),
                Optional::isPresent).orElseThrow();
    }

    private static List<String> active(String job) {
        return runs(job).stream()
                .filter(run -> !List.of("completed", "error", "cancelled").contains(run.get("status").stringValue()))
                .map(run -> run.get("id").stringValue())
                .toList();
    }

    private static List<JsonNode> runs(String job) {
        var items = PLATFORM.api(key).get("/v2/jobs/" + job + "/traces?limit=50").expect(200).body().get("items");
        return StreamSupport.stream(items.spliterator(), false).toList();
    }

    private static String status(String run) {
        return PLATFORM.api(key).get("/v2/trace/" + run).expect(200).body().get("status").stringValue();
    }
}
