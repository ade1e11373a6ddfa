// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import dev.assay.sdk.environment.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** F7's slow templates, declared in Java and served by a process of their own. */
final class FaultsInJava {

    private static final long SLOW = 600_000;

    private FaultsInJava() {}

    record Mark(String mark) {}

    public static void main(String[] arguments) throws Exception {
        Environment.named("faults")
                .template("ok", (none, agent) -> {
                    agent.ask("Say anything.");
                    return 1.0;
                })
                .template("slowstart", Mark.class, (task, agent) -> {
                    sleepAndMark(task, "slowstart ended");
                    agent.ask("Say anything.");
                    return 1.0;
                })
                .template("slowgrade", Mark.class, (task, agent) -> {
                    agent.ask("Say anything.");
                    sleepAndMark(task, "slowgrade ended");
                    return 1.0;
                })
                .serve(arguments);
    }

    static Running start(Hud hud) {
        var classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Running.start(hud.folder, Map.of("HOME", hud.home.toString()), List.of(Platform.java(), "-XX:TieredStopAtLevel=1",
                "-cp", classPath, FaultsInJava.class.getName(), "--port", "0"));
    }

    private static void sleepAndMark(Mark task, String text) throws InterruptedException, IOException {
        Files.writeString(Path.of(task.mark() + ".begun"), "begun");
        try {
            Thread.sleep(SLOW);
        } finally {
            Files.writeString(Path.of(task.mark()), text);
        }
    }
}
