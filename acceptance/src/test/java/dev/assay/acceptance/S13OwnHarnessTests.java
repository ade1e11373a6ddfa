// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class S13OwnHarnessTests {

    @Test
    void anAgentOfOnesOwnIsGradedAndItsStepsAreOnTheTrace() {
        var platform = Platform.shared();
        var key = platform.keyOf("s13");
        var hud = new Hud().source("own").against(platform.url(), key);

        var report = hud.python("run.py").exitsWith(0).json();

        assertThat(report.get("reward").doubleValue()).isEqualTo(1.0);
        var trace = report.get("trace").stringValue();
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(
                platform.api(key).get("/v2/trace/" + trace + "/events").expect(200).text()).contains("I double it in my head."));
        var run = platform.api(key).get("/v2/jobs/" + report.get("job").stringValue() + "/traces?limit=20").expect(200)
                .body().get("items").get(0);
        assertThat(run.path("model").asString("")).isNotEqualTo("unknown");
        Console.shows(platform, key, "/trace/" + trace, "I double it in my head.", "1.000");
    }
}
