// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

class S67CompletedButUngradedTests {

    private final Platform platform = Platform.shared();
    private final Api api = platform.api(Deployed.KEY);

    @Test
    void hostedRunsWithoutAGradeAreErrorsAndNotZeros() {
        Deployed.faults();
        var hud = Deployed.user().source("faults");
        hud.run("sync", "tasks", "s67", "more_tasks.json", "--yes").exitsWith(0);

        var evaluated = hud.run("eval", "s67", "openai_compatible", "--model", "scripted/agreeable", "--all", "-y").exitsWith(0)
                .says("Runs: 4", "Mean reward: 1.000", "Errors: 3");

        var job = evaluated.find("/jobs/([0-9a-f-]{36})");
        for (var run : api.get("/v2/jobs/" + job + "/traces?limit=20").expect(200).body().get("items")) {
            if (run.get("task_slug").stringValue().equals("ok")) {
                assertThat(run.get("reward").doubleValue()).isEqualTo(1.0);
            } else {
                assertThat(run.get("reward").isNull()).as(run.toString()).isTrue();
            }
        }
        var summedUp = api.get("/v2/jobs/" + job).expect(200).body();
        assertThat(summedUp.get("graded_count").intValue()).isEqualTo(1);
        assertThat(summedUp.get("ungraded_count").intValue()).isEqualTo(3);
        assertThat(summedUp.get("mean_reward").doubleValue()).isEqualTo(1.0);

        hud.run("eval", "s67", "openai_compatible", "--model", "scripted/agreeable", "--task-ids", "nan", "-y").exitsWith(1);
    }

    @Test
    void anExitWithoutAnEvaluationIsNoGrade() {
        assertThat(reported(Map.of("status", "completed", "reward", 0.0)).get("reward").isNull()).isTrue();
    }

    @Test
    void anExitWithAnEmptyEvaluationIsNoGradeEither() {
        var answer = reported(Map.of("status", "completed", "reward", 0.0, "evaluation_result", Map.of()));

        assertThat(answer.get("reward").isNull()).isTrue();
        assertThat(answer.path("evaluation_result").isMissingNode() || answer.get("evaluation_result").isNull()).isTrue();
    }

    @Test
    void anExitWithAnEvaluationThatIsAnErrorIsNoGradeEither() {
        var evaluation = Map.of("score", 0.5, "isError", true, "content", "the grader could not tell");

        assertThat(reported(Map.of("status", "completed", "reward", 0.5, "evaluation_result", evaluation)).get("reward"))
                .isEqualTo(JsonNodeFactory.instance.nullNode());
    }

    private JsonNode reported(Map<String, ?> exit) {
        var run = UUID.randomUUID().toString().replace("-", "");
        var job = UUID.randomUUID().toString().replace("-", "");
        api.post("/v2/trace/" + run + "/enter", Map.of("job_id", job, "task_slug", "one", "model", "unknown")).expect(200, 201, 204);
        api.post("/v2/trace/" + run + "/exit", exit).expect(200, 201, 204);
        return api.get("/v2/trace/" + run).expect(200).body();
    }
}
