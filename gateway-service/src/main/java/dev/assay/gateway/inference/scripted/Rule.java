// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference.scripted;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One rule of a script: when it fits, and what happens then.
 *
 * @param when null: always
 * @param reasoning what is told as thought before the answer, or null
 * @param say the answer's text, or null
 * @param calls the tools that the answer calls
 * @param fail the error that is answered instead, or null
 * @param delay how long the answer takes
 * @param every applies only every so many times that it fits
 */
record Rule(
        When when,
        @Nullable String reasoning,
        @Nullable String say,
        List<Call> calls,
        @Nullable Failure fail,
        Duration delay,
        int every) {

    private static final Duration LONGEST_DELAY = Duration.ofHours(1);

    /** A tool call. Texts among the arguments, however deep, may hold {@code ${group}}. */
    record Call(String tool, ObjectNode arguments) {
        @JsonCreator
        Call(@JsonProperty("tool") @Nullable String tool, @JsonProperty("arguments") @Nullable JsonNode arguments) {
            this(named(tool), object(arguments));
        }

        private static String named(@Nullable String tool) {
            if (tool == null || tool.isBlank()) {
                throw new IllegalArgumentException("tool: required");
            }
            return tool;
        }

        private static ObjectNode object(@Nullable JsonNode arguments) {
            return switch (arguments) {
                case null -> JsonNodeFactory.instance.objectNode();
                case ObjectNode object -> object;
                default -> throw new IllegalArgumentException("arguments: must be a mapping");
            };
        }
    }

    /**
     * An error.
     *
     * @param retryAfter seconds, or null
     */
    record Failure(int status, String message, @Nullable Double retryAfter) {
        @JsonCreator
        Failure(
                @JsonProperty("status") @Nullable Integer status,
                @JsonProperty("message") @Nullable String message,
                @JsonProperty("retry_after") @Nullable Double retryAfter) {
            this(valid(status), message == null ? "The script says so." : message, retryAfter);
        }

        private static int valid(@Nullable Integer status) {
            var code = status == null ? 500 : status;
            if (code < 400 || code > 599) {
                throw new IllegalArgumentException("status: must be between 400 and 599");
            }
            return code;
        }
    }

    @JsonCreator
    static Rule of(
            @JsonProperty("when") @Nullable When when,
            @JsonProperty("reasoning") @Nullable String reasoning,
            @JsonProperty("say") @Nullable String say,
            @JsonProperty("call") @Nullable Call call,
            @JsonProperty("calls") @Nullable List<Call> calls,
            @JsonProperty("fail") @Nullable Failure fail,
            @JsonProperty("delay_ms") @Nullable Long delayMillis,
            @JsonProperty("every") @Nullable Integer every) {
        if (call != null && calls != null) {
            throw new IllegalArgumentException("a rule has either call or calls");
        }
        var all = call != null ? List.of(call) : calls == null ? List.<Call>of() : List.copyOf(calls);
        if (say == null && all.isEmpty() && fail == null) {
            throw new IllegalArgumentException("a rule needs one of say, call, calls or fail");
        }
        if (fail != null && (reasoning != null || say != null || !all.isEmpty())) {
            throw new IllegalArgumentException("a rule that fails neither says nor calls anything");
        }
        var delay = Duration.ofMillis(delayMillis == null ? 0 : delayMillis);
        if (delay.isNegative() || delay.compareTo(LONGEST_DELAY) > 0) {
            throw new IllegalArgumentException("delay_ms: must be between 0 and " + LONGEST_DELAY.toMillis());
        }
        if (every != null && every < 1) {
            throw new IllegalArgumentException("every: must be at least 1");
        }
        return new Rule(when == null ? When.ALWAYS : when, reasoning, say, all, fail, delay, every == null ? 1 : every);
    }
}
