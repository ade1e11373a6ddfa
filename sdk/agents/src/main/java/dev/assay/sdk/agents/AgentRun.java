// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents;

import dev.assay.sdk.protocol.Capability;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * One run as a harness sees it. It is cancelled by interrupting the thread that drives it.
 *
 * @param config the agent's config as submitted; unknown members are ignored
 * @param prompt what the task's start said, see {@link PromptTurn#of}
 * @param capabilities what the environment offers, in its order
 */
public record AgentRun(
        JsonNode config,
        List<PromptTurn> prompt,
        List<Capability> capabilities,
        CapabilityRoute route,
        ModelEndpoint model,
        StepRecorder steps) {}
