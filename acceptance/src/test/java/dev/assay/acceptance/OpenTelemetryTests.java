// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** An agent that speaks OpenTelemetry is told where to, and by whose key; its run is then on a timeline like any other. */
class OpenTelemetryTests {

    private static final String EXPORTER = "1.45.2";
    private static final Platform PLATFORM = Platform.shared();

    @Test
    void anAgentsRunIsToldByWhatItsExporterSends() {
        var python = Client.besideTheClient("opentelemetry", "opentelemetry-exporter-otlp-proto-http==" + EXPORTER, "opentelemetry-sdk==" + EXPORTER)
                .resolve("python").toString();
        var key = PLATFORM.keyOf("open-telemetry");
        var other = UUID.randomUUID();
        var variables = Map.of(
                "OTEL_EXPORTER_OTLP_ENDPOINT", PLATFORM.url() + "/otlp",
                "OTEL_EXPORTER_OTLP_HEADERS", "Authorization=Bearer " + key,
                "OTEL_EXPORTER_OTLP_COMPRESSION", "gzip");

        var agent = Running.start(Repository.freshFolder("opentelemetry"), variables,
                        List.of(python, Repository.resource("otlp/agent.py").toString(), other.toString()))
                .finish(Duration.ofMinutes(2)).exitsWith(0);

        var run = agent.text().strip().lines().toList().getLast();
        assertThat(agent.text()).as("an exporter complains of what was not taken").isEqualToIgnoringNewLines(run);
        var api = PLATFORM.api(key);
        var entries = entries(api, run, 4);
        assertThat(entries.valueStream().map(entry -> entry.path("kind").asString())).containsExactly("span", "agent", "tool", "span");
        assertThat(entries.get(1).at("/input_messages/0/content/0/text").stringValue()).isEqualTo("How many a are in banana?");
        assertThat(entries.get(1).at("/tool_calls/0/arguments/word").asString()).isEqualTo("banana");
        assertThat(entries.get(1).at("/usage/prompt_tokens").intValue()).isEqualTo(7);
        assertThat(entries.get(2).get("result_text").stringValue()).isEqualTo("3");
        assertThat(entries.get(3).get("error").stringValue()).contains("nobody to report to");
        assertThat(entries.valueStream().skip(1)).extracting(entry -> entry.get("parent_id")).containsOnly(entries.get(0).get("id"));
        assertThat(entries(api, other.toString(), 1).get(0).get("name").stringValue()).isEqualTo("elsewhere");
    }

    private static JsonNode entries(Api api, String run, int count) {
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(
                api.get("/v2/trace/" + run + "/timeline").expect(200).body().get("entries")).hasSize(count));
        return api.get("/v2/trace/" + run + "/timeline").expect(200).body().get("entries");
    }
}
