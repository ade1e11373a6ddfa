// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Evaluations that are recorded once, and pass again with no provider asked. */
class RecordingTests {

    private final Platform platform = Platform.withModels();

    /** By another team, which has only the file. Each of a group's runs gets an answer of its own; several tasks are one agent's affair. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            xrecm | claude --all                                     | 6
            xrecr | openai                                           | 2
            xrecg | gemini                                           | 2
            xrecc | openai_compatible --gateway --model gpt-5.4-mini | 2""")
    void anEvaluationPassesAgainWithTheFileAlone(String mark, String agent, int runs) {
        var name = "letters-" + mark;
        var recording = platform.api(platform.keyOf("recording"));
        evaluate(mark, agent, keyOf(recording, name, "record")).exitsWith(0).says("Runs: " + runs, "Mean reward: 1.000");
        assertThat(StandIn.shared().asked(mark)).hasSize(runs);
        await().until(() -> calls(recording, name) == runs);

        var file = recording.get("/v2/recordings/" + name).expect(200).text();
        var replaying = platform.api(platform.keyOf("ci-" + mark));
        replaying.send(replaying.request("/v2/recordings/" + name).PUT(BodyPublishers.ofString(file))).expect(200);
        evaluate(mark, agent, keyOf(replaying, name, "replay")).exitsWith(0).says("Runs: " + runs, "Mean reward: 1.000");

        assertThat(StandIn.shared().asked(mark)).hasSize(runs);
        assertThat(replaying.get("/v2/recordings/" + name).expect(200).text()).isEqualTo(file);
        await().untilAsserted(() -> {
            var usage = replaying.get("/v2/usage?by=upstream").expect(200).body().get("items");
            assertThat(usage).hasSize(1);
            assertThat(usage.get(0).get("upstream").stringValue()).isEqualTo("recording");
            assertThat(usage.get(0).get("calls").intValue()).isEqualTo(runs);
            assertThat(usage.get(0).get("cost_usd").decimalValue()).isZero();
        });
    }

    /** The calls of hosted runs are made with keys of their own, and follow the job that was entered with the recording's key. */
    @Test
    void aHostedEvaluationIsRecordedAndReplayedToo() {
        Deployed.letters();
        var api = platform.api(Deployed.KEY);
        for (var mode : List.of("record", "replay")) {
            var hud = Deployed.user().against(platform.url(), keyOf(api, "hosted-letters", mode));
            var evaluated = hud.run("eval", "letters", "openai_compatible", "--model", "scripted/letters", "--all", "-y")
                    .exitsWith(0).says("Runs: 3", "Mean reward: 1.000");
            var job = evaluated.find(platform.url() + "/jobs/([0-9a-f-]{36})");
            var upstream = mode.equals("record") ? "scripted" : "recording";
            await().untilAsserted(() -> {
                var usage = api.get("/v2/usage?by=upstream&job=" + job).expect(200).body().get("items");
                assertThat(usage.findValuesAsString("upstream")).containsExactly(upstream);
                assertThat(usage.get(0).get("calls").intValue()).isEqualTo(3);
            });
            assertThat(calls(api, "hosted-letters")).isEqualTo(3);
        }
    }

    private static Finished evaluate(String mark, String agent, String key) {
        var command = new ArrayList<>(List.of("eval", "tasks.py"));
        command.addAll(List.of(agent.split(" ")));
        command.addAll(List.of("--group", "2", "-y"));
        return Letters.user(mark, key).run(command.toArray(String[]::new));
    }

    private static String keyOf(Api api, String recording, String mode) {
        var wanted = Map.of("name", mode + " " + recording, "recording", Map.of("name", recording, "mode", mode));
        return api.post("/v2/keys", wanted).expect(201).body().get("key").stringValue();
    }

    private static int calls(Api api, String recording) {
        for (var one : api.get("/v2/recordings").expect(200).body().get("items")) {
            if (one.get("name").stringValue().equals(recording)) {
                return one.get("calls").intValue();
            }
        }
        return 0;
    }
}
