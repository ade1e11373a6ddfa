// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents;

import dev.assay.sdk.protocol.step.AgentStep;
import dev.assay.sdk.protocol.step.Step;
import dev.assay.sdk.protocol.step.SystemStep;
import dev.assay.sdk.protocol.step.ToolStep;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Keeps the steps of a run for a test to look at. */
public final class RecordedSteps implements StepRecorder {

    private final List<Step> steps = new CopyOnWriteArrayList<>();

    @Override
    public void record(Step step, @Nullable Instant startedAt, Instant endedAt) {
        steps.add(step);
    }

    /** One word per step, with what tells it apart. */
    public List<String> shape() {
        return steps.stream()
                .map(step -> switch (step) {
                    case AgentStep agent -> "agent " + agent.toolCalls().stream().map(call -> call.name()).toList();
                    case ToolStep tool -> "tool " + tool.call().name() + (tool.result().isError() ? " failed" : "");
                    case SystemStep system -> "system " + system.error();
                    default -> step.source();
                })
                .toList();
    }

    public AgentStep agent(int index) {
        return steps.stream().filter(AgentStep.class::isInstance).map(AgentStep.class::cast).toList().get(index);
    }

    public String toolText(int index) {
        var tool = steps.stream().filter(ToolStep.class::isInstance).map(ToolStep.class::cast).toList().get(index);
        return tool.result().content().getFirst().path("text").asString();
    }
}
