// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class S43QaChecksTests {

    private static final Platform PLATFORM = Platform.shared();
    private static final String KEY = PLATFORM.keyOf("s43");
    private static final Api API = PLATFORM.api(KEY);
    private static final Hud HUD = new Hud().source("letters").against(PLATFORM.url(), KEY);

    private static String right;
    private static String wrong;

    @BeforeAll
    static void evaluate() {
        HUD.run("deploy", "--yes", "--no-env").exitsWith(0);
        HUD.run("sync", "tasks", "letters", "--yes").exitsWith(0);
        right = run("scripted/letters");
        wrong = run("scripted/wrong");
    }

    @Test
    void theCatalogIsShownByLevel() {
        HUD.run("qa", "list").exitsWith(0).says("hack_signs", "trace", "too_easy", "task", "Signs of a hack");
        assertThat(HUD.run("qa", "list", "--level", "task", "-q").exitsWith(0).stdout().lines())
                .containsExactly("too_easy", "too_hard", "flaky_grader", "broken");
    }

    @Test
    void runsAreCheckedByRulesAndByAModelThatTheTeamHasSet() {
        HUD.run("qa", "run", "false_positive", right, "--yes").exitsWith(1).says("error", "No model is set to judge by");
        API.send("PUT", "/v2/qa/settings", "{\"model\": \"scripted/judge\"}").expect(200);

        HUD.run("qa", "run", "hack_signs,reward_hacking", right, "--yes").exitsWith(0).says("passed", "No signs.", "The letters were counted.");
        HUD.run("qa", "run", "reward_hacking,false_negative", right, wrong, "--yes").exitsWith(1).says("failed", "not counted right");
        var first = effective(right, "reward_hacking");
        HUD.run("qa", "run", "reward_hacking", right.replace("-", ""), "--yes").exitsWith(0);
        assertThat(effective(right, "reward_hacking").get("id")).as("there is a result").isEqualTo(first.get("id"));
        HUD.run("qa", "run", "reward_hacking", right, "--overwrite", "--no-wait", "--yes").exitsWith(0);
        await().atMost(Duration.ofMinutes(1)).until(() -> effective(right, "reward_hacking").path("completed_at").isString());
        assertThat(effective(right, "reward_hacking").get("id")).isNotEqualTo(first.get("id"));
        assertThat(first.get("subject_trace_id").stringValue()).isEqualTo(UUID.fromString(right).toString());

        HUD.run("qa", "results", wrong).exitsWith(0)
                .says("false_negative", "Verdict: failed", "Confidence: 70%", "The answer is no number.", "View: " + PLATFORM.url() + "/trace/" + wrong);
        // a judge is called as any model is
        assertThat(API.get("/v2/usage?by=model").expect(200).text()).contains("scripted/judge");
    }

    @Test
    void aTasksResultBelongsToItsVersion() {
        var taskset = API.get("/v2/tasksets/by-name/letters").expect(200).body().get("taskset_id").stringValue();
        var tasks = API.get("/v2/tasksets/" + taskset + "/tasks").expect(200).body().get("items");
        var task = tasks.get(0).get("id").stringValue();
        var job = API.post("/v2/jobs", Map.of("taskset", "letters", "tasks", new String[] {tasks.get(0).get("name").stringValue()}, "group", 8,
                "agent", Map.of("type", "openai_compatible", "config", Map.of("model", "scripted/letters", "max_steps", 3)))).expect(201).body()
                .get("job_id").stringValue();
        await().atMost(Duration.ofMinutes(5)).until(() ->
                API.get("/v2/jobs/" + job + "/statistics").expect(200).body().path("complete").booleanValue());

        HUD.run("qa", "run", "too_easy,too_hard,flaky_grader,broken", task, "--yes").exitsWith(1)
                .says("too_easy", "8 of 8 graded runs", "flaky_grader", "Same answers were graded alike");

        HUD.run("qa", "results", "--level", "task", task).exitsWith(0).says("Task version: " + tasks.get(0).get("version_id").stringValue());
        HUD.run("qa", "results", "--level", "task", task, "--history", "--json").exitsWith(0);
        HUD.run("qa", "run", "too_easy", UUID.randomUUID().toString(), "--yes").exitsWith(1).says("There is no task");
    }

    @Test
    void aJobIsGradedOnceMoreFromItsTracesByARuleAndByAJudge() {
        var run = run("scripted/wrong"); // of its own: checks go by the grade of record
        var regrades = "/v2/jobs/" + API.get("/v2/trace/" + run).expect(200).body().get("job_id").stringValue() + "/regrades";
        var byRule = regraded(regrades, Map.of("rule", "contains", "expected", Map.of("count_letter", "3")));
        assertThat(byRule.path("mean_after").doubleValue()).isEqualTo(0);

        var byJudge = regraded(
                regrades, Map.of("model", "scripted/judge", "criteria", List.of(Map.of("requirement", "is polite")), "make_of_record", true));

        assertThat(byJudge.path("mean_before").doubleValue()).isEqualTo(0);
        assertThat(byJudge.path("mean_after").doubleValue()).isEqualTo(1);
        assertThat(API.get("/v2/trace/" + run + "/grades").expect(200).body().get("items").valueStream()
                        .map(grade -> grade.get("source").stringValue() + " " + grade.get("reward") + " " + grade.get("of_record")))
                .containsExactly("judge 1.0 true", "rule 0.0 false", "environment 0.0 false");
        assertThat(API.get("/v2/trace/" + run + "/grade").expect(200).body().get("reward").doubleValue()).isEqualTo(1);
    }

    private static JsonNode regraded(String regrades, Map<String, ?> by) {
        var asked = API.post(regrades, by).expect(202).body().at("/regrade/id").stringValue();
        var over = await().atMost(Duration.ofMinutes(1)).until(
                () -> API.get(regrades + "/" + asked).expect(200).body(), told -> told.at("/regrade/waiting").intValue() == 0);
        assertThat(over.at("/regrade/graded").intValue()).as("%s", over).isEqualTo(1);
        return over.get("regrade");
    }

    @Test
    void whatIsNoCheckOrOfTwoLevelsIsAUsageError() {
        HUD.run("qa", "run", "nope", right, "--yes").exitsWith(2).says("Unknown QA check: nope");
        HUD.run("qa", "run", "hack_signs,too_easy", right, "--yes").exitsWith(2).says("Run trace-level and task-level checks separately.");
    }

    @Test
    void aRunIsLookedThroughForSignsWithoutAnybodyAsking() {
        assertThat(await().atMost(Duration.ofMinutes(1)).until(() -> effective(wrong, "hack_signs"), row -> row.path("verdict").isString())
                .get("verdict").stringValue()).isEqualTo("passed");
    }

    private static JsonNode effective(String run, String check) {
        return API.get("/v2/qa/results?trace_ids=" + run).expect(200).body().get("results").valueStream()
                .filter(row -> row.get("check_key").stringValue().equals(check)).findFirst().orElse(Api.JSON.createObjectNode());
    }

    private static String run(String model) {
        var run = UUID.randomUUID();
        API.post("/v2/rollouts/submit", Runs.submission(run, UUID.randomUUID(), "letter-count", "count_letter",
                Map.of("word", "strawberry", "letter", "r"), model)).expect(200, 201);
        Runs.finished(API, run);
        return run.toString();
    }
}
