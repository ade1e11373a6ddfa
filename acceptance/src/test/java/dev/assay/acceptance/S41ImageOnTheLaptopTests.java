// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** An environment as an image, which the client starts on the user's machine; the platform is told how it went. */
@NeedsEngine
class S41ImageOnTheLaptopTests {

    private static String python;
    private static String java;

    private final Platform platform = Platform.shared();
    private final String key = platform.keyOf("s41");
    private final Hud hud = Engine.user(new Hud().source("letters").source("laptop").against(platform.url(), key));
    private Set<String> before;

    @BeforeAll
    static void build() {
        python = Engine.letters();
        java = Engine.lettersInJava();
    }

    @BeforeEach
    void look() {
        before = Engine.rollouts();
    }

    @AfterEach
    void nothingIsLeftOver() {
        assertThat(Engine.rollouts()).isEqualTo(before);
    }

    @Test
    void aTaskIsDrivenByHandAndByAnAgentInAContainerThatTheUserStarted() {
        try (var container = Contained.of(python)) {
            assertThat(answersHello(container)).isTrue();
            var url = "tcp://127.0.0.1:" + container.port();

            hud.run("task", "start", "count_letter", "--url", url, "--args", "{\"word\":\"banana\",\"letter\":\"a\"}")
                    .exitsWith(0).says("'a'", "banana");
            var grade = hud.run("task", "grade", "count_letter", "--url", url, "--answer", "3", "--json").exitsWith(0).json();
            assertThat(grade.get("score").doubleValue()).isEqualTo(1.0);

            var there = evaluate("tasks.py", "--runtime", url).says("Mean reward: 1.000");
            var here = evaluate("tasks.py").says("Mean reward: 1.000");
            await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(timeline(there)).isEqualTo(timeline(here))
                    .anySatisfy(entry -> assertThat(entry).contains("\"kind\":\"evaluate\"")));
        }
    }

    @Test
    void anImageOfOursSaysThatItServesOnceItAnswers() {
        try (var container = Contained.of(java)) {
            assertThat(answersHello(container)).isTrue();
        }
    }

    @Test
    void rowsNameTheirImagesInPythonAndInJava() {
        var row = """
                {"env": "%s", "id": "count_letter", "slug": "%s", "args": {"word": "banana", "letter": "a"},
                 "runtime_config": {"image": "%s"}}""";
        hud.write("rows.json", "[%s,%s]".formatted(
                row.formatted("letter-count", "python", python), row.formatted("letter-count-java", "java", java)));

        var evaluated = evaluate("rows.json", "--all", "--runtime", "docker").says("Runs: 2", "Mean reward: 1.000");

        assertThat(runs(evaluated)).hasSize(2).allSatisfy(run -> {
            assertThat(run.get("status").stringValue()).isEqualTo("completed");
            assertThat(run.get("reward").doubleValue()).isEqualTo(1.0);
        });
    }

    @Test
    void aScriptRunsItsOwnAgentOnAnImage() {
        var report = Api.JSON.readTree(hud.python("contained.py", python, "letter-count").exitsWith(0).find("(?m)^REPORT (.*)$"));

        assertThat(report).hasSize(2).allSatisfy(run -> {
            assertThat(run.get("reward").doubleValue()).isEqualTo(1.0);
            var told = platform.api(key).get("/v2/trace/" + run.get("trace").stringValue()).expect(200).body();
            assertThat(told.get("status").stringValue()).isEqualTo("completed");
            assertThat(told.get("reward").doubleValue()).isEqualTo(1.0);
        });
        // each in a container of its own
        assertThat(report.findValuesAsString("url")).doesNotHaveDuplicates();
    }

    /** Asked once, as soon as it said that it serves: in front of a port where nobody listens yet stands a proxy that hangs up. */
    private static boolean answersHello(Contained container) {
        try (var wire = new Wire(container.port())) {
            wire.call(1, "hello", Map.of());
            var reply = wire.reply();
            return reply != null && reply.has("result");
        }
    }

    private Finished evaluate(String source, String... options) {
        var command = new ArrayList<>(List.of("eval", source, "openai_compatible", "--model", "scripted/letters", "-y"));
        command.addAll(List.of(options));
        return hud.run(command.toArray(String[]::new)).exitsWith(0);
    }

    private List<JsonNode> runs(Finished evaluated) {
        var job = evaluated.find("/jobs/([0-9a-f-]{36})");
        return platform.api(key).get("/v2/jobs/" + job + "/traces?limit=20").expect(200).body().get("items").valueStream().toList();
    }

    private List<String> timeline(Finished evaluated) {
        return Timelines.told(platform.api(key), UUID.fromString(runs(evaluated).getFirst().get("id").stringValue()));
    }
}
