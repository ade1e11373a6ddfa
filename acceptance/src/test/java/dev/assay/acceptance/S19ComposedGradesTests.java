// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class S19ComposedGradesTests {

    @Test
    void aPenaltyMakesTheRewardNegativeAndItsPartsAreKept() {
        var platform = Platform.shared();
        var key = platform.keyOf("s19");

        var report = new Hud().source("composed").against(platform.url(), key).python("run.py").exitsWith(0).json();

        assertThat(report.get("reward").doubleValue()).isEqualTo(-1.0);
        var api = platform.api(key);
        var trace = api.get("/v2/trace/" + report.get("trace").stringValue()).expect(200).body();
        assertThat(trace.get("reward").doubleValue()).isEqualTo(-1.0);
        var either = trace.get("evaluation_result").get("subscores").get(1);
        assertThat(either.get("name").stringValue()).isEqualTo("either");
        assertThat(either.get("children")).hasSize(2);
        var job = api.get("/v2/jobs/" + report.get("job").stringValue()).expect(200).body();
        assertThat(job.get("mean_reward").doubleValue()).isEqualTo(-1.0);
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
            var grade = api.get("/v2/trace/" + report.get("trace").stringValue() + "/grade").expect(200).body();
            assertThat(grade.get("reward").doubleValue()).isEqualTo(-1.0);
            assertThat(api.get("/v2/trace/" + report.get("trace").stringValue() + "/timeline?limit=200").expect(200).text())
                    .contains("it cheated", "it holds");
        });
        Console.look(platform, key, "/trace/" + report.get("trace").stringValue(), page -> {
            var parts = page.locator(".entry.is-evaluate .subscores").first();
            assertThat(parts).containsText("either");
            parts.getByText("info").first().waitFor();
            parts.getByText("info").all().forEach(Locator::click);
            assertThat(parts).containsText("it cheated");
            assertThat(parts).containsText("it holds");
            assertThat(page.locator("main")).containsText("-1.000");
        });
        Console.shows(platform, key, "/jobs/" + report.get("job").stringValue(), "-1.000");
    }
}
