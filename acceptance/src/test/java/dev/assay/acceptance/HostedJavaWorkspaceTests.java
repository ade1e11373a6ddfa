// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The example of a workspace in Java, deployed and played as its README tells. */
class HostedJavaWorkspaceTests {

    private static final Path EXAMPLE = Repository.ROOT.resolve("examples/workspace-java");

    @Test
    void theExampleIsSolvedAndJudgedWithinASandbox() {
        var platform = Platform.shared();
        var key = platform.keyOf("java-workspace-hosted");
        Repository.copy(EXAMPLE.resolve("script.yaml"), Repository.resource("scripts").resolve("fix-script.yaml"));
        platform.api(key).post("/v2/models", Map.of("model_name", "scripted/fix-script", "name", "fix-script (scripted)",
                "provider", "scripted", "upstream_model", "fix-script")).expect(200, 201);
        var hud = new Hud().against(platform.url(), key);
        Repository.copy(EXAMPLE.resolve("env.py"), hud.folder.resolve("env.py"));
        Repository.copy(EXAMPLE.resolve("tasks.json"), hud.folder.resolve("tasks.json"));
        Repository.copy(EXAMPLE.resolve("target/fix-script-all.jar"), hud.folder.resolve("fix-script.jar"));

        hud.run("deploy", "--yes", "--no-env").exitsWith(0);
        hud.run("sync", "tasks", "fix-script", "tasks.json", "--yes").exitsWith(0);

        hud.run("eval", "fix-script", "openai_compatible", "--model", "scripted/fix-script", "--runtime", "hosted", "--all", "-y")
                .exitsWith(0).says("Runs: 2", "Mean reward: 1.000");
    }
}
