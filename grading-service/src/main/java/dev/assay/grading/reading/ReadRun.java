// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.reading;

import dev.assay.contracts.RunId;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A run that is over, as checks look at it.
 *
 * @param reward null: not graded, which is not 0
 * @param evaluation what the environment said, as JSON; null: nothing
 * @param steps in order
 * @param whole whether the steps are all, with all that they say
 */
public record ReadRun(RunId run, String status, @Nullable Double reward, @Nullable String evaluation, List<Step> steps, boolean whole) {

    /** Of the timeline as models read it: of one text, and in all. */
    private static final int LONGEST_TEXT = 4_000;

    private static final int LONGEST = 120_000;

    /**
     * An entry of the timeline.
     *
     * @param kind as the timeline has it
     * @param tool its name; null: no tool was called
     * @param text what was said or asked, of a tool call its arguments, of changed files their paths, one a line
     * @param result what the tool answered
     */
    public record Step(String id, String kind, @Nullable String tool, String text, String result) {

        public boolean isCall() {
            return kind.equals("tool");
        }

        public boolean isSaid() {
            return kind.equals("agent") && !text.isBlank();
        }
    }

    private static final Set<String> AGENTS = Set.of("agent", "tool", "subagent");

    public boolean isRewarded() {
        return status.equals("completed") && reward != null && reward > 0;
    }

    /** Whether anything is known of what the agent did. */
    public boolean showsAgent() {
        return steps.stream().anyMatch(step -> AGENTS.contains(step.kind()));
    }

    public boolean hasActed() {
        return steps.stream().anyMatch(step -> step.isCall() || step.isSaid() || step.kind().equals("subagent"));
    }

    public boolean hasCalled() {
        return steps.stream().anyMatch(step -> step.isCall() || step.kind().equals("subagent"));
    }

    /** What was graded: as the evaluation was told it, else what the agent said last; empty: nothing. */
    public String answer() {
        return steps.reversed().stream()
                .filter(step -> step.kind().equals("evaluate") && !step.text().isBlank())
                .findFirst()
                .or(() -> steps.reversed().stream().filter(Step::isSaid).findFirst())
                .map(step -> step.text().strip())
                .orElse("");
    }

    /** What the agent was asked: what its task's setup came to, else what it was told first; empty: nobody knows. */
    public String prompt() {
        return steps.stream()
                .filter(step -> step.kind().equals("setup") && !step.text().isBlank())
                .findFirst()
                .or(() -> steps.stream().filter(step -> step.kind().equals("user") && !step.text().isBlank()).findFirst())
                .map(step -> step.text().strip())
                .orElse("");
    }

    /** The timeline as models read it. */
    public String shown() {
        return cut(steps.stream().map(ReadRun::shown).collect(Collectors.joining("\n\n")), LONGEST);
    }

    private static String shown(Step step) {
        var head = "[" + step.id() + "] " + step.kind() + (step.tool() == null ? "" : " " + step.tool());
        return head + "\n" + cut(step.text(), LONGEST_TEXT) + (step.result().isEmpty() ? "" : "\nResult:\n" + cut(step.result(), LONGEST_TEXT));
    }

    /** Of what is too long the beginning and more of the end. */
    public static String cut(String text, int longest) {
        return text.length() <= longest
                ? text
                : text.substring(0, longest / 3) + "\n(… " + (text.length() - longest) + " characters are left out …)\n"
                        + text.substring(text.length() - (longest - longest / 3));
    }
}
