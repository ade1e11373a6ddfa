// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.robot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.sdk.agents.AgentRun;
import dev.assay.sdk.agents.ModelEndpoint;
import dev.assay.sdk.protocol.Capability;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.step.RobotStep.VideoSegment;
import dev.assay.sdk.protocol.step.Spans;
import dev.assay.sdk.protocol.step.Step;
import java.io.EOFException;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the published client's own robot agent said to a robot and to a policy, and told of it, is what ours says and tells: byte by byte on
 * both sockets, step by step on the timeline. Recorded by {@code record.py} with the environment {@code watched} of the acceptance tests.
 */
class RecordedRobotsTests {

    static Stream<JsonNode> conversations() {
        return Json.MAPPER.readTree(RecordedRobotsTests.class.getResourceAsStream("/robot/conversations.json")).valueStream();
    }

    @ParameterizedTest
    @MethodSource("conversations")
    void theSameConversation(JsonNode recorded) throws Exception {
        var steps = new CopyOnWriteArrayList<Step>();
        try (var world = played(recorded, "world", "heard"); var policy = played(recorded, "policy", "asked")) {
            var contract = (ObjectNode) Json.object().set("contract", recorded.get("contract"));
            var robot = new Capability("robot", "openpi/0", world.url(), contract);
            var config = Json.object().put("policy", policy.url());
            config.set("max_steps", recorded.get("ticks"));
            config.set("chunk_size", recorded.get("horizon"));
            var started = Json.tree(Map.of(
                    "prompt", recorded.get("prompt"), "bindings", Map.of("robot", Map.of("token", recorded.get("token")))));
            var run = new AgentRun(
                    "t1", null, config, List.of(), List.of(robot), one -> world.dial(), new ModelEndpoint("", "", Map.of()),
                    (step, from, to) -> steps.add(step), null, started);

            var result = new RobotHarness((host, port) -> policy.dial(), Clock.systemUTC()).run(run);

            world.played().join();
            policy.played().join();
            assertThat(result.content()).isEqualTo(recorded.get("content").stringValue());
            assertThat(result.status()).isEqualTo("completed");
            assertThat(result.stopReason()).isNull();
            assertThat(Math.min(1, result.extra().get("total_reward").doubleValue() / 20)).isEqualTo(recorded.get("reward").doubleValue());
        }
        var filmed = steps.stream().filter(VideoSegment.class::isInstance).map(VideoSegment.class::cast).toList();
        assertThat(filmed).extracting(VideoSegment::camera).containsOnly("front").hasSize(2);
        assertThat(filmed).extracting(VideoSegment::fps).containsOnly(10);
        assertThat(told(steps)).isEqualTo(recorded.get("steps"));
    }

    private static PlayedSocket played(JsonNode recorded, String who, String heard) throws Exception {
        return new PlayedSocket(connection -> {
            for (var message : recorded.get("exchange")) {
                var frame = Base64.getDecoder().decode(message.get("frame").stringValue());
                switch (message.path(who).asString("")) {
                    case "" -> {}
                    case "said" -> connection.say(frame);
                    case String other when other.equals(heard) -> assertThat(connection.hearBytes()).isEqualTo(frame);
                    default -> throw new IllegalStateException(message.toString());
                }
            }
            try {
                throw new AssertionError("it goes on: " + connection.hear());
            } catch (EOFException goodbye) {
                // as it should be
            }
        });
    }

    /** As spans carry them, but for numbers and times. */
    private static ArrayNode told(List<Step> steps) {
        var spans = new Spans("2b0e365b-20f6-4f3b-b114-738e592b4f44");
        var told = Json.array();
        steps.stream().filter(step -> !(step instanceof VideoSegment)).forEach(step -> {
            var span = spans.next(step, null, Clock.systemUTC().instant());
            var payload = (ObjectNode) span.at("/attributes/hud.payload");
            payload.remove(List.of("step_id", "started_at", "ended_at"));
            told.addObject()
                    .put("schema", span.at("/attributes").get("hud.schema").stringValue())
                    .put("name", span.get("name").stringValue())
                    .set("payload", payload);
        });
        return (ArrayNode) Json.MAPPER.readTree(told.toString());
    }
}
