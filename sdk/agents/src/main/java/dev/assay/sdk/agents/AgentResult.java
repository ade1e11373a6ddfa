// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents;

import org.jspecify.annotations.Nullable;

/**
 * How an agent ended.
 *
 * @param content the answer to be graded; null: none
 * @param status {@code completed} or {@code error}
 * @param stopReason {@code done}, {@code max_steps}, {@code length}, {@code malformed_tool_call}, {@code timeout}; null: unknown
 * @param error what went wrong, already recorded as a step of its own; null if nothing did
 */
public record AgentResult(@Nullable String content, String status, @Nullable String stopReason, @Nullable String error) {

    public static final String COMPLETED = "completed";
    public static final String ERROR = "error";

    public static AgentResult completed(@Nullable String content, String stopReason) {
        return new AgentResult(content, COMPLETED, stopReason, null);
    }

    public static AgentResult failed(@Nullable String content, @Nullable String stopReason, String error) {
        return new AgentResult(content, ERROR, stopReason, error);
    }
}
