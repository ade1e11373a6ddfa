// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents;

import dev.assay.sdk.protocol.Capability;
import dev.assay.sdk.protocol.Json;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One run as a harness sees it. It is cancelled by interrupting the thread that drives it.
 *
 * @param id the run's own, as its trace is called: 32 hexadecimal digits
 * @param parent of the run that began this one; null for most
 * @param config the agent's config as submitted; unknown members are ignored
 * @param prompt what the task's start said, see {@link PromptTurn#of}
 * @param capabilities what the environment offers, in its order: of a run that was told of more by its task's start, those
 * @param inside where the model answers programs inside the environment's workspace; null where nobody said
 * @param started what the task's start said, as it came: {@code prompt}, and {@code bindings} with what this run alone has at a capability
 *     ({@code {"robot": {"token": "…"}}}); empty where nobody said
 */
public record AgentRun(
        String id,
        @Nullable String parent,
        JsonNode config,
        List<PromptTurn> prompt,
        List<Capability> capabilities,
        CapabilityRoute route,
        ModelEndpoint model,
        StepRecorder steps,
        @Nullable InsideModel inside,
        JsonNode started) {

    public AgentRun(
            String id, @Nullable String parent, JsonNode config, List<PromptTurn> prompt, List<Capability> capabilities,
            CapabilityRoute route, ModelEndpoint model, StepRecorder steps) {
        this(id, parent, config, prompt, capabilities, route, model, steps, null);
    }

    public AgentRun(
            String id, @Nullable String parent, JsonNode config, List<PromptTurn> prompt, List<Capability> capabilities,
            CapabilityRoute route, ModelEndpoint model, StepRecorder steps, @Nullable InsideModel inside) {
        this(id, parent, config, prompt, capabilities, route, model, steps, inside, Json.object());
    }

    /** The prompt for an agent that takes nothing but text: the turns' texts, a blank line between two. */
    public String promptText() {
        return prompt.stream().map(PromptTurn::text).filter(text -> !text.isEmpty()).collect(Collectors.joining("\n\n"));
    }

    /** The first capability of exactly that protocol. */
    public Optional<Capability> first(String protocol) {
        return capabilities.stream().filter(capability -> capability.protocol().equals(protocol)).findFirst();
    }
}
