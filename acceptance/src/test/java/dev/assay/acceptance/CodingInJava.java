// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import dev.assay.sdk.environment.Environment;
import dev.assay.sdk.environment.workspace.Workspace;
import dev.assay.sdk.graders.BashGrader;
import dev.assay.sdk.graders.Combine;
import java.util.List;
import java.util.Map;

/** F3, declared in Java: a workspace in which a program is to be repaired, and one in which agents do as they are told. */
final class CodingInJava {

    private static final String HIDDEN = "from calc import add; assert add(2, 3) == 5; assert add(-1, 1) == 0";

    private CodingInJava() {}

    record Told(String prompt) {}

    public static void main(String[] arguments) throws Exception {
        var work = Workspace.temporary();
        Environment.named("coding")
                .workspace(work)
                .onTaskStart(session -> work.clear())
                .template("repair", (none, agent) -> {
                    work.write("calc.py", "def add(a, b):\n    return a - b\n");
                    agent.ask("The function add in calc.py is wrong. Repair it.");
                    var python = System.getProperty("python");
                    return Combine.combine(BashGrader.running(python + " -c '" + HIDDEN + "'").in(work.root()).grade(1));
                })
                .template("told", Told.class, (task, agent) -> {
                    work.write("in.txt", "a line\n");
                    agent.ask(task.prompt());
                    return work.read("out.txt").equals("two\n");
                })
                .serve(arguments);
    }

    static Running start(Hud hud) {
        var classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Running.start(hud.folder, Map.of("HOME", hud.home.toString(), "HUD_API_KEY", "a secret of the environment's"),
                List.of(Platform.java(), "-XX:TieredStopAtLevel=1", "-Dpython=" + Client.python(), "-cp", classPath,
                        CodingInJava.class.getName(), "--port", "0"));
    }
}
