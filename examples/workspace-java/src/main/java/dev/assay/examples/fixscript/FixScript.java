// SPDX-License-Identifier: Apache-2.0

package dev.assay.examples.fixscript;

import dev.assay.sdk.environment.Default;
import dev.assay.sdk.environment.Environment;
import dev.assay.sdk.environment.workspace.Workspace;
import dev.assay.sdk.graders.BashGrader;
import dev.assay.sdk.graders.Combine;
import dev.assay.sdk.graders.JudgeGrader;
import dev.assay.sdk.graders.SubScore;
import java.util.List;
import java.util.Objects;

/** An environment with all that one may have: a workspace, typed arguments and answers, a hook, a command that grades, and a judge. */
public final class FixScript {

    private static final String SUM = """
            total=0
            for ((i = 1; i < $1; i++)); do total=$((total + i)); done
            echo $total
            """;

    private FixScript() {}

    /** What a task gives. */
    record Task(@Default("10") int upTo) {}

    /** What the agent answers. */
    record Report(String cause, List<String> files) {}

    public static Environment environment(JudgeGrader judge) {
        var work = Workspace.temporary();
        return Environment.named("fix-script").version("0.1.0").workspace(work)
                .onTaskStart(session -> work.clear())
                .template("fix_sum", Task.class, Report.class, (task, agent) -> {
                    work.write("sum.sh", SUM);
                    var answer = agent.ask("""
                            sum.sh is to print the sum of the numbers from 1 to its argument, and does not. Repair it: you have a shell, and \
                            it starts in the folder of that file. %d is one argument that it is tried with. Then answer with a JSON object \
                            alone: {"cause": one sentence, "files": the names of the files that you changed}.""".formatted(task.upTo()));
                    var sum = task.upTo() * (task.upTo() + 1) / 2;
                    var told = Objects.requireNonNullElse(answer.content(), new Report("", List.of())); // an answer that is no report
                    return Combine.combine(
                            BashGrader.running("test $(bash sum.sh %d) = %d".formatted(task.upTo(), sum)).in(work.root()).grade(0.6),
                            SubScore.of("files", told.files().equals(List.of("sum.sh")) ? 1 : 0).weighing(0.2),
                            judge.must("It says that the loop stops one number too early.").grade(told.cause(), 0.2));
                })
                .describe("fix_sum", "Repair a script of three lines and say what was wrong.");
    }

    /** The judge is a model of the platform, or of whatever answers at {@code JUDGE_URL}. */
    public static void main(String[] args) throws Exception {
        var set = System.getenv();
        var model = set.getOrDefault("JUDGE_MODEL", "scripted/fix-script");
        var url = set.get("JUDGE_URL");
        var judge = url == null ? JudgeGrader.ofThePlatform(model) : JudgeGrader.at(url, set.getOrDefault("JUDGE_KEY", "none"), model);
        environment(judge).serve(args);
    }
}
