// SPDX-License-Identifier: Apache-2.0

package dev.assay.examples.solve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.sdk.agents.NoModelAnswerException;
import dev.assay.sdk.protocol.step.Step;
import dev.assay.sdk.protocol.step.ToolStep;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SolveTests {

    private static final String REPORT = "{\"cause\": \"The loop stops one number too early.\", \"files\": [\"sum.sh\"]}";

    @Test
    void aModelThatRepairsTheScriptAndSaysWhyGetsAllOfTheReward() throws Exception {
        try (var model = new PlayedModel("sed -i 's/i < /i <= /' sum.sh && cat sum.sh", REPORT)) {
            var run = Solve.solve(model.url(), "none", "played");

            assertThat(run.reward()).as("%s", run.grade()).isEqualTo(1.0);
            assertThat(run.answer()).isEqualTo(REPORT);
            assertThat(run.steps()).extracting(Step::source).containsExactly("task", "user", "agent", "tool", "agent", "task");
            assertThat(run.steps().get(3)).isInstanceOfSatisfying(
                    ToolStep.class, tool -> assertThat(String.valueOf(tool.result())).contains("i <= $1"));
            assertThat(run.grade().path("subscores").valueStream().map(part -> part.path("name").asString()))
                    .containsExactly("BashGrader", "files", "LLMJudgeGrader");
        }
    }

    @Test
    void oneThatOnlySaysItDidGetsWhatTheAnswerIsWorth() throws Exception {
        try (var model = new PlayedModel("true", REPORT)) {
            assertThat(Solve.solve(model.url(), "none", "played").reward()).isEqualTo(0.4);
        }
        try (var model = new PlayedModel("sed -i 's/i < /i <= /' sum.sh", "Done.")) {
            assertThat(Solve.solve(model.url(), "none", "played").reward()).isEqualTo(0.6);
        }
    }

    @Test
    void whereNoModelAnswersNothingIsGraded() throws Exception {
        try (var model = new PlayedModel("true", REPORT)) {
            assertThatThrownBy(() -> Solve.solve(model.url() + "/elsewhere", "none", "played")).isInstanceOf(NoModelAnswerException.class);
        }
    }
}
