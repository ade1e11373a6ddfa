// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.gateway.Client;
import dev.assay.gateway.FakeService;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import dev.assay.kit.identity.RunKeys.RunKey;
import dev.assay.testsupport.Tokens;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a run's model sampled is written down before its client has all of it. */
@GatewayTest
@Timeout(60)
class SampledCallTests {

    private static final String CHAT = "POST /v1/chat/completions";
    private static final String KEPT = "POST /internal/samples";
    private static final String FORK = "33333333-3333-4333-8333-333333333333";
    private static final String WHOLE = """
            {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "my-fork", "choices": [{"index": 0,
            "message": {"role": "assistant", "content": "7"}, "prompt_token_ids": [256, 55], "token_ids": [55, 257],
            "logprobs": {"content": [{"token": "7", "logprob": -2.302585092994046}, {"token": "", "logprob": -1e-12}]},
            "finish_reason": "stop"}], "usage": {"prompt_tokens": 2, "completion_tokens": 2, "total_tokens": 4}}""";
    private static final List<String> PIECES = List.of(
            "\"delta\": {\"role\": \"assistant\", \"content\": \"\"}, \"prompt_token_ids\": [256, 55], \"finish_reason\": null",
            "\"delta\": {\"content\": \"7\"}, \"token_ids\": [55],"
                    + " \"logprobs\": {\"content\": [{\"token\": \"7\", \"logprob\": -2.302585092994046}]}, \"finish_reason\": null",
            "\"delta\": {}, \"token_ids\": [257],"
                    + " \"logprobs\": {\"content\": [{\"token\": \"\", \"logprob\": -1e-12}]}, \"finish_reason\": \"stop\"");

    @LocalServerPort
    int port;

    private final RunId run = new RunId(UUID.randomUUID());
    private Client owner;
    private String team;

    @BeforeEach
    void start() {
        FakeServices.reset();
        FakeServices.TRAINING.on("GET /internal/models/resolve", 200, """
                {"id": "%s", "modelName": "my-fork", "provider": "trainer", "upstreamModel": "%s"}""".formatted(FORK, FORK));
        FakeServices.TRAINING.on(KEPT, 204, "");
        FakeServices.TRAINER.on(CHAT, (exchange, seen) -> {
            exchange.getResponseHeaders().add("x-hud-checkpoint", "my-fork:2");
            FakeService.send(exchange, 200, WHOLE);
        });
        var key = new Client(port).newKey("team " + UUID.randomUUID(), "tester");
        team = key.path("team_id").asString();
        owner = new Client(port).bearer(key.path("key").asString());
    }

