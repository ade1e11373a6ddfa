// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.robot;

import dev.assay.sdk.agents.loop.LoopSettings;
import dev.assay.sdk.protocol.Json;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * How a robot's agent is set up.
 *
 * @param policy where it is served: {@code ws://host:port}, {@code wss://…}
 * @param imageKeys what a policy of LeRobot's calls its pictures
 * @param maxSteps how many ticks it has
 * @param horizon how many actions of an inference are done before the next; null: all
 * @param responseKey under which the policy's answer holds its actions
 * @param inferenceTimeout of one inference
 * @param timeout of the whole agent; null: none
 */
record RobotConfig(
        URI policy, Adapter adapter, List<String> imageKeys, int maxSteps, @Nullable Integer horizon, String responseKey,
        Duration inferenceTimeout, @Nullable Duration timeout) {

    private static final int USUAL_STEPS = 520;
    private static final Duration USUAL_INFERENCE = Duration.ofMinutes(5);

    /** @throws IllegalArgumentException if it cannot be read */
    static RobotConfig of(JsonNode config) {
        var policy = config.path("policy");
        if (!policy.isString()) {
            throw new IllegalArgumentException("'policy' must say where a policy is served: ws://host:port");
        }
        var inference = LoopSettings.seconds(config.path("inference_timeout_seconds"));
        return new RobotConfig(
                URI.create(policy.stringValue()),
                Adapter.named(config.path("adapter").asString("openpi")),
                config.path("image_keys").valueStream().map(key -> key.asString("")).toList(),
                config.path("max_steps").isNumber() ? (int) Json.doubleOf(config.path("max_steps")) : USUAL_STEPS,
                config.path("chunk_size").isNumber() ? (int) Json.doubleOf(config.path("chunk_size")) : null,
                config.path("response_key").asString("actions"),
                Optional.ofNullable(inference).orElse(USUAL_INFERENCE),
                LoopSettings.seconds(config.path("timeout_seconds")));
    }
}
