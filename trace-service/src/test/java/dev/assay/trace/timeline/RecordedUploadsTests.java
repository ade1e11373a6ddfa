// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.TeamId;
import dev.assay.sdk.protocol.Json;
import dev.assay.trace.TraceClient;
import dev.assay.trace.TraceServiceTest;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

/** Uploads that the published client really made. */
@TraceServiceTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RecordedUploadsTests {

    @LocalServerPort
    private int port;

    private final Map<String, Integer> spansOfRuns = new LinkedHashMap<>();
    private TraceClient client;

    @BeforeAll
    void uploadAll() throws Exception {
        client = new TraceClient(port, TeamId.random());
        for (var upload : vectors()) {
            var run = run(upload);
            client.upload(run, upload.path("body").toString()).expectStatus().isNoContent();
            spansOfRuns.merge(run, upload.path("spans").intValue(), Integer::sum);
        }
        assertThat(spansOfRuns).isNotEmpty();
        await().untilAsserted(() -> {
            for (var run : spansOfRuns.entrySet()) {
                assertThat(client.events(run.getKey())).as(run.getKey()).hasSize(run.getValue());
            }
        });
    }

    @Test
    void everyEventIsOneThatTheClientCanRead() {
        var calls = 0;
        for (var run : spansOfRuns.keySet()) {
            for (var event : client.events(run)) {
                assertThat(event.path("kind").isString()).isTrue();
                for (var call : event.path("tool_calls")) {
                    calls++;
                    assertThat(call.path("name").isString()).isTrue();
                    assertThat(call.path("arguments").isObject()).as(event.toString()).isTrue();
                }
            }
        }
        assertThat(calls).isPositive();
    }

    @Test
    void everyTimelineIsReadableByPages() {
        for (var run : spansOfRuns.entrySet()) {
            var seen = new HashSet<String>();
            JsonNode page = client.json("/v2/trace/{run}/timeline?limit=3", run.getKey());
            for (; ; page = client.json("/v2/trace/{run}/timeline?limit=3&cursor={next}", run.getKey(), page.path("next").asString())) {
                page.path("entries").forEach(entry -> assertThat(seen.add(entry.path("id").asString())).isTrue());
                if (!page.path("more").booleanValue()) {
                    break;
                }
            }
            assertThat(seen).hasSize(run.getValue());
        }
    }

    @Test
    void aRolloutIsToldFromItsSetupToItsGrade() throws Exception {
        var run = runOf("spans-01");
        var entries = client.json("/v2/trace/{run}/timeline", run).path("entries");

        var steps = entries.valueStream().filter(entry -> entry.has("step")).toList();
        assertThat(steps.getFirst().path("kind").asString()).isEqualTo("setup");
        assertThat(steps.get(1).path("kind").asString()).isEqualTo("prompt");
        assertThat(steps.get(1).path("text").asString()).isNotEmpty();
        assertThat(steps.getLast().path("kind").asString()).isEqualTo("evaluate");
        assertThat(steps.getLast().path("score").isNumber()).isTrue();
        assertThat(steps.getLast().path("subscores").isArray()).isTrue();
        assertThat(steps).extracting(step -> step.path("step").intValue()).isSorted().doesNotHaveDuplicates();
        assertThat(entries.valueStream().map(entry -> entry.path("kind").asString())).contains("filetracking.snapshot", "filetracking.diff");
        var tool = steps.stream().filter(step -> step.path("kind").asString().equals("tool")).findFirst().orElseThrow();
        assertThat(tool.path("tool_name").asString()).isNotEmpty();
        assertThat(tool.path("result_text").asString()).isNotEmpty();
        assertThat(tool.path("arguments").isObject()).isTrue();
    }

    @Test
    void toolEventsShowTextAndErrors() throws Exception {
        var failed = client.events(runOf("spans-20")).path(0);
        assertThat(failed.path("kind").asString()).isEqualTo("tool_call");
        assertThat(failed.path("error").asString()).isEqualTo(failed.path("result_text").asString()).isNotEmpty();

        assertThat(client.events(runOf("spans-21")).path(0).path("error").asString()).isNotEmpty();
        var withImage = client.json("/v2/trace/{run}/timeline", runOf("spans-19")).path("entries").path(0);
        assertThat(withImage.path("content").path(0).path("type").asString()).isEqualTo("image");
    }

    @Test
    void aTextThatHoldsEverythingSurvives() throws Exception {
        var expected = vectors().stream().filter(upload -> upload.path("id").asString().equals("spans-24")).findFirst().orElseThrow()
                .path("body").path("telemetry").path(0).path("attributes").path("hud.payload").path("error").asString();

        assertThat(client.events(runOf("spans-24")).path(0).path("text").asString()).isEqualTo(expected);
    }

    private static String runOf(String id) throws Exception {
        return vectors().stream().filter(upload -> upload.path("id").asString().equals(id)).map(RecordedUploadsTests::run).findFirst().orElseThrow();
    }

    private static String run(JsonNode upload) {
        return upload.path("path").asString().split("/")[2];
    }

    private static List<JsonNode> vectors() throws Exception {
        try (var in = RecordedUploadsTests.class.getResourceAsStream("/vectors/spans.json")) {
            return Json.MAPPER.readTree(in).path("cases").valueStream().toList();
        }
    }
}
