// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.local;

import dev.assay.sdk.agents.AgentResult;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.step.Step;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A task that an agent worked on and that was graded.
 *
 * @param id of this run alone: 32 hexadecimal digits; model calls carry it as {@code Trace-Id}
 * @param agent how the agent ended; one that gave up or ran out of time is graded by what it had
 * @param grade the environment's grade frame, with {@code score} and, if it tells them, {@code subscores}, {@code info} and more
 * @param steps what happened, in order: the task's start, the prompt, turns, tool calls, the grade
 */
public record Rollout(String id, AgentResult agent, ObjectNode grade, List<Step> steps) {

    public Rollout {
        steps = List.copyOf(steps);
    }

    /** Usually between 0 and 1; counts for nothing where {@link #isError}. */
    public double reward() {
        return Json.doubleOf(grade.get("score"));
    }

    /** Whether the environment says that the grading itself failed. */
    public boolean isError() {
        return Json.isTrue(grade.path("isError"));
    }

    /** What the agent answered; null: nothing. */
    public @Nullable String answer() {
        return agent.content();
    }
}
