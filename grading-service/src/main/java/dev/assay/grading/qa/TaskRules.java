// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.qa;

import dev.assay.contracts.RunId;
import dev.assay.grading.qa.Judgement.Finding;
import dev.assay.grading.qa.Judgement.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the runs of one version of a task say of it. */
final class TaskRules {

    /** With fewer runs that are all alike nothing is shown: they may be so by chance. */
    static final int ENOUGH = 8;

    private static final Set<String> THE_TASKS_OWN = Set.of("environment", "grader");
    private static final int SHOWN = 20;

    private TaskRules() {}

    /**
     * How a run ended.
     *
     * @param reward null: not graded; only of runs that completed
     * @param failure whose failure it was; null: nobody said so, or none
     */
    record TaskRun(RunId run, @Nullable Double reward, @Nullable String failure) {}

    /**
     * A graded run with what was graded.
     *
     * @param alone whether the answer is all that it did: no tool was called, so nothing else can have been graded
     */
    record Answered(RunId run, double reward, String answer, boolean alone) {}

    static Judgement tooEasy(List<TaskRun> runs) {
        return alike(runs, 1, "reached the full reward of 1");
    }

    static Judgement tooHard(List<TaskRun> runs) {
        return alike(runs, 0, "got a reward of 0");
    }

    private static Judgement alike(List<TaskRun> runs, double reward, String what) {
        var graded = runs.stream().filter(run -> run.reward() != null).toList();
        var such = graded.stream().filter(run -> reward == 1 ? run.reward() >= 1 : run.reward() <= 0).toList();
        var summary = such.size() + " of " + graded.size() + " graded runs of this version " + what + ".";
        if (such.size() < graded.size()) {
            return Judgement.byRule(Verdict.PASSED, summary, List.of());
        }
        if (graded.size() < ENOUGH) {
            return Judgement.byRule(Verdict.UNKNOWN, summary + " That says something from " + ENOUGH + " on.", List.of());
        }
        return Judgement.byRule(
                Verdict.FAILED, summary, List.of(finding("All runs " + what + ": they teach nothing about an agent.", "warning", ids(such))));
    }

    static Judgement broken(List<TaskRun> runs) {
        var failed = runs.stream().filter(run -> run.failure() != null && THE_TASKS_OWN.contains(run.failure())).toList();
        var summary = failed.size() + " of " + runs.size() + " runs of this version failed because of the environment or its grader.";
        if (!failed.isEmpty()) {
            var findings = THE_TASKS_OWN.stream().sorted()
                    .map(kind -> failed.stream().filter(run -> kind.equals(run.failure())).toList())
                    .filter(those -> !those.isEmpty())
                    .map(those -> finding(
                            "The " + those.getFirst().failure() + " failed in " + those.size() + " of " + runs.size() + " runs.", "error", ids(those)))
                    .toList();
            return Judgement.byRule(Verdict.FAILED, summary, findings);
        }
        return runs.isEmpty()
                ? Judgement.byRule(Verdict.UNKNOWN, "No run of this version is over.", List.of())
                : Judgement.byRule(Verdict.PASSED, summary, List.of());
    }

    /** Only of runs that did nothing but answer: what others did beside may have been graded, too. */
    static Judgement flakyGrader(List<Answered> runs) {
        var same = new LinkedHashMap<String, List<Answered>>();
        runs.stream().filter(Answered::alone).filter(run -> !run.answer().isEmpty())
                .forEach(run -> same.computeIfAbsent(run.answer(), unused -> new ArrayList<>()).add(run));
        same.values().removeIf(those -> those.size() < 2);
        if (same.isEmpty()) {
            return Judgement.byRule(
                    Verdict.UNKNOWN, "No two graded runs of this version gave the same answer and did nothing else: nothing can be compared.", List.of());
        }
        var torn = same.values().stream().filter(those -> those.stream().map(Answered::reward).distinct().count() > 1).toList();
        if (torn.isEmpty()) {
            return Judgement.byRule(Verdict.PASSED, "Same answers were graded alike, " + same.size() + " of them.", List.of());
        }
        return Judgement.byRule(
                Verdict.FAILED,
                torn.size() + " of " + same.size() + " answers that were given more than once were graded differently.",
                torn.stream()
                        .limit(SHOWN)
                        .map(those -> finding(
                                "The same answer got the rewards " + those.stream().map(Answered::reward).distinct().sorted().toList() + ".",
                                "error",
                                those.stream().map(run -> run.run().toString()).limit(SHOWN).toList()))
                        .toList());
    }

    private static List<String> ids(List<TaskRun> runs) {
        return runs.stream().map(run -> run.run().toString()).limit(SHOWN).toList();
    }

    private static Finding finding(String summary, String severity, List<String> evidence) {
        return new Finding(null, summary, null, severity, evidence);
    }
}
