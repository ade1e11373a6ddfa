// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.TeamId;
import dev.assay.job.Calls;
import dev.assay.job.RunningJobService;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** Every field that the published client, or its documentation, names is there: with null where nothing is known. */
@RunningJobService
class ContractFieldsTests {

    @Autowired
    Calls calls;

    final TeamId team = TeamId.random();
    final UUID job = UUID.randomUUID();

    @Test
    void runsAndJobsHaveThem() {
        var run = calls.submit(team, job);
        assertHas(calls.trace(team, run).body(),
                "id", "job_id", "created_at", "status", "reward", "error", "evaluation_result", "task_version_id", "task_slug", "instance_id",
                "inference_llm_model_id", "stop_reason", "views");
        assertHas(calls.get(team, "/v2/jobs?limit=20").expect(200).body().path("items").get(0), "id", "name", "taskset_name", "status", "created_at");
        assertHas(calls.get(team, "/v2/jobs/" + job + "/traces?limit=20").expect(200).body().path("items").get(0),
                "id", "status", "reward", "start_time", "created_at", "error");
    }

    @Test
    void aPageOfStepsOrChangesIsFollowedByTheNext() {
        var run = calls.submit(team, job);
        calls.lease("w").expect(200);
        calls.post(team, "/v2/jobs/" + job + "/pause", "").expect(200);
        calls.post(team, "/v2/jobs/" + job + "/resume", "").expect(200);
        var steps = calls.get(team, "/v2/trace/" + run + "/transitions").expect(200).body();
        assertThat(steps.path("next").isNull()).isTrue();
        assertThat(behind("/v2/trace/" + run + "/transitions?after=", steps.path("items").get(0))).isEqualTo(steps.path("items").get(1));
        var changes = calls.get(team, "/v2/jobs/" + job + "/changes").expect(200).body();
        assertThat(behind("/v2/jobs/" + job + "/changes?before=", changes.path("items").get(0))).isEqualTo(changes.path("items").get(1));
    }

    private JsonNode behind(String path, JsonNode one) {
        var items = calls.get(team, path + one.path("seq").asLong()).expect(200).body().path("items");
        assertThat(items).hasSize(1);
        return items.get(0);
    }

    private static void assertHas(JsonNode view, String... fields) {
        assertThat(view.propertyNames()).contains(fields);
    }
}
