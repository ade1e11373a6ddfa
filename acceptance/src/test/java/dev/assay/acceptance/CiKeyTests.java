// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The published client with the key of a CI, which opens no more than it needs. */
class CiKeyTests {

    private static final Platform PLATFORM = Platform.shared();

    @ParameterizedTest
    @ValueSource(strings = {"models telemetry", "models telemetry read"})
    void anEvaluationRunsAndIsTold(String scopes) {
        var administrator = PLATFORM.api(PLATFORM.keyOf("ci", "ada", "administrator"));
        var key = administrator.post("/v2/keys", Map.of("name", "ci", "scopes", List.of(scopes.split(" ")))).expect(201).body().get("key").stringValue();
        var job = new Hud().source("counter").against(PLATFORM.url(), key)
                .run("eval", "tasks.py", "openai_compatible", "--model", "scripted/counter", "-y").exitsWith(0)
                .says("Mean reward: 1.000").find("/jobs/([0-9a-f-]{36})");
        var run = administrator.get("/v2/jobs/" + job + "/traces").expect(200).body().at("/items/0");
        assertThat(run.get("reward").doubleValue()).isEqualTo(1.0);
        assertThat(administrator.get("/v2/trace/" + run.get("id").stringValue() + "/events").expect(200).body().get("events")).isNotEmpty();
        assertThat(PLATFORM.api(key).post("/v2/tasksets", Map.of("name", "not-by-ci")).expect(403).detail()).contains("'write'");
    }
}
