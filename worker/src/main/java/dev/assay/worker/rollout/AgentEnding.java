// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.rollout;

import dev.assay.sdk.agents.AgentResult;
import org.jspecify.annotations.Nullable;

/**
 * How the agent phase ended.
 *
 * @param content the answer to be graded
 * @param error null if nothing failed; with the phase in brackets
 * @param raised whether the harness itself gave up, which its steps do not tell
 */
record AgentEnding(@Nullable String content, @Nullable String stopReason, @Nullable String error, boolean raised) {

    static AgentEnding of(AgentResult result) {
        if (!result.status().equals(AgentResult.ERROR)) {
            return new AgentEnding(result.content(), result.stopReason(), null, false);
        }
        var error = result.error() == null ? "the agent failed" : result.error();
        boolean timeout = "timeout".equals(result.stopReason());
        return new AgentEnding(result.content(), result.stopReason(), timeout ? error : Phase.AGENT_LOOP.error(error), false);
    }

    static AgentEnding raised(Throwable failure) {
        return new AgentEnding(null, null, Phase.AGENT_LOOP.error(ErrorText.of(failure)), true);
    }

    boolean failed() {
        return error != null;
    }
}
