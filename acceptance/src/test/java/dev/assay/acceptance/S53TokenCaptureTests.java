// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.Uuids;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class S53TokenCaptureTests {

    @Test
    void eachTurnIsHeldAsTheTokensThatItWasAskedAndAnswered() {
        var toy = Toy.forked("s53");
        var report = toy.report("capture.py");
        for (var way : List.of("once", "once, told", "walk", "walk, told")) {
            assertThat(report.get(way)).as(way).hasSize(8).allSatisfy(S53TokenCaptureTests::everyTurnHasASample);
        }
        assertThat(report.get("once")).allSatisfy(run -> assertThat(run.get("samples")).hasSize(1));
        for (var way : List.of("walk", "walk, told")) {
            assertThat(report.get(way)).as("some of them go on").anySatisfy(run -> assertThat(run.get("samples")).hasSizeGreaterThan(1));
        }
        var run = report.get("walk").get(0);
        var trace = Uuids.parse(run.get("trace").stringValue());
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(Timelines.kept(Platform.shared(), trace, "agent"))
                .extracting(step -> step.get("sample"))
                .containsExactlyElementsOf(run.get("samples")));
    }

    /** What was said before is asked again token by token, so that a conversation is one sequence. */
    private static void everyTurnHasASample(JsonNode run) {
        var samples = run.get("samples");
        assertThat(samples).hasSize(run.get("turns").intValue());
        var before = List.<Integer>of();
        for (var sample : samples) {
            var asked = ids(sample.get("prompt_token_ids"));
            var answered = ids(sample.get("output_token_ids"));
            assertThat(asked).hasSizeGreaterThan(before.size());
            assertThat(asked.subList(0, before.size())).isEqualTo(before);
            assertThat(answered).isNotEmpty();
            assertThat(sample.get("output_logprobs")).hasSameSizeAs(answered)
                    .allSatisfy(logprob -> assertThat(logprob.doubleValue()).isNotPositive().isFinite());
            before = Stream.concat(asked.stream(), answered.stream()).toList();
        }
    }

    private static List<Integer> ids(JsonNode array) {
        return array.valueStream().map(JsonNode::intValue).toList();
    }
}
