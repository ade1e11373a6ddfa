// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.rerun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.contracts.event.RunFinished;
import dev.assay.job.Calls;
import dev.assay.job.Ends;
import dev.assay.job.RunningJobService;
import dev.assay.job.run.UnscoredRuns;
import dev.assay.kit.identity.Role;
import dev.assay.testsupport.Tokens;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

@RunningJobService
class RerunTests {

    @Autowired
    Calls calls;

    @Autowired
    Ends ends;

    @Autowired
    UnscoredRuns unscored;

    final TeamId team = TeamId.random();
    final UUID job = UUID.randomUUID();

    @Test
    void onlyWhatHasNoGradeIsRunAgain() {
        var graded = ended("completed", "{\"score\": 0.0}");
        var failed = ended("error", "null");
        var ungraded = ended("completed", "null");
        var cancelled = calls.submit(team, job);
        calls.cancel(team, cancelled);
        var clients = UUID.randomUUID();
        calls.post(team, "/v2/trace/" + clients + "/exit", "{\"job_id\": \"" + job + "\"}").expect(200);
        var held = calls.submit(team, job);
        calls.lease("w").expect(200);

        assertThat(rerun("{}").body().path("rerun").asInt()).isEqualTo(3);
        assertThat(List.of(failed, ungraded, cancelled)).allSatisfy(run -> assertThat(calls.status(team, run)).isEqualTo("queued"));
        assertThat(calls.status(team, graded)).isEqualTo("completed");
        assertThat(calls.status(team, held)).isEqualTo("initializing");
        assertThat(rerun("{}").text("status")).isEqualTo("noop");
        assertThat(calls.get(team, "/v2/jobs/" + job).body().path("queued_count").asInt()).isEqualTo(3);
    }

    @Test
    void theAttemptsAreCountedOnAndTheLatestEndIsTheOneThatCounts() {
        var run = ended("error", "null");
        assertThat(calls.trace(team, run).text("error")).isEmpty();
        assertThat(calls.post(team, "/v2/trace/" + run.hex() + "/rerun", "{}").expect(200).text("status")).isEqualTo("accepted");
        assertThat(calls.post(team, "/v2/trace/" + run + "/rerun", null).expect(200).text("status")).isEqualTo("noop");
        assertThat(calls.trace(team, run).body().path("ended_at").isNull()).isTrue();

        calls.outcome(run, "w", 1, "completed", "{\"score\": 0.25}").expect(409);
        assertThat(calls.ask("/internal/runs/" + run + "/live?attempt=1").expect(200).body().path("latest").asBoolean())
                .as("it was heard: what it has on its disk is taken").isTrue();
        assertThat(calls.lease("w").expect(200).body().path("attempt").asInt()).isEqualTo(2);
        calls.outcome(run, "w", 2, "completed", "{\"score\": 0.5}").expect(204);
        assertThat(calls.trace(team, run).body().path("reward").asDouble()).isEqualTo(0.5);
        assertThat(calls.get(team, "/v2/jobs/" + job).body().path("mean_reward").asDouble()).isEqualTo(0.5);
        assertThat(ends.told(team)).extracting(RunFinished::revision, RunFinished::reward)
                .containsExactly(tuple(1, null), tuple(2, 0.5));
        assertThat(calls.get(team, "/v2/trace/" + run + "/transitions").body().path("items").valueStream().map(step -> step.path("cause").asString()))
                .containsExactly("submitted", "leased", "reported", "rerun", "leased", "reported");
        assertThat(calls.post(team, "/v2/trace/" + run + "/rerun", "{}").expect(200).text("status")).isEqualTo("noop");
    }

    @Test
    void toldAgainItReachesNothingThatHasEndedSince() {
        var run = ended("error", "null");
        var seen = "{\"ended_by\": \"" + calls.trace(team, run).text("ended_at") + "\"}";
        assertThat(rerun(seen).text("status")).isEqualTo("accepted");
        calls.lease("w").expect(200);
        calls.outcome(run, "w", 2, "error", "null").expect(204);
        assertThat(rerun(seen).text("status")).isEqualTo("noop");
        assertThat(calls.status(team, run)).isEqualTo("error");
    }

