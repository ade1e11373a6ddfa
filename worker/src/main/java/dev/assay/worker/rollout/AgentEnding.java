// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.rollout;

import dev.assay.contracts.Failure;
import dev.assay.contracts.Failure.Kind;
import dev.assay.contracts.Failure.Phase;
import dev.assay.sdk.agents.AgentFailedException;
import dev.assay.sdk.agents.AgentResult;
import dev.assay.sdk.protocol.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * How the agent phase ended.
 *
 * @param content the answer to be graded
 * @param failure null if nothing failed
 * @param raised whether the harness itself gave up, which its steps do not tell
 * @param extra what else the agent told of the run
 */
record AgentEnding(@Nullable String content, @Nullable String stopReason, @Nullable Failure failure, boolean raised, ObjectNode extra) {

    static AgentEnding of(AgentResult result) {
        var failure = result.status().equals(AgentResult.ERROR) ? failure(result) : null;
        return new AgentEnding(result.content(), result.stopReason(), failure, false, result.extra());
    }

    private static Failure failure(AgentResult result) {
        var error = result.error() == null ? "the agent failed" : result.error();
        if ("timeout".equals(result.stopReason())) {
            return new Failure(Kind.AGENT, Phase.AGENT_LOOP, error);
        }
        return Failure.in(Phase.AGENT_LOOP, result.modelFailed() ? Kind.MODEL : Kind.AGENT, error);
    }

    static AgentEnding raised(Throwable thrown) {
        var failure = Failures.of(Phase.AGENT_LOOP, thrown);
        return thrown instanceof AgentFailedException failed
                ? new AgentEnding(failed.content(), null, failure, true, failed.extra())
                : new AgentEnding(null, null, failure, true, Json.object());
    }
}
