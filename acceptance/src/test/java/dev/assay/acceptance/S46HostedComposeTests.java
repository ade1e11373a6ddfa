// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** F9, run by the platform: the client inlines the document, every service is built, and the sidecar answers main alone. */
@NeedsEngine
class S46HostedComposeTests {

    private final Platform platform = Platform.shared();
    private final String key = platform.keyOf("s46");

    @AfterAll
    static void clear() {
        for (var image : Engine.lines("images", "--quiet", "--filter", "label=dev.assay.version", "--filter", "reference=assay.invalid/*")) {
            Engine.docker("rmi", "--force", image);
        }
    }

    @Test
    void aDeployedProjectIsBuiltAndItsRunsHaveTheirSidecarAndAnEngineOfTheirOwnServicesWhereTheyAsk() {
        var hud = Engine.user(new Hud().source("pair").against(platform.url(), key));
        hud.write(".env", "BASE=" + Engine.python() + "\n");
        hud.write("run.json", "{\"compose\": {\"document\": \"compose.yaml\", \"root\": \".\"}}");

        var deployed = hud.run("deploy", "--yes", "--no-env", "--runtime-config", "run.json").exitsWith(0).says("SUCCEEDED", "count");
        assertThat(deployed.text()).contains("service 'main'", "service 'sidecar'", "service 'beginning'");

        // the last two bring their own document, at the same time: what was built for it is found again, and neither sees the other's services
        var access = "\"runtime_config\": {\"compose\": {\"document\": \"compose.yaml\", \"root\": \".\", \"service_access\": true}}";
        hud.write("rows.json", """
                [{"env": "pair", "id": "count", "slug": "alone"},
                 {"env": "pair", "id": "daemon", "slug": "daemon", ACCESS},
                 {"env": "pair", "id": "others", "slug": "others", ACCESS}]""".replace("ACCESS", access));
        var evaluated = hud.run("eval", "rows.json", "openai_compatible", "--model", "scripted/letters", "--remote", "--all", "-y").exitsWith(0)
                .says("Runs: 3", "Mean reward: 0.750");
        var runs = platform.api(key).get("/v2/jobs/" + evaluated.find("/jobs/([0-9a-f-]{36})") + "/traces").expect(200).body().get("items");
        assertThat(runs.valueStream().map(run -> run.get("task_slug").stringValue() + " " + run.get("reward").doubleValue()))
                .as("F9's actor alone, and twice with access to its services").containsExactlyInAnyOrder("alone 0.25", "daemon 1.0", "others 1.0");
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
            for (var run : runs) {
                for (var kind : new String[][] {{"ps", "--all"}, {"network", "ls"}, {"volume", "ls"}}) {
                    assertThat(Engine.lines(kind[0], kind[1], "--quiet", "--filter", "label=dev.assay.run=" + run.get("id").stringValue())).isEmpty();
                }
            }
        });
    }

    @Test
    void whatAProjectMayNotHaveIsRefusedByItsName() {
        var hud = Engine.user(new Hud().source("pair").against(platform.url(), key));
        hud.write("privileged.yaml", "services: {main: {image: python, privileged: true, volumes: ['/:/host']}}\n");
        hud.write("run.json", "{\"compose\": {\"document\": \"privileged.yaml\"}}");

        hud.run("deploy", "--yes", "--no-env", "--runtime-config", "run.json").exitsWith(1)
                .says("services.main.privileged: no service is given that here", "services.main.volumes: '/' is no plain path");
    }
}
