// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.loop;

import dev.assay.sdk.protocol.Json;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What every agent with tools can be configured with.
 *
 * @param maxSteps how many turns the model has; 0 or less: none
 * @param stopOn {@code length} and {@code malformed_tool_call}, where such a turn ends the run
 * @param timeout of the whole agent, null: none
 * @param toolTimeout of one call, null: none
 * @param autoRespond whether a model that stops to ask is told to go on
 */
public record LoopSettings(
        int maxSteps, Set<String> stopOn, @Nullable Duration timeout, @Nullable Duration toolTimeout, boolean autoRespond) {

    private static final int DEFAULT_STEPS = 10;

    public static LoopSettings of(JsonNode config) {
        return of(config, Json.object());
    }

    /** @param defaults for members that the config leaves out; one that it sets to null stays null */
    public static LoopSettings of(JsonNode config, JsonNode defaults) {
        var stopOn = config.path("stop_on").valueStream().map(word -> word.asString("")).collect(Collectors.toUnmodifiableSet());
        var toolTimeout = config.has("tool_timeout_seconds") ? config : defaults;
        return new LoopSettings(
                config.path("max_steps").asInt(DEFAULT_STEPS),
                stopOn,
                seconds(config.path("timeout_seconds")),
                seconds(toolTimeout.path("tool_timeout_seconds")),
                config.path("auto_respond").asBoolean(false));
    }

    /** For people: no more digits than it needs. */
    public static String seconds(@Nullable Duration duration) {
        return duration == null ? "0" : BigDecimal.valueOf(duration.toMillis(), 3).stripTrailingZeros().toPlainString();
    }

    /** A positive number of seconds; null for anything else. */
    public static @Nullable Duration seconds(JsonNode value) {
        return value.isNumber() && Json.doubleOf(value) > 0 ? Duration.ofNanos((long) (Json.doubleOf(value) * 1e9)) : null;
    }
}
