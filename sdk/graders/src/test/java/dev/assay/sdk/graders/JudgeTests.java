// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.graders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.sdk.graders.JudgeGrader.Criterion;
import dev.assay.sdk.protocol.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class JudgeTests {

    static Stream<Vectors.Case> prompts() throws IOException {
        return of("judge.prompt");
    }

    static Stream<Vectors.Case> verdicts() throws IOException {
        return of("judge.verdict");
    }

    static Stream<Vectors.Case> rubrics() throws IOException {
        return of("judge.rubric");
    }

    static Stream<Vectors.Case> grades() throws IOException {
        return of("LLMJudgeGrader.grade").filter(one -> !one.in().get("kwargs").has("extra")); // Java knows no keywords
    }

    private static Stream<Vectors.Case> of(String function) throws IOException {
        return Vectors.all().stream().filter(one -> one.function().equals(function));
    }

    @ParameterizedTest
    @MethodSource("prompts")
    void asksInTheLayoutOfThePublishedClient(Vectors.Case one) {
        var in = one.in();
        var criterion = new Criterion(in.get("requirement").stringValue(), Vectors.plain(in.get("weight")).doubleValue());
        assertThat(criterion.prompt(in.get("question").stringValue(), in.get("answer").stringValue())).isEqualTo(one.expected().stringValue());
    }

    @ParameterizedTest
    @MethodSource("verdicts")
    void readsVerdictsAsThePublishedClientDoes(Vectors.Case one) {
        var reply = one.in().get("reply").asString("");
        if (one.expectsError()) {
            assertThatThrownBy(() -> Verdict.of(reply)).isInstanceOf(IllegalArgumentException.class);
        } else {
            assertThat(Verdict.of(reply))
                    .isEqualTo(new Verdict(one.expected().get("met").booleanValue(), one.expected().get("reason").stringValue()));
        }
    }

    @ParameterizedTest
    @MethodSource("rubrics")
    void weighsVerdictsAsThePublishedClientDoes(Vectors.Case one) {
        var children = one.in().get("children").valueStream()
                .map(child -> new SubScore(
                        "c", Vectors.plain(child.get("weight")).doubleValue(), child.get("value").doubleValue(), null, null))
                .toList();
        assertThat(JudgeGrader.rubric(children)).isEqualTo(one.expected().doubleValue());
    }

    @ParameterizedTest
    @MethodSource("grades")
    void gradesAsThePublishedClientDoes(Vectors.Case one) throws Exception {
        try (var server = new JudgingServer(one.in().get("replies"))) {
            var told = (ObjectNode) one.in().get("kwargs");
            var model = told.path("model").asString("claude-sonnet-5-5");
            var judge = JudgeGrader.at(server.url(), "key-1", model).asked(told.path("question").asString(""));
            for (var criterion : told.path("criteria")) {
                var weighed = criterion.path("$tuple");
                double weight = weighed.isMissingNode() ? 1 : weighed.get(1).doubleValue();
                var text = weighed.isMissingNode() ? criterion.stringValue() : weighed.get(0).stringValue();
                judge = weight < 0 ? judge.mustNot(text, -weight) : judge.must(text, weight);
            }
            var ready = judge;
            var answer = told.has("answer") ? Vectors.value(told.get("answer")) : "";
            double weight = one.in().get("weight").doubleValue();
            if (one.expectsError()) {
                assertThatThrownBy(() -> ready.grade(answer, weight)).isInstanceOfAny(IOException.class, IllegalArgumentException.class);
                return;
            }
            var subscore = ready.grade(answer, weight);
            var named = one.in().has("name") ? subscore.named(one.in().get("name").stringValue()) : subscore;
            var expected = (ObjectNode) Vectors.plain(one.expected().get("subscore"));
            // a judge in Java always says by which model and, with criteria or without, which they were
            var parameters = (ObjectNode) expected.get("info").get("_parameters");
            parameters.put("model", model);
            parameters.putIfAbsent("criteria", Json.array());
            assertThat(Vectors.same(expected, named.summary(true))).as("%s, expected %s", named, expected).isTrue();
            assertThat(server.requests).hasSameSizeAs(one.expected().get("requests")).allSatisfy(request -> {
                assertThat(request.propertyNames()).containsExactlyInAnyOrder("model", "max_tokens", "messages");
                assertThat(request.get("model").stringValue()).isEqualTo(model);
                assertThat(request.get("max_tokens").intValue()).isEqualTo(1024);
            });
            assertThat(prompts(server.requests)).containsExactlyInAnyOrderElementsOf(
                    one.expected().get("requests").valueStream().map(request -> request.get("user").stringValue()).toList());
        }
    }

    @Test
    void aServerThatIsBusyIsAskedAgainAndOneThatRefusesIsNot() throws Exception {
        try (var server = new JudgingServer(Json.object())) {
            server.busyFor(6);
            assertThat(judge(server).grade("A", 1).value()).isEqualTo(1);
            assertThat(server.requests).hasSize(7);
        }
        try (var server = new JudgingServer(Json.object())) {
            server.busyFor(7);
            assertThatThrownBy(() -> judge(server).grade("A", 1)).isInstanceOf(IOException.class).hasMessageContaining("503: too much to do");
        }
    }

    @Test
    void whatThePlatformDoesNotTellIsNamedWhenItIsNeeded() {
        var judge = JudgeGrader.ofThePlatform("m").must("c"); // as an environment is built, nobody tells it
        assertThatThrownBy(() -> judge.grade("A", 1)).isInstanceOf(IllegalStateException.class).hasMessageContaining("HUD_GATEWAY_URL");
    }

    private static JudgeGrader judge(JudgingServer server) {
        return new JudgeGrader(
                new JudgeModel(() -> JudgeModel.Server.at(server.url(), "key-1"), "m", Duration.ofMillis(1)), "", List.of(new Criterion("c", 1)));
    }

    private static List<String> prompts(List<JsonNode> requests) {
        return requests.stream().map(request -> {
            var messages = request.get("messages");
            assertThat(messages.valueStream().map(message -> message.get("role").stringValue())).containsExactly("system", "user");
            return messages.get(1).get("content").stringValue();
        }).toList();
    }
}
