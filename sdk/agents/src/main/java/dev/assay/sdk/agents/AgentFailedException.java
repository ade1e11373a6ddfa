// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents;

import tools.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * The agent was at work and then gave up. What it had until then can still be graded. The message is for people; whoever drives the
 * harness records it.
 */
public final class AgentFailedException extends Exception {

    private final @Nullable String content;
    private final transient ObjectNode extra;

    /** @param content and what else the agent told, as {@link AgentResult} has them */
    public AgentFailedException(String message, @Nullable String content, ObjectNode extra) {
        super(message);
        this.content = content;
        this.extra = extra;
    }

    public @Nullable String content() {
        return content;
    }

    public ObjectNode extra() {
        return extra;
    }
}
