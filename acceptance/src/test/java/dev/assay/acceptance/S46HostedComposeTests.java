// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
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

    @EveryDeployment
    @Test
    void aDeployedProjectIsBuiltAndItsRunsHaveTheirSidecar() {
        var hud = Engine.user(new Hud().source("pair").against(platform.url(), key));
        hud.write(".env", "BASE=" + Engine.python() + "\n");
        hud.write("run.json", "{\"compose\": {\"document\": \"compose.yaml\", \"root\": \".\"}}");

        var deployed = hud.run("deploy", "--yes", "--no-env", "--runtime-config", "run.json").exitsWith(0).says("SUCCEEDED", "count");
        assertThat(deployed.text()).contains("service 'main'", "service 'sidecar'", "service 'beginning'");

        var api = platform.api(key);
        var run = UUID.randomUUID();
        api.post("/v2/rollouts/submit", Runs.submission(run, UUID.randomUUID(), "pair", "count", Map.of(), "scripted/letters")).expect(201);
        var finished = Runs.finished(api, run);
        assertThat(finished.get("status").stringValue()).as(finished.toString()).isEqualTo("completed");
        assertThat(finished.get("reward").doubleValue()).as("F9's actor alone").isEqualTo(0.25);
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
            for (var kind : new String[][] {{"ps", "--all"}, {"network", "ls"}, {"volume", "ls"}}) {
                assertThat(Engine.lines(kind[0], kind[1], "--quiet", "--filter", platform.itsSandboxes())).isEmpty();
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
