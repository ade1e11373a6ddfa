// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.robot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.sdk.agents.AgentResult;
import dev.assay.sdk.agents.AgentRun;
import dev.assay.sdk.agents.ModelEndpoint;
import dev.assay.sdk.agents.NoModelAnswerException;
import dev.assay.sdk.agents.RecordedSteps;
import dev.assay.sdk.agents.robot.PlayedSocket.Connection;
import dev.assay.sdk.agents.robot.PlayedSocket.Play;
import dev.assay.sdk.protocol.Capability;
import dev.assay.sdk.protocol.Json;
import java.io.EOFException;
import java.io.IOException;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a policy and an environment may do wrong: each ends its run with the reason, and none of it is the model's work. */
@Timeout(60)
class RobotHarnessTests {

    private static final NdArray STATE = NdArray.floats(new double[] {1, 2}, 2);
    private static final Map<String, Object> ACTION = Map.of("actions", NdArray.floats(new double[] {0.5, -0.5}, 1, 2));

    private final RecordedSteps steps = new RecordedSteps();
    private final CountDownLatch over = new CountDownLatch(1);

    /** A policy's answer, as a play. */
    private record Odd(String what, Play answer, String why) {
        @Override
        public String toString() {
            return what;
        }
    }

    static Stream<Odd> policies() {
        return Stream.of(
                new Odd("garbage", to -> to.say(new byte[] {(byte) 0xc1}), "answers no MessagePack"),
                new Odd("no map", to -> to.say(List.of(1L)), "answers without 'actions'"),
                new Odd("other members", to -> to.say(Map.of("action", STATE)), "answers without 'actions'"),
                new Odd("words", to -> to.say(Map.of("actions", "left")), "answers something that is no number"),
                new Odd("NaN", to -> to.say(Map.of("actions", NdArray.floats(new double[] {Double.NaN, 0}, 1, 2))),
                        "an action that holds NaN"),
                new Odd("more than 32 bits hold", to -> to.say(Map.of("actions", List.of(1e300, 0.0))), "an action that holds Infinity"),
                new Odd("too few numbers", to -> to.say(Map.of("actions", NdArray.floats(new double[] {1}, 1, 1))),
                        "answers actions of 1 numbers, the robot's have 2"),
                new Odd("three dimensions", to -> to.say(Map.of("actions", NdArray.floats(new double[] {1, 2}, 1, 1, 2))),
                        "an array of 3 dimensions"),
                new Odd("nothing", to -> to.say(Map.of("actions", NdArray.floats(new double[0], 0, 2))), "answers no action"),
                new Odd("millions", to -> to.say(Map.of("actions", NdArray.floats(new double[2 << 16], 1 << 16, 2))),
                        "more than 65536 numbers"),
                new Odd("a lie", to -> to.say(Map.of("actions", new NdArray("<f4", new int[] {1, 2}, new byte[4]))),
                        "4 bytes whose shape wants 8"),
                new Odd("an error", to -> to.complain("Traceback: CUDA out of memory"), "says: Traceback: CUDA out of memory"),
                new Odd("huge", to -> to.announce(1L << 40, 18 << 20), "is longer than 16777216 bytes"),
                new Odd("gone", Connection::close, "was lost"));
    }

    @ParameterizedTest
    @MethodSource("policies")
    void aPolicyThatFailsBeforeItsFirstInferenceLeavesNothingToGrade(Odd odd) throws Exception {
        try (var world = world(this::endlessly); var policy = policy(0, odd.answer())) {
            assertThatThrownBy(() -> run(world, policy, Map.of()))
                    .isInstanceOf(PolicyException.class).hasMessageContaining("the policy at 127.0.0.1").hasMessageContaining(odd.why());
        }
        assertThat(steps.shape()).containsExactly("observation");
    }

    @ParameterizedTest
    @MethodSource("policies")
    void aPolicyThatFailsLaterEndsTheRunWithTheReasonAndWhatWasReached(Odd odd) throws Exception {
        try (var world = world(this::endlessly); var policy = policy(1, odd.answer())) {
            var result = run(world, policy, Map.of());

            assertThat(result.status()).isEqualTo("error");
            assertThat(result.error()).contains(odd.why());
            assertThat(result.extra().get("ticks").intValue()).isEqualTo(1);
            assertThat(result.extra().get("total_reward").doubleValue()).isEqualTo(0.25);
        }
        assertThat(steps.shape()).startsWith("observation", "inference", "observation")
                .last().asString().startsWith("system ").contains(odd.why());
    }

