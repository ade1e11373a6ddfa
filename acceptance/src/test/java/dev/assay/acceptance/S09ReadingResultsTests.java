// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class S09ReadingResultsTests {

    private static final Platform PLATFORM = Platform.shared();
    private static final Hud HUD = new Hud().source("counter").against(PLATFORM.url(), PLATFORM.keyOf("s09"));

    private static String job;
    private static String trace;

    @BeforeAll
    static void evaluateTwice() {
        evaluate();
        job = evaluate();
        trace = HUD.run("jobs", "get", job, "-q").exitsWith(0).stdout().lines().findFirst().orElseThrow();
    }

    @Test
    void jobsComeNewestFirst() {
        HUD.run("jobs").exitsWith(0).says("Recent Jobs", "View: " + PLATFORM.url() + "/jobs");
        var newest = HUD.run("jobs", "list", "-n", "1", "-q").exitsWith(0).stdout().strip();
        assertThat(UUID.fromString(newest)).isEqualTo(UUID.fromString(job));
        assertThat(HUD.run("jobs", "list", "--json").exitsWith(0).json()).hasSize(2);
    }

    @Test
    void aJobShowsItsRunsByDashedAndByHexId() {
        for (var id : new String[] {job, job.replace("-", "")}) {
            HUD.run("jobs", "get", id).exitsWith(0).says("completed", "1.000", "View: " + PLATFORM.url() + "/jobs/" + job);
            HUD.run("jobs", id).exitsWith(0).says("completed");
        }
        assertThat(HUD.run("jobs", "get", job, "--json").exitsWith(0).json().get(0).get("reward").doubleValue()).isEqualTo(1.0);
    }

    @Test
    void aTraceShowsTurnsCallsAndResults() {
        for (var id : new String[] {trace, trace.replace("-", "")}) {
            HUD.run("trace", "get", id).exitsWith(0).says("Source: platform", "Turn 1", "Turn 2", "bash(", "wc -w < instructions.txt", "9");
        }
        var events = HUD.run("trace", trace, "--json").exitsWith(0).json();
        assertThat(events).anySatisfy(event -> {
            assertThat(event.get("kind").stringValue()).isEqualTo("tool_call");
            assertThat(event.get("tool_name").stringValue()).isEqualTo("bash");
            assertThat(event.get("result_text").stringValue()).contains("9");
        });
    }

    @Test
    void whatIsNoIdIsAUsageErrorAndWhatIsUnknownIsNotFound() {
        HUD.run("jobs", "nope").exitsWith(2);
        var unknown = UUID.randomUUID();
        var detail = PLATFORM.api(PLATFORM.keyOf("s09")).get("/v2/jobs/" + unknown + "/traces?limit=20").expect(404).detail();
        HUD.run("jobs", unknown.toString()).exitsWith(1).says(detail);
    }

    private static String evaluate() {
        return HUD.run("eval", "tasks.py", "openai_compatible", "--model", "scripted/counter", "-y").exitsWith(0)
                .says("Mean reward: 1.000").find("/jobs/([0-9a-f-]{36})");
    }
}
