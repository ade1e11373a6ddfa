// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

@Order(3)
class S10TelemetryControlsTests {

    private static final String[] EVAL = {"eval", "tasks.py", "openai_compatible", "--model", "scripted/letters", "-y"};

    private final Platform platform = Platform.shared();

    @Test
    void switchedOffNothingIsReportedAndTheTraceIsReadFromTheFolder() {
        var key = platform.keyOf("s10-off");
        var hud = new Hud().source("letters").against(platform.url(), key)
                .set("HUD_TELEMETRY_ENABLED", "0").set("HUD_TELEMETRY_LOCAL_DIR", "./spans");

        var evaluated = hud.run(EVAL).exitsWith(0).says("Mean reward: 1.000");

        assertThat(evaluated.text()).doesNotContain("/jobs/");
        var trace = traces(hud).getFirst();
        hud.run("trace", trace).exitsWith(0).says("Source: local (");
        assertThat(platform.api(key).get("/v2/jobs?limit=20").expect(200).body().get("total").intValue()).isZero();
        platform.api(key).get("/v2/trace/" + trace).expect(404);
    }

    @Test
    void switchedOnTheSameSpansLieInTheFolderAndOnThePlatform() throws IOException {
        var key = platform.keyOf("s10-on");
        var hud = new Hud().source("letters").against(platform.url(), key).set("HUD_TELEMETRY_LOCAL_DIR", "./spans");

        hud.run(EVAL).exitsWith(0).says("Mean reward: 1.000", platform.url() + "/jobs/");

        var trace = traces(hud).getFirst();
        var local = Files.readAllLines(hud.folder.resolve("spans/" + trace + ".jsonl"));
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
            var timeline = platform.api(key).get("/v2/trace/" + trace + "/timeline?limit=200").expect(200).body();
            // the gateway tells of its calls itself: those the client did not send
            assertThat(timeline.get("entries").valueStream().filter(entry -> !entry.path("kind").asString("").equals("call")))
                    .hasSize(local.size());
        });
    }

    @Test
    void aTelemetryServerThatIsDeadOrBusyCostsOneLineAndNothingElse() {
        var key = platform.keyOf("s10-dead");
        try (var busy = StubServer.answering(503, "{}")) {
            for (var address : List.of("http://127.0.0.1:9", busy.url())) {
                var hud = new Hud().source("letters").against(platform.url(), key).set("HUD_TELEMETRY_URL", address);

                var evaluated = hud.run(EVAL).exitsWith(0).says("Mean reward: 1.000");

                // a line an upload: on a busy machine the client makes two or three of its few spans
                assertThat(evaluated.text().split("telemetry upload failed", -1)).as(evaluated.text()).hasSizeBetween(2, 4);
            }
        }
    }

    private static List<String> traces(Hud hud) {
        try (var files = Files.list(hud.folder.resolve("spans"))) {
            return files.map(Path::getFileName).map(name -> name.toString().replace(".jsonl", "")).toList();
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }
}