    @Test
    void aPolicyThatIsSilentIsWaitedForAsLongAsTheConfigSays() throws Exception {
        try (var world = world(this::endlessly); var policy = policy(0, to -> over.await())) {
            assertThatThrownBy(() -> run(world, policy, Map.of("inference_timeout_seconds", 0.2)))
                    .isInstanceOf(PolicyException.class).hasMessageContaining("said nothing for");
        } finally {
            over.countDown();
        }
    }

    @Test
    void anAgentWhoseTimeEndsBeforeAnyInferenceIsNotGraded() throws Exception {
        try (var world = world(this::endlessly); var policy = policy(0, to -> over.await())) {
            assertThatThrownBy(() -> run(world, policy, Map.of("timeout_seconds", 0.5)))
                    .isInstanceOf(NoModelAnswerException.class).hasMessageContaining("agent timed out after 0.5s, with no inference done");
        } finally {
            over.countDown();
        }
    }

    @Test
    void aPolicyThatMayNotBeReachedIsNotAndTheReasonIsTold() throws Exception {
        try (var world = world(this::endlessly)) {
            assertThatThrownBy(() -> harness((host, port) -> {
                throw new IOException("'" + host + "' is not a public address");
            }).run(agentRun(world, "ws://10.1.2.3:8000", Map.of())))
                    .isInstanceOf(PolicyException.class)
                    .hasMessage("the policy at 10.1.2.3:8000 cannot be reached: '10.1.2.3' is not a public address");
        }
    }

    static Stream<Arguments> worlds() {
        return Stream.<Odd>of(
                        new Odd("an error", to -> to.complain("robot env: slot timed out waiting for an action"), "slot timed out"),
                        new Odd("garbage", to -> to.say(new byte[] {(byte) 0xc1}), "no MessagePack"),
                        new Odd("no observation", to -> to.say(List.of(1L)), "an observation that is no map"),
                        new Odd("words for a state", to -> to.say(Map.of("state", "standing")), "something that is no number"),
                        new Odd("a reward that is none", to -> to.say(Map.of("state", STATE, "reward", "much")),
                                "something that is no number"),
                        new Odd("a state of millions", to -> to.say(Map.of("state", NdArray.floats(new double[1 << 17], 1 << 17))),
                                "more than 65536"),
                        new Odd("huge", to -> to.announce(1L << 40, 34 << 20), "is longer than 33554432 bytes"),
                        new Odd("more than a policy is asked with",
                                to -> to.say(Map.of("front", new NdArray("|u1", new int[] {4096, 4097, 1}, new byte[4096 * 4097]))),
                                "for its policy, which is asked with 16777216 at most"),
                        new Odd("nothing, a hundred thousand times", to -> to.say(nothings()), "more than 65536 numbers at once"),
                        new Odd("gone", Connection::close, "was lost"))
                .flatMap(odd -> Stream.of(Arguments.of(odd, 0), Arguments.of(odd, 1)));
    }

    @ParameterizedTest
    @MethodSource("worlds")
    void anEnvironmentThatFailsIsNoWorkOfThePolicys(Odd odd, int ticksBefore) throws Exception {
        try (var policy = policy(Integer.MAX_VALUE, to -> {});
                var world = world(to -> {
                    for (int tick = 0; tick < ticksBefore; tick++) {
                        to.say(seen(false));
                        to.hear();
                    }
                    odd.answer().with(to);
                    goodbye(to);
                })) {
            assertThatThrownBy(() -> run(world, policy, Map.of()))
                    .isInstanceOf(RobotLostException.class).hasMessageContaining("the robot 'arm'").hasMessageContaining(odd.why());
        }
    }

    private static Map<String, Object> nothings() {
        var nothing = NdArray.floats(new double[0], 0);
        return IntStream.rangeClosed(0, 1 << 16).boxed().collect(Collectors.toMap(i -> "n" + i, i -> nothing));
    }

