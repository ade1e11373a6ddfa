// SPDX-License-Identifier: Apache-2.0

package dev.assay.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

@RunningJobService
class TeamsTests {

    @Autowired
    Calls calls;

    final TeamId team = TeamId.random();
    final TeamId other = TeamId.random();
    final UUID job = UUID.randomUUID();

    @Test
    void aTeamSeesAndChangesNothingOfAnothers() {
        var run = calls.submit(team, job);
        var before = calls.get(team, "/v2/trace/" + run).expect(200).body();

        calls.get(other, "/v2/trace/" + run).expect(404);
        calls.get(other, "/v2/jobs/" + job).expect(404);
        calls.get(other, "/v2/jobs/" + job + "/traces").expect(404);
        calls.get(other, "/v2/jobs/" + job + "/summary").expect(404);
        calls.get(other, "/v2/jobs/" + job + "/groups").expect(404);
        calls.post(other, "/v2/trace/" + run + "/enter", "{}").expect(404);
        calls.post(other, "/v2/trace/" + run + "/exit", "{}").expect(404);
        calls.post(other, "/v2/trace/job/" + job + "/enter", "{\"name\": \"mine\"}").expect(404);
        calls.post(other, "/v2/trace/" + UUID.randomUUID() + "/enter", "{\"job_id\": \"" + job + "\"}").expect(404);
        calls.post(other, "/v2/rollouts/submit", Calls.submission(run, UUID.randomUUID())).expect(404);
        calls.post(other, "/v2/rollouts/submit", Calls.submission(new RunId(UUID.randomUUID()), job)).expect(404);
        calls.post(other, "/v2/rollouts/cancel", "{\"trace_id\": \"" + run + "\"}").expect(404);
        calls.post(other, "/v2/rollouts/cancel", "{\"trace_id\": \"" + UUID.randomUUID() + "\", \"job_id\": \"" + job + "\"}").expect(404);
        calls.post(other, "/v2/rollouts/cancel_job", "{\"job_id\": \"" + job + "\"}").expect(404);
        assertThat(calls.post(other, "/v2/rollouts/cancel_user_jobs", "{}").body().get("jobs_cancelled").asInt()).isZero();

        assertThat(calls.get(other, "/v2/jobs").body().get("total").asInt()).isZero();
        assertThat(calls.get(team, "/v2/trace/" + run).body()).isEqualTo(before);
        assertThat(calls.get(team, "/v2/jobs/" + job).body().get("name").isNull()).isTrue();
    }

    @Test
    void groupsAreToldOfTheTeamsOwnRuns() {
        var one = calls.submit(team, job);
        var same = calls.submit(team, job);
        var alone = UUID.randomUUID();
        calls.post(team, "/v2/trace/" + alone + "/enter", "{\"job_id\": \"" + job + "\"}").expect(200);
        var ask = "{\"team\": \"%s\", \"runs\": [\"" + one + "\", \"" + same + "\", \"" + alone + "\", \"" + UUID.randomUUID() + "\"]}";
        var groups = calls.ask("/internal/runs/groups", ask.formatted(team)).expect(200).body().get("groups");
        assertThat(groups.propertyNames()).containsExactlyInAnyOrder(one.toString(), same.toString());
        assertThat(groups.get(one.toString())).isEqualTo(groups.get(same.toString()));
        assertThat(calls.ask("/internal/runs/groups", ask.formatted(other)).expect(200).body().get("groups")).isEmpty();
    }

    @Test
    void theFirstTeamToNameARunOwnsIt() {
        var run = UUID.randomUUID();
        var claim = "/internal/runs/" + run + "/claim";
        assertThat(calls.ask(claim, "{\"team\": \"" + team + "\"}").expect(200).text("team")).isEqualTo(team.toString());
        assertThat(calls.ask(claim, "{\"team\": \"" + other + "\"}").expect(200).text("team")).isEqualTo(team.toString());
        assertThat(calls.get(team, "/v2/trace/" + run).expect(200).text("status")).isEqualTo("running");
        calls.get(other, "/v2/trace/" + run).expect(404);
        calls.post(team, "/v2/rollouts/submit", Calls.submission(new RunId(run), job)).expect(201);
    }

    @Test
    void membersDoNotSeeTheInternalDoors() {
        calls.post(team, "/internal/leases", "{\"waitMillis\": 0}").expect(404);
    }

    @Test
    void operatorsSeeTheQueue() {
        calls.submit(team, job);
        assertThat(calls.metrics()).contains("assay_runs{state=\"queued\"").contains("assay_runs_wait_seconds");
    }

    @Test
    void everyPublicEndpointIsDocumented() {
        var paths = calls.ask("/v3/api-docs").expect(200).body().get("paths");
        assertThat(paths.propertyNames())
                .contains(
                        "/v2/rollouts/submit",
                        "/v2/rollouts/cancel",
                        "/v2/rollouts/cancel_job",
                        "/v2/rollouts/cancel_user_jobs",
                        "/v2/trace/job/{job_id}/enter",
                        "/v2/trace/{trace_id}/enter",
                        "/v2/trace/{trace_id}/exit",
                        "/v2/trace/{trace_id}",
                        "/v2/jobs",
                        "/v2/jobs/{job_id}",
                        "/v2/jobs/{job_id}/traces",
                        "/v2/jobs/{job_id}/summary",
                        "/v2/jobs/{job_id}/groups",
                        "/runtime/sessions",
                        "/runtime/sessions/{id}")
                .noneMatch(path -> path.startsWith("/internal"));
    }
}
