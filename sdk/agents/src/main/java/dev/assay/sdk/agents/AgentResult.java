// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents;

import dev.assay.sdk.protocol.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * How an agent ended.
 *
 * @param content the answer to be graded; null: none
 * @param status {@code completed} or {@code error}
 * @param stopReason {@code done}, {@code max_steps}, {@code length}, {@code malformed_tool_call}, {@code timeout}; null: unknown
 * @param error what went wrong, already recorded as a step of its own; null if nothing did
 * @param modelFailed whether it ended because a model that it asked did not answer
 * @param extra what else the agent tells of the run, such as its own session and cost; empty for most
 */
public record AgentResult(
        @Nullable String content, String status, @Nullable String stopReason, @Nullable String error, boolean modelFailed, ObjectNode extra) {

    public static final String COMPLETED = "completed";
    public static final String ERROR = "error";

    public static AgentResult completed(@Nullable String content, @Nullable String stopReason) {
        return new AgentResult(content, COMPLETED, stopReason, null, false, Json.object());
    }

    public static AgentResult failed(@Nullable String content, @Nullable String stopReason, String error) {
        return new AgentResult(content, ERROR, stopReason, error, false, Json.object());
    }

    /** A model did not answer that had answered before. */
    public static AgentResult modelFailed(@Nullable String content, String error) {
        return new AgentResult(content, ERROR, null, error, true, Json.object());
    }

    public AgentResult with(ObjectNode told) {
        return new AgentResult(content, status, stopReason, error, modelFailed, told);
    }
}