    @Test
    void aPictureThatIsLargerForThePolicyThanAsItCameIsTheEnvironmentsToo() throws Exception {
        var large = new NdArray("|u1", new int[] {2048, 2049, 1}, new byte[2048 * 2049]);
        try (var policy = policy(1, to -> {});
                var world = world(to -> {
                    to.say(Map.of("state", STATE, "front", large));
                    goodbye(to);
                })) {
            assertThatThrownBy(() -> run(world, policy, Map.of("adapter", "lerobot", "image_keys", List.of("top"))))
                    .isInstanceOf(RobotLostException.class).hasMessageContaining("which is asked with 16777216 at most");
        }
    }

    @Test
    void aRobotThatGreetsAndWaitsForNoClaimIsSeenFromItsFirstMomentOn() throws Exception {
        try (var policy = policy(1, to -> {});
                var world = new PlayedSocket(to -> {
                    to.say(Map.of("name", "plain"));
                    to.say(seen(false));
                    to.ping();
                    to.hear();
                    to.say(seen(true));
                    goodbye(to);
                })) {
            var run = agentRun(world, policy.url(), Map.of(), Json.object().put("prompt", "reach out"));

            assertThat(harness((host, port) -> policy.dial()).run(run).status()).isEqualTo("completed");
        }
        assertThat(steps.shape()).containsExactly("observation", "inference", "observation");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[65536, 65536]", "[0]", "[-1, -2]", "[65537]"})
    void anActionOfAShapeThatNoRobotHasIsTheContractsFault(String shape) {
        var contract = Json.MAPPER.readTree(
                "{'contract': {'features': {'action': {'role': 'action', 'shape': %s}}}}".formatted(shape).replace('\'', '"'));
        assertThatThrownBy(() -> Contract.of(new Capability("arm", "openpi/0", "ws://127.0.0.1:1", (ObjectNode) contract)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageEndingWith("cannot have its shape: " + shape.replace(" ", ""));
    }

    @Test
    void aContractOfMoreFeaturesThanAnyRobotHasIsRefused() {
        var features = Json.object();
        for (int i = 0; i <= 1024; i++) {
            features.putObject("f" + i).put("role", "observation");
        }
        var params = (ObjectNode) Json.object().set("contract", Json.object().set("features", features));
        assertThatThrownBy(() -> Contract.of(new Capability("arm", "openpi/0", "ws://127.0.0.1:1", params)))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("the robot's contract has more than 1024 features");
    }

    @Test
    void aClaimThatIsRefusedIsToldInTheEnvironmentsWords() throws Exception {
        try (var policy = policy(0, to -> {});
                var world = new PlayedSocket(to -> {
                    to.say(Map.of("claim_required", true));
                    assertThat(to.hear()).isEqualTo(Map.of("claim", "slot-1"));
                    to.complain("ValueError: unknown episode token: 'slot-1'");
                })) {
            assertThatThrownBy(() -> run(world, policy, Map.of()))
                    .isInstanceOf(RobotLostException.class).hasMessageContaining("unknown episode token: 'slot-1'");
        }
        assertThat(steps.shape()).isEmpty();
    }

    @Test
    void aRobotThatIsDoneBeforeItBeginsAsksNoPolicy() throws Exception {
        try (var policy = policy(0, Connection::close);
                var world = world(to -> {
                    to.say(seen(true));
                    goodbye(to);
                })) {
            assertThat(run(world, policy, Map.of())).satisfies(result -> {
                assertThat(result.content()).isEqualTo("done");
                assertThat(result.status()).isEqualTo("completed");
            });
        }
        assertThat(steps.shape()).containsExactly("observation");
    }

    @Test
    void aPolicyOfLeRobotsSeesItsOwnNamesAndPicturesColourByColour() throws Exception {
        var asked = new HashMap<String, Object>();
        var picture = new NdArray("|u1", new int[] {1, 2, 3}, new byte[] {0, 51, 102, (byte) 153, (byte) 204, (byte) 255});
        try (var policy = new PlayedSocket(to -> {
                    to.say(Map.of());
                    ((Map<?, ?>) to.hear()).forEach((name, value) -> asked.put((String) name, value));
                    to.say(Map.of("action", List.of(1L, 2L)));
                    goodbye(to);
                });
                var world = world(to -> {
                    to.say(Map.of("state", STATE, "front", picture, "terminated", false));
                    to.hear();
                    to.say(seen(true));
                    goodbye(to);
                })) {
            var config = Map.of("adapter", "lerobot", "image_keys", List.of("observation.images.top"), "response_key", "action");

            assertThat(run(world, policy, config).status()).isEqualTo("completed");
        }
        assertThat(asked.keySet()).containsExactlyInAnyOrder("observation.state", "task", "observation.images.top");
        assertThat(asked.get("task")).isEqualTo("reach out");
        var shown = (NdArray) asked.get("observation.images.top");
        assertThat(shown.shape()).containsExactly(3, 1, 2);
        assertThat(shown.numbers()).containsExactly(0f, 153 / 255f, 51 / 255f, 204 / 255f, 102 / 255f, 1f);
    }

    @Test
    void aRunNeedsOneRobotAndAPlainPrompt() {
        var none = new AgentRun("t1", null, config("ws://127.0.0.1:1", Map.of()), List.of(), List.of(), one -> null,
                new ModelEndpoint("", "", Map.of()), steps, null, Json.object().put("prompt", "go"));
        assertThatThrownBy(() -> harness(null).run(none)).hasMessage("the environment offers no robot (openpi/0)");

        var turns = new AgentRun("t1", null, config("ws://127.0.0.1:1", Map.of()), List.of(), List.of(robot("ws://127.0.0.1:1")),
                one -> null, new ModelEndpoint("", "", Map.of()), steps, null, Json.object().set("prompt", Json.array().add("go")));
        assertThatThrownBy(() -> harness(null).run(turns)).hasMessage("a robot's prompt must be a plain text");
    }

    private AgentResult run(PlayedSocket world, PlayedSocket policy, Map<String, ?> further) throws Exception {
        return harness((host, port) -> policy.dial()).run(agentRun(world, policy.url(), further));
    }

    private static RobotHarness harness(PolicyRoute route) {
        return new RobotHarness(route, Clock.systemUTC());
    }

    private AgentRun agentRun(PlayedSocket world, String policy, Map<String, ?> further) {
        var started = Json.tree(Map.of("prompt", "reach out", "bindings", Map.of("arm", Map.of("token", "slot-1"))));
        return agentRun(world, policy, further, started);
    }

    private AgentRun agentRun(PlayedSocket world, String policy, Map<String, ?> further, JsonNode started) {
        return new AgentRun("t1", null, config(policy, further), List.of(), List.of(robot(world.url())), one -> world.dial(),
                new ModelEndpoint("", "", Map.of()), steps, null, started);
    }

    private static JsonNode config(String policy, Map<String, ?> further) {
        return ((ObjectNode) Json.tree(further)).put("policy", policy);
    }

    private static Capability robot(String url) {
        var contract = Json.tree(Map.of("features", Map.of(
                "state", Map.of("role", "observation"), "front", Map.of("role", "observation", "type", "rgb"),
                "action", Map.of("role", "action", "shape", List.of(2)))));
        return new Capability("arm", "openpi/0", url, (ObjectNode) Json.object().set("contract", contract));
    }

    /** Greets, takes the claim, and goes on as told. */
    private static PlayedSocket world(Play play) throws IOException {
        return new PlayedSocket(to -> {
            to.say(Map.of("claim_required", true));
            to.hear();
            play.with(to);
        });
    }

    private void endlessly(Connection to) throws Exception {
        while (true) {
            to.say(seen(false));
            to.hear();
        }
    }

    private static Map<String, Object> seen(boolean terminated) {
        return Map.of("state", STATE, "terminated", terminated, "reward", new Packed.NumpyNumber(0.25, "<f4"));
    }

    /** Greets, answers so many inferences well, and the next as told. */
    private static PlayedSocket policy(int well, Play then) throws IOException {
        return new PlayedSocket(to -> {
            to.say(Map.of("name", "stand-in"));
            for (int i = 0; i < well; i++) {
                to.hear();
                to.say(ACTION);
            }
            to.hear();
            then.with(to);
            goodbye(to);
        });
    }

    private static void goodbye(Connection to) throws IOException {
        try {
            while (true) {
                to.hearBytes();
            }
        } catch (EOFException bye) {
            // as it should be
        }
    }
}
