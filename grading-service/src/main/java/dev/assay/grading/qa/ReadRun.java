// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.qa;

import dev.assay.contracts.RunId;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A run that is over, as checks look at it.
 *
 * @param reward null: not graded, which is not 0
 * @param evaluation what the environment said, as JSON; null: nothing
 * @param steps in order
 * @param whole whether the steps are all, with all that they say
 */
record ReadRun(RunId run, String status, @Nullable Double reward, @Nullable String evaluation, List<Step> steps, boolean whole) {

    /**
     * An entry of the timeline.
     *
     * @param kind as the timeline has it
     * @param tool its name; null: no tool was called
     * @param text what was said or asked, of a tool call its arguments, of changed files their paths, one a line
     * @param result what the tool answered
     */
    record Step(String id, String kind, @Nullable String tool, String text, String result) {

        boolean isCall() {
            return kind.equals("tool");
        }

        boolean isSaid() {
            return kind.equals("agent") && !text.isBlank();
        }
    }

    private static final Set<String> AGENTS = Set.of("agent", "tool", "subagent");

    boolean isRewarded() {
        return status.equals("completed") && reward != null && reward > 0;
    }

    /** Whether anything is known of what the agent did. */
    boolean showsAgent() {
        return steps.stream().anyMatch(step -> AGENTS.contains(step.kind()));
    }

    boolean hasActed() {
        return steps.stream().anyMatch(step -> step.isCall() || step.isSaid() || step.kind().equals("subagent"));
    }

    boolean hasCalled() {
        return steps.stream().anyMatch(step -> step.isCall() || step.kind().equals("subagent"));
    }

    /** What was graded: as the evaluation was told it, else what the agent said last; empty: nothing. */
    String answer() {
        return steps.reversed().stream()
                .filter(step -> step.kind().equals("evaluate") && !step.text().isBlank())
                .findFirst()
                .or(() -> steps.reversed().stream().filter(Step::isSaid).findFirst())
                .map(step -> step.text().strip())
                .orElse("");
    }
}
