// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.rollout;

import dev.assay.sdk.agents.AgentFailedException;
import dev.assay.sdk.agents.AgentResult;
import dev.assay.sdk.protocol.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * How the agent phase ended.
 *
 * @param content the answer to be graded
 * @param error null if nothing failed; with the phase in brackets
 * @param raised whether the harness itself gave up, which its steps do not tell
 * @param extra what else the agent told of the run
 */
record AgentEnding(@Nullable String content, @Nullable String stopReason, @Nullable String error, boolean raised, ObjectNode extra) {

    static AgentEnding of(AgentResult result) {
        if (!result.status().equals(AgentResult.ERROR)) {
            return new AgentEnding(result.content(), result.stopReason(), null, false, result.extra());
        }
        var error = result.error() == null ? "the agent failed" : result.error();
        boolean timeout = "timeout".equals(result.stopReason());
        return new AgentEnding(result.content(), result.stopReason(), timeout ? error : Phase.AGENT_LOOP.error(error), false, result.extra());
    }

    static AgentEnding raised(Throwable failure) {
        var error = Phase.AGENT_LOOP.error(ErrorText.of(failure));
        return failure instanceof AgentFailedException failed
                ? new AgentEnding(failed.content(), null, error, true, failed.extra())
                : new AgentEnding(null, null, error, true, Json.object());
    }

    boolean failed() {
        return error != null;
    }
}