    private void streams() {
        FakeServices.TRAINER.on(CHAT, (exchange, seen) -> {
            exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
            exchange.getResponseHeaders().add("x-hud-checkpoint", "my-fork:2");
            exchange.sendResponseHeaders(200, 0);
            for (var piece : PIECES) {
                var event = "data: {\"id\": \"c\", \"object\": \"chat.completion.chunk\", \"created\": 1, \"model\": \"m\", \"choices\":"
                        + " [{\"index\": 0, " + piece + "}]}\n\n";
                exchange.getResponseBody().write(event.getBytes(StandardCharsets.UTF_8));
            }
            exchange.getResponseBody().write("data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
    }

    private Client.Answer call(Client client, String members, String... headers) {
        return client.send("POST", "/inference/chat/completions", BodyPublishers.ofString(
                "{\"model\": \"my-fork\", \"messages\": [{\"role\": \"user\", \"content\": \"a digit\"}]" + members + "}"), headers);
    }

    private static List<JsonNode> kept() {
        return FakeServices.TRAINING.seen.stream().filter(seen -> (seen.method() + " " + seen.uri()).equals(KEPT))
                .map(seen -> JsonMapper.shared().readTree(seen.text())).toList();
    }

    @Test
    void anAnswerIsKeptAsTheIdsThatItIsOf() {
        assertThat(call(owner, "", "Trace-Id", run.hex(), "x-stainless-retry-count", "2").status()).isEqualTo(200);
        assertThat(kept()).singleElement().satisfies(sampled -> {
            assertThat(sampled.path("team").asString()).isEqualTo(team);
            assertThat(sampled.path("run").asString()).isEqualTo(run.toString());
            assertThat(sampled.path("attempt").isNull()).isTrue();
            assertThat(sampled.path("model").asString()).isEqualTo(FORK);
            assertThat(sampled.path("checkpoint").asString()).isEqualTo("my-fork:2");
            assertThat(sampled.path("retry").intValue()).isEqualTo(2);
            assertThat(sampled.path("prompt").toString()).isEqualTo("[256,55]");
            assertThat(sampled.path("output").toString()).isEqualTo("[55,257]");
            assertThat(sampled.path("logprobs").get(0).floatValue()).isEqualTo(-2.302585092994046f);
            assertThat(sampled.path("logprobs").get(1).floatValue()).isEqualTo(-1e-12f);
        });
    }

    @Test
    void aStreamIsKeptAsWhatItsPiecesAreTogether() {
        streams();
        var answer = call(owner, ", \"stream\": true", "Trace-Id", run.hex());
        assertThat(answer.text()).contains("\"content\": \"7\"").contains("[DONE]");
        assertThat(kept()).singleElement().satisfies(sampled -> {
            assertThat(sampled.path("checkpoint").asString()).isEqualTo("my-fork:2");
            assertThat(sampled.path("prompt").toString()).isEqualTo("[256,55]");
            assertThat(sampled.path("output").toString()).isEqualTo("[55,257]");
            assertThat(sampled.path("logprobs")).hasSize(2);
        });
    }

    @Test
    void anotherDialectsAnswerIsKeptBeforeItIsTranslated() {
        var answer = owner.send("POST", "/inference/v1/messages", BodyPublishers.ofString("""
                {"model": "my-fork", "max_tokens": 5, "messages": [{"role": "user", "content": "a digit"}]}"""), "Trace-Id", run.hex());
        assertThat(answer.json().path("content").path(0).path("text").asString()).isEqualTo("7");
        assertThat(kept()).singleElement().satisfies(sampled -> assertThat(sampled.path("output").toString()).isEqualTo("[55,257]"));
    }

    @Test
    void aCallWithoutIdsIsKnownToHaveBeenMade() {
        FakeServices.TRAINER.on(CHAT, 200, WHOLE.replace("\"prompt_token_ids\": [256, 55], \"token_ids\": [55, 257],", ""));
        assertThat(call(owner, "", "Trace-Id", run.hex()).status()).isEqualTo(200);
        assertThat(kept()).singleElement().satisfies(sampled -> assertThat(sampled.path("output").isNull()).isTrue());
    }

    @Test
    void whatCannotBeWrittenDownIsNotAnswered() {
        FakeServices.TRAINING.on(KEPT, 503, "{\"detail\": \"the database is away\"}");
        var refused = call(owner, "", "Trace-Id", run.hex());
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.header("Retry-After")).isEqualTo("1");
        assertThat(refused.text()).contains("cannot be written down just now").doesNotContain("the database is away");
        assertThat(FakeServices.TRAINER.seen).as("nor is it sampled again").hasSize(1);
        streams();
        var stream = call(owner, ", \"stream\": true", "Trace-Id", run.hex());
        assertThat(stream.text()).contains("cannot be written down just now").doesNotContain("\"finish_reason\": \"stop\"", "[DONE]");
    }

    @Test
    void whatIsOfNoRunOrOfNoTrainedModelIsNotKept() {
        assertThat(call(owner, "").status()).isEqualTo(200);
        assertThat(call(owner, "", "Trace-Id", " ").status()).isEqualTo(200);
        FakeServices.TRAINING.on("GET /internal/models/resolve", 200, """
                {"id": "%s", "modelName": "my-fork", "provider": "provider", "upstreamModel": "big-1"}""".formatted(FORK));
        FakeServices.PROVIDER.on(CHAT, 200, WHOLE);
        var another = new Client(port).bearer(new Client(port).newKey("team " + UUID.randomUUID(), "tester").path("key").asString());
        assertThat(call(another, "", "Trace-Id", run.hex()).header("x-hud-upstream")).isEqualTo("provider");
        assertThat(kept()).isEmpty();
    }

    @Test
    void aRunsKeySpeaksForItsOwnRunAlone() {
        FakeServices.JOB.on("GET /internal/runs/" + run + "/live", 200, "{\"live\": true, \"latest\": true}");
        var holder = new Client(port).bearer(Tokens.runKey(
                new RunKey(new TeamId(UUID.fromString(team)), run, 3, "my-fork"), Instant.parse("2999-01-01T00:00:00Z")));
        assertThat(call(holder, "").status()).isEqualTo(200);
        assertThat(call(holder, "", "Trace-Id", run.hex()).status()).isEqualTo(200);
        assertThat(call(holder, "", "Trace-Id", UUID.randomUUID().toString()).status()).as("of a run inside").isEqualTo(200);
        assertThat(kept()).hasSize(2).allSatisfy(sampled -> {
            assertThat(sampled.path("run").asString()).isEqualTo(run.toString());
            assertThat(sampled.path("attempt").intValue()).isEqualTo(3);
        });
    }

    @Test
    void theLedgerNamesTheCheckpointThatAnswered() {
        call(owner, "");
        await().untilAsserted(() -> assertThat(owner.get("/v2/calls").json().path("items").path(0).path("checkpoint").asString(""))
                .isEqualTo("my-fork:2"));
    }

    @Test
    void ofACheckpointTheLedgerHearsFromTheTrainerAlone() {
        FakeServices.TRAINING.on("GET /internal/models/resolve", 200, """
                {"id": "%s", "modelName": "my-fork", "provider": "provider", "upstreamModel": "big-1"}""".formatted(FORK));
        FakeServices.PROVIDER.on(CHAT, (exchange, seen) -> {
            exchange.getResponseHeaders().add("x-hud-checkpoint", "my-fork:2");
            FakeService.send(exchange, 200, WHOLE);
        });
        call(owner, "");
        await().untilAsserted(() -> assertThat(owner.get("/v2/calls").json().path("items").path(0).path("upstream").asString(""))
                .isEqualTo("provider"));
        assertThat(owner.get("/v2/calls").json().path("items").path(0).path("checkpoint").isNull()).isTrue();
    }
}
