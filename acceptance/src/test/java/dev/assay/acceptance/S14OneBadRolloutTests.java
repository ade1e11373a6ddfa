// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class S14OneBadRolloutTests {

    private final Platform platform = Platform.shared();
    private final String key = platform.keyOf("s14");

    @EveryDeployment
    @Test
    void theMeanIsThatOfTheGradedRunsAndTheOthersSayWhatWentWrong() {
        var evaluated = evaluate("faults", "--all").exitsWith(0).says("Runs: 4", "Mean reward: 1.000", "Errors: 3");

        var job = evaluated.find("/jobs/([0-9a-f-]{36})");
        var runs = new ArrayList<JsonNode>();
        platform.api(key).get("/v2/jobs/" + job + "/traces?limit=20").expect(200).body().get("items").forEach(runs::add);
        assertThat(runs).hasSize(4);
        var failed = runs.stream().filter(run -> run.get("reward").isNull()).toList();
        assertThat(failed).hasSize(3).allSatisfy(run -> {
            assertThat(run.get("status").stringValue()).isEqualTo("error");
            assertThat(run.get("error").stringValue()).isNotBlank();
        });
        assertThat(failed).extracting(run -> run.get("error").stringValue())
                .anySatisfy(error -> assertThat(error).startsWith("[starting task]").contains("the start is bad"))
                .anySatisfy(error -> assertThat(error).startsWith("[grading]").contains("the grade is bad"))
                .anySatisfy(error -> assertThat(error).startsWith("[grading]").contains("finite"));
        var summedUp = platform.api(key).get("/v2/jobs/" + job).expect(200).body();
        assertThat(summedUp.get("graded_count").intValue()).isEqualTo(1);
        assertThat(summedUp.get("ungraded_count").intValue()).isEqualTo(3);
        assertThat(summedUp.get("mean_reward").doubleValue()).isEqualTo(1.0);
        Console.look(platform, key, "/jobs", page -> {
            var row = page.locator("main tr", new Page.LocatorOptions().setHas(page.locator("a[href*='" + job + "']")));
            assertThat(row).containsText("3 errors");
            page.navigate(platform.url() + "/jobs/" + job);
            assertThat(page.locator("main")).containsText("the start is bad");
        });
    }

    @Test
    void whereNothingIsGradedTheCommandFails() {
        assertThat(onlyRun(evaluate("faults", "--task-ids", "badstart").exitsWith(1)).get("error").stringValue())
                .startsWith("[starting task]").contains("the start is bad");
        assertThat(onlyRun(evaluate("broken").exitsWith(1)).get("error").stringValue())
                .startsWith("[provisioning]").contains("there is no database");
    }

    private JsonNode onlyRun(Finished evaluated) {
        var job = evaluated.find("/jobs/([0-9a-f-]{36})");
        var items = platform.api(key).get("/v2/jobs/" + job + "/traces").expect(200).body().get("items");
        assertThat(items).singleElement().satisfies(run -> {
            assertThat(run.get("status").stringValue()).isEqualTo("error");
            assertThat(run.get("reward").isNull()).isTrue();
        });
        // the list cuts long texts
        return platform.api(key).get("/v2/trace/" + items.get(0).get("id").stringValue()).expect(200).body();
    }

    private Finished evaluate(String source, String... options) {
        var command = new ArrayList<>(List.of("eval", "tasks.py", "openai_compatible", "--model", "scripted/agreeable", "-y"));
        command.addAll(List.of(options));
        return new Hud().source(source).against(platform.url(), key).run(command.toArray(String[]::new));
    }
}
