// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.sdk.protocol.Json;
import dev.assay.testsupport.Tokens;
import dev.assay.trace.TestSpans;
import dev.assay.trace.TraceClient;
import dev.assay.trace.TraceServiceTest;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.node.ObjectNode;

@TraceServiceTest
class SamplesTests {

    @LocalServerPort
    private int port;

    private final TeamId team = TeamId.random();
    private final String run = new RunId(UUID.randomUUID()).hex();

    private static ObjectNode turn(String sample) {
        var payload = Json.object().put("source", "agent").put("content", "hm");
        payload.set("sample", Json.MAPPER.readTree(sample));
        return payload;
    }

    private static ObjectNode grade() {
        var payload = Json.object().put("source", "task");
        payload.putObject("task_call").put("phase", "evaluate");
        return payload;
    }

    private ObjectNode call(String id, String upstream, String ending) {
        var payload = Json.object().put("operation", "generate").put("upstream", upstream).put("ending", ending);
        return TestSpans.span(run, id, "model.call", "assay.call.v1", null, 5, payload);
    }

    @Test
    void whatAModelSampledIsToldInTheOrderOfItsTurnsToTheLastBit() {
        var client = new TraceClient(port, team);
        var service = new TraceClient(port, Tokens.service());
        var second = "{\"prompt_token_ids\":[1,2,3],\"output_token_ids\":[4,5],\"output_logprobs\":[-0.25,-1.5E-7]}";
        var first = "{\"prompt_token_ids\":[1],\"output_token_ids\":[2],\"output_logprobs\":[-0.1]}";
        client.send(run,
                TestSpans.span(run, "b", "step.agent", "hud.step.v1", 3, 3, turn(second)),
                TestSpans.span(run, "a", "step.agent", "hud.step.v1", 2, 2, turn(first)),
                TestSpans.span(run, "c", "step.agent", "hud.step.v1", 4, 4, turn("{\"output_token_ids\": []}")),
                TestSpans.span(run, "e", "step.agent", "hud.step.v1", 5, 5, Json.object().put("source", "agent").put("error", "402")),
                call("f", "trainer", "done"), call("g", "openai", "done"), call("h", "openai", "failed"));
        await().untilAsserted(() -> {
            var told = service.json("/internal/runs/{run}/samples?team={team}", run, team);
            assertThat(told.path("samples").toString()).isEqualTo("[" + first + "," + second + "]");
            assertThat(told.path("turns").intValue()).as("but for one that came to nothing").isEqualTo(3);
            assertThat(told.path("elsewhere").intValue()).isEqualTo(1);
            assertThat(told.path("graded").booleanValue()).isFalse();
        });
        client.send(run, TestSpans.span(run, "d", "step.task", "hud.step.v1", 6, 6, grade()));
        await().untilAsserted(() -> assertThat(
                        service.json("/internal/runs/{run}/samples?team={team}", run, team).path("graded").booleanValue())
                .isTrue());

        service.get("/internal/runs/{run}/samples?team={team}", run, TeamId.random()).expectStatus().isNotFound();
        client.get("/internal/runs/{run}/samples?team={team}", run, team).expectStatus().isNotFound();
    }
}