    @ParameterizedTest
    @ValueSource(strings = {"+300000-01-01T00:00:00Z", "+1000000000-01-01T00:00:00Z"})
    void aTimeToComeIsNow(String time) {
        var run = ended("error", "null");
        assertThat(rerun("{\"ended_by\": \"" + time + "\"}").body().path("rerun").asInt()).isEqualTo(1);
        assertThat(calls.status(team, run)).isEqualTo("queued");
    }

    @ParameterizedTest
    @CsvSource({
        "ended_by, -999999-01-01T00:00:00Z, ended_by: must not be before 1970",
        "ended_by, yesterday, ended_by:",
        "endedBy, 2026-11-27T03:04:05Z, endedBy: there is no such field",
    })
    void whatCannotBeIsRefusedByItsNameAndTheJobStaysCancelled(String field, String time, String detail) {
        var run = calls.submit(team, job);
        calls.post(team, "/v2/rollouts/cancel_job", "{\"job_id\": \"" + job + "\"}").expect(200);
        assertThat(calls.post(team, "/v2/jobs/" + job + "/rerun", "{\"" + field + "\": \"" + time + "\"}").expect(400).text("detail"))
                .startsWith(detail);
        assertThat(List.of(calls.status(team, run), calls.status(team, calls.submit(team, job)))).containsOnly("cancelled");
    }

    @Test
    void aCancelledJobThatIsRunAgainIsCancelledNoMore() {
        var run = calls.submit(team, job);
        calls.post(team, "/v2/rollouts/cancel_job", "{\"job_id\": \"" + job + "\"}").expect(200);
        assertThat(rerun("{}").text("status")).isEqualTo("accepted");
        assertThat(List.of(calls.status(team, run), calls.status(team, calls.submit(team, job)))).containsOnly("queued");
    }

    @Test
    void whoeverCancelsTheJobWhileItIsRunAgainHasTheLastWord() {
        var run = calls.submit(team, job);
        calls.post(team, "/v2/rollouts/cancel_job", "{\"job_id\": \"" + job + "\"}").expect(200);
        assertThat(unscored.rerunSome(new JobId(job), unscored.now(), new UserId(UUID.randomUUID()))).isZero();
        assertThat(calls.status(team, run)).isEqualTo("cancelled");
    }

    @Test
    void aPausedJobIsGivenOutAgainOnceItIsResumed() {
        var run = calls.submit(team, job);
        calls.submit(team, job);
        calls.lease("w").expect(200);
        var since = calls.post(team, "/v2/jobs/" + job + "/pause", null).expect(200).text("paused_at");
        assertThat(calls.post(team, "/v2/jobs/" + job + "/pause", "").expect(200).text("paused_at")).isEqualTo(since).isNotEmpty();
        calls.lease("w").expect(204);
        calls.renew(run, "w", 1, "running").expect(200);
        var other = calls.submit(team, UUID.randomUUID());
        assertThat(calls.lease("w").expect(200).text("run")).isEqualTo(other.toString());

        assertThat(calls.post(team, "/v2/jobs/" + job + "/resume", null).expect(200).body().path("paused_at").isNull()).isTrue();
        calls.post(team, "/v2/jobs/" + job + "/resume", null).expect(200);
        calls.lease("w").expect(200);
    }

    @Test
    void nobodyElsesJobsAreTouched() {
        var run = ended("error", "null");
        for (var path : List.of("/v2/jobs/" + job + "/pause", "/v2/jobs/" + job + "/resume", "/v2/jobs/" + job + "/rerun", "/v2/trace/" + run + "/rerun")) {
            calls.post(TeamId.random(), path, "{}").expect(404);
            calls.as(Tokens.person(team, Role.VIEWER), "POST", path, "{}").expect(403);
        }
        calls.post(team, "/v2/jobs/" + UUID.randomUUID() + "/pause", "{}").expect(404);
        calls.post(team, "/v2/trace/" + UUID.randomUUID() + "/rerun", "{}").expect(404);
        assertThat(calls.status(team, run)).isEqualTo("error");
    }

    private Calls.Reply rerun(String body) {
        return calls.post(team, "/v2/jobs/" + job + "/rerun", body).expect(200);
    }

    private RunId ended(String status, String evaluation) {
        var run = calls.submit(team, job);
        calls.lease("w").expect(200);
        calls.outcome(run, "w", 1, status, evaluation).expect(204);
        return run;
    }
}
