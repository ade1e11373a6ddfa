// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The same image, which the platform runs: its worker finds the engine that the tests have. */
@NeedsEngine
class S41HostedImageTests {

    private final Api api = Platform.shared().api(Deployed.KEY);

    @EveryDeployment
    @Test
    void aHostedRunTakesPlaceInTheImageThatItsRowNames() {
        Deployed.letters();

        var run = run(Map.of("image", Engine.letters(), "resources", Map.of("memory_mb", 512, "cpu", 1)));

        assertThat(run.get("status").stringValue()).as(run.toString()).isEqualTo("completed");
        assertThat(run.get("reward").doubleValue()).isEqualTo(1.0);
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(containers()).isEmpty());
    }

    @Test
    void whereAWorkerWouldHaveToAskANetworkOfItsOwnItRefuses() {
        Deployed.letters();

        var image = run(Map.of("image", "10.0.0.1:5000/letters"));
        assertThat(image.get("status").stringValue()).isEqualTo("error");
        assertThat(image.get("error").toString()).contains("this worker runs images of docker.io/ only, not 10.0.0.1:5000/letters:latest");

        var remote = run(Map.of("remote", "tcp://127.0.0.1:" + Platform.shared().url().replaceAll(".*:", "")));
        assertThat(remote.get("status").stringValue()).isEqualTo("error");
        assertThat(remote.get("error").toString()).contains("'127.0.0.1' is not a public address");
    }

    private JsonNode run(Map<String, Object> runtimeConfig) {
        var run = UUID.randomUUID();
        var body = Runs.submission(
                run, UUID.randomUUID(), "letter-count", "count_letter", Map.of("word", "banana", "letter", "a"), "scripted/letters");
        body.put("runtime_config", runtimeConfig);
        api.post("/v2/rollouts/submit", body).expect(201);
        return Runs.finished(api, run);
    }

    private static List<String> containers() {
        return Engine.lines("ps", "--all", "--quiet", "--filter", Platform.shared().itsSandboxes());
    }
}
