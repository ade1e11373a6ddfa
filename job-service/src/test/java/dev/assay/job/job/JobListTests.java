// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.job.Calls;
import dev.assay.job.RunningJobService;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

@RunningJobService
class JobListTests {

    @Autowired
    Calls calls;

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
        assertThat(JobView.status(0, 0, 0, 0)).isEqualTo("pending");
        assertThat(JobView.status(2, 1, 1, 0)).isEqualTo("running");
        assertThat(JobView.status(2, 2, 2, 0)).isEqualTo("error");
        assertThat(JobView.status(2, 2, 0, 2)).isEqualTo("cancelled");
        assertThat(JobView.status(2, 2, 1, 1)).isEqualTo("completed");
    }

    @Test
    void hugeRewardsDoNotBreakTheMean() {
        var job = UUID.randomUUID();
        for (var number = 0; number < 4; number++) {
            exit(enter(job), "{\"reward\": 1.7e308, \"evaluation_result\": {\"score\": 1.7e308}}");
        }
        assertThat(calls.get(team, "/v2/jobs/" + job).expect(200).body().get("mean_reward").doubleValue()).isEqualTo(1.7e308);
    }

    @Test
    void pagesThatCannotBeAreRefused() {
        assertThat(calls.get(team, "/v2/jobs?limit=0").expect(400).text("detail")).startsWith("limit:");
        assertThat(calls.get(team, "/v2/jobs?offset=-1").expect(400).text("detail")).startsWith("offset:");
        assertThat(calls.get(team, "/v2/jobs?limit=many").expect(400).text("detail")).startsWith("limit:");
        assertThat(calls.get(team, "/v2/jobs?taskset_id=%00").expect(200).body().get("total").asInt()).isZero();
        assertThat(calls.get(team, "/v2/jobs?limit=1000000").expect(200).body().get("limit").asInt()).isEqualTo(1000);
    }

    private RunId enter(UUID job) {
        var run = new RunId(UUID.randomUUID());
        calls.post(team, "/v2/trace/" + run.hex() + "/enter", "{\"job_id\": \"" + job + "\"}").expect(200);
        return run;
    }

    private void exit(RunId run, String body) {
        calls.post(team, "/v2/trace/" + run.hex() + "/exit", body).expect(200);
    }
}
