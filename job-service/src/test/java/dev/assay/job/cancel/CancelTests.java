// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.cancel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.job.Calls;
import dev.assay.job.RunningJobService;
import dev.assay.job.Time;
import dev.assay.job.run.Queue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

@RunningJobService
class CancelTests {

    @Autowired
    Calls calls;

    @Autowired
    Time time;

    @Autowired
    Queue queue;

    final TeamId team = TeamId.random();
    final UUID job = UUID.randomUUID();

    @Test
    void aQueuedRunIsCancelledAtOnceAndOnlyOnce() {
        var run = calls.submit(team, job);
        assertThat(calls.cancel(team, run)).isEqualTo("accepted");
        assertThat(calls.status(team, run)).isEqualTo("cancelled");
        assertThat(calls.cancel(team, run)).isEqualTo("noop");
        calls.lease("w").expect(204);
    }

    @Test
    void aHeldRunIsCancellingUntilItsWorkerHasStopped() {
        var run = calls.submit(team, job);
        calls.lease("w").expect(200);
        assertThat(calls.cancel(team, run)).isEqualTo("accepted");
        assertThat(calls.status(team, run)).isEqualTo("cancelling");
        assertThat(calls.cancel(team, run)).isEqualTo("noop");
        assertThat(calls.renew(run, "w", 1, "running").expect(200).body().get("cancel").asBoolean()).isTrue();
        calls.outcome(run, "w", 1, "cancelled", "null").expect(204);
        assertThat(calls.status(team, run)).isEqualTo("cancelled");
    }

    @Test
    void aGradeThatWasAlreadyThereIsKept() {
        var run = calls.submit(team, job);
        calls.lease("w").expect(200);
        calls.cancel(team, run);
        calls.outcome(run, "w", 1, "completed", "{\"score\": 1.0}").expect(204);
        assertThat(calls.status(team, run)).isEqualTo("completed");
    }

    @Test
    void aCancellingRunWhoseWorkerIsLostIsCancelled() {
        var run = calls.submit(team, job);
        calls.lease("w").expect(200);
        calls.cancel(team, run);
        time.pass(Duration.ofSeconds(16));
        queue.sweepLeases();
        assertThat(calls.status(team, run)).isEqualTo("cancelled");
    }

    @Test
    void aCancellationMayOvertakeItsSubmission() {
        var run = new RunId(UUID.randomUUID());
        var cancellation = "{\"trace_id\": \"" + run + "\", \"job_id\": \"" + job + "\"}";
        assertThat(calls.post(team, "/v2/rollouts/cancel", cancellation).expect(200).text("status")).isEqualTo("noop");
        assertThat(calls.post(team, "/v2/rollouts/submit", Calls.submission(run, job)).expect(201).text("status")).isEqualTo("cancelled");
        calls.lease("w").expect(204);
    }

    @Test
    void aCancellationWhoseRunNeverComesIsForgottenAfterADay() {
        var run = new RunId(UUID.randomUUID());
        calls.cancel(team, run);
        assertThat(calls.get(team, "/v2/trace/" + run + "/transitions").body().path("items").get(0).path("by").asString()).isEqualTo("user");
        time.pass(Duration.ofHours(23));
        assertThat(queue.forgetCancelledAhead()).isZero();
        time.pass(Duration.ofHours(2));
        assertThat(queue.forgetCancelledAhead()).isEqualTo(1);
        calls.get(team, "/v2/trace/" + run).expect(404);
    }

    @Test
    void aJobIsCancelledButItsFinishedRunsKeepTheirGrades() {
        var finished = calls.submit(team, job);
        calls.lease("w").expect(200);
        calls.outcome(finished, "w", 1, "completed", "{\"score\": 1.0}").expect(204);
        calls.submit(team, job);
        calls.lease("w").expect(200);
        calls.submit(team, job);
        var other = calls.submit(team, UUID.randomUUID());

        var body = "{\"job_id\": \"" + job.toString().replace("-", "").toUpperCase() + "\"}";
        assertThat(calls.post(team, "/v2/rollouts/cancel_job", body).expect(200).body().get("cancelled").asInt()).isEqualTo(2);
        assertThat(calls.post(team, "/v2/rollouts/cancel_job", body).expect(200).body().get("cancelled").asInt()).isZero();
        assertThat(calls.status(team, finished)).isEqualTo("completed");
        assertThat(calls.status(team, other)).isEqualTo("queued");

        var all = calls.post(team, "/v2/rollouts/cancel_user_jobs", "{}").expect(200).body();
        assertThat(all.get("jobs_cancelled").asInt()).isEqualTo(1);
        assertThat(all.get("total_tasks_cancelled").asInt()).isEqualTo(1);
        assertThat(all.get("job_details").get(0).get("cancelled").asInt()).isEqualTo(1);
        assertThat(calls.post(team, "/v2/rollouts/cancel_user_jobs", "{}").body().get("jobs_cancelled").asInt()).isZero();
    }

    @Test
    void whatIsSubmittedToACancelledJobIsCancelled() {
        var before = calls.submit(team, job);
        calls.post(team, "/v2/rollouts/cancel_job", "{\"job_id\": \"" + job + "\"}").expect(200);
        var run = new RunId(UUID.randomUUID());
        assertThat(calls.post(team, "/v2/rollouts/submit", Calls.submission(run, job)).expect(201).text("status")).isEqualTo("cancelled");
        assertThat(calls.post(team, "/v2/rollouts/submit", Calls.submission(run, job)).expect(200).text("status")).isEqualTo("cancelled");
        assertThat(List.of(calls.status(team, before), calls.status(team, run))).containsOnly("cancelled");
        calls.lease("w").expect(204);
        assertThat(calls.status(team, calls.submit(team, UUID.randomUUID()))).isEqualTo("queued");
    }

    @Test
    void cancellingAllOnesJobsReachesThoseWhoseNextRunIsOnlyComing() {
        calls.post(team, "/v2/trace/job/" + job + "/enter", "{}").expect(200);
        assertThat(calls.post(team, "/v2/rollouts/cancel_user_jobs", "{}").expect(200).body().get("jobs_cancelled").asInt()).isZero();
        assertThat(calls.status(team, calls.submit(team, job))).isEqualTo("cancelled");
        calls.lease("w").expect(204);
        assertThat(calls.status(team, calls.submit(team, UUID.randomUUID()))).isEqualTo("queued");
    }

    @Test
    void nothingSlipsIntoAJobWhileItIsCancelled() throws Exception {
        calls.submit(team, job);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var submitted = new ArrayList<Future<?>>();
            for (var number = 0; number < 40; number++) {
                submitted.add(threads.submit(() -> calls.submit(team, job)));
            }
            threads.submit(() -> calls.post(team, "/v2/rollouts/cancel_job", "{\"job_id\": \"" + job + "\"}").expect(200)).get();
            for (var one : submitted) {
                one.get();
            }
        }
        var summary = calls.get(team, "/v2/jobs/" + job + "/summary").expect(200).body();
        assertThat(summary.get("cancelled").asInt()).as("%s", summary).isEqualTo(41);
        calls.lease("w").expect(204);
    }

    @Test
    void anUnknownJobIsNotFound() {
        calls.post(team, "/v2/rollouts/cancel_job", "{\"job_id\": \"" + job + "\"}").expect(404);
        assertThat(calls.post(team, "/v2/rollouts/cancel_job", "{}").expect(400).text("detail")).startsWith("job_id:");
        assertThat(calls.post(team, "/v2/rollouts/cancel", "{}").expect(400).text("detail")).startsWith("trace_id:");
    }
}
