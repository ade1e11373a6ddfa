// SPDX-License-Identifier: Apache-2.0

package dev.assay.examples.solve;

import dev.assay.examples.fixscript.FixScript;
import dev.assay.sdk.agents.local.LocalAgent;
import dev.assay.sdk.agents.local.Rollout;
import dev.assay.sdk.graders.JudgeGrader;
import dev.assay.sdk.protocol.step.AgentStep;
import dev.assay.sdk.protocol.step.Step;
import dev.assay.sdk.protocol.step.ToolStep;
import java.util.Map;

/** Lets a model solve the environment of {@code workspace-java}, in this process, and shows what it does. */
public final class Solve {

    private Solve() {}

    /** @param url what an OpenAI SDK takes as its base url; its model works on the task and then judges the answer, too */
    static Rollout solve(String url, String key, String model) throws Exception {
        var agent = LocalAgent.chat(url, key, model);
        try (var environment = FixScript.environment(JudgeGrader.at(url, key, model)).bind("127.0.0.1", 0)) {
            return agent.solve("127.0.0.1", environment.port(), "fix_sum", Map.of("upTo", 12), (step, from, to) -> show(step));
        }
    }

    private static void show(Step step) {
        switch (step) {
            case AgentStep turn when turn.content() != null && !turn.content().isBlank() -> System.out.println("says  " + turn.content());
            case ToolStep tool -> System.out.println("does  " + tool.call().name() + " " + tool.call().arguments());
            default -> {}
        }
    }

    public static void main(String[] args) throws Exception {
        if (args.length != 2) {
            System.err.println("usage: java -jar solve-all.jar BASE_URL MODEL, and the key in MODEL_KEY");
            System.exit(2);
        }
        var run = solve(args[0], System.getenv().getOrDefault("MODEL_KEY", "none"), args[1]);
        System.out.println("reward " + run.reward());
        run.grade().path("subscores").forEach(part -> System.out.println("  " + part.path("name").asString() + " " + part.path("value")));
    }
}
