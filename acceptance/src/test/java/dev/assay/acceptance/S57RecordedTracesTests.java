// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class S57RecordedTracesTests {

    @Test
    void aRunIsLearntFromByItsIdAsIfItHadBeenSent() {
        var toy = Toy.forked("s57", "sums");
        toy.hud.run("deploy", "--yes", "--no-env").exitsWith(0);
        toy.hud.run("sync", "tasks", "sums", "--yes").exitsWith(0);
        Deployed.letters();
        var foreign = UUID.randomUUID();
        Platform.shared().api(Deployed.KEY).post("/v2/rollouts/submit", Runs.submission(foreign, UUID.randomUUID(), "letter-count", "count_letter",
                Map.of("word", "banana", "letter", "a"), "scripted/letters")).expect(200, 201);

        var report = toy.report("recorded.py", foreign.toString());

        assertThat(report.get("recorded")).hasSize(12).isEqualTo(report.get("inline"));
        assertThat(report.get("samples here").intValue()).as("a hosted run brings no tokens along").isZero();
        assertThat(report.get("datums").intValue()).isEqualTo(24);
        assertThat(report.get("unknown").stringValue()).contains("inputs[0]: there is no run");
        assertThat(report.get("foreign").stringValue()).contains("inputs[0]: there is no run " + foreign);
        assertThat(report.get("mixed").stringValue()).contains("inputs[0] to inputs[3]: a group of 4 whose runs are of 2 groups");
        assertThat(report.get("without tokens").stringValue()).contains("has no token ids");
        var inputs = toy.api.get("/v2/models/" + toy.id + "/checkpoints/step-1").expect(200).body().get("inputs");
        assertThat(inputs.valueStream().limit(12).map(input -> input.get("trace_id").stringValue().replace("-", "")))
                .containsExactlyElementsOf(report.get("hosted").valueStream().map(JsonNode::stringValue).map(id -> id.replace("-", "")).toList());
    }

    @Test
    void whatItsModelSampledCountsAndNotWhatItsSpansSay() {
        var toy = Toy.forked("s57-forged", "sums");
        toy.hud.set("HUD_TELEMETRY_URL", "http://127.0.0.1:9").set("HUD_TELEMETRY_LOCAL_DIR", "./spans");

        var report = toy.report("forged.py", Platform.shared().url() + "/telemetry/v3/api");

        assertThat(report.get("forged").intValue()).isEqualTo(12);
        assertThat(report.get("recorded")).hasSize(12).isEqualTo(report.get("inline"));
    }
}
