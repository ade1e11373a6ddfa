// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.training.Call;
import dev.assay.testsupport.Tokens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.http.MediaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A fork for every test; trainers are asked only when there is something to do, so that none takes another's. */
abstract class WithFork extends WithNeighbours {

    static final Executor THREADS = task -> Thread.ofVirtual().start(task);
    static final String STEP = "{\"learning_rate\": 0.1}";

    final JsonMapper json = new JsonMapper();
    final HttpClient http = HttpClient.newHttpClient();
    final TeamId team = TeamId.random();
    String member;
    TrainerStandIn trainer;
    String model;

    record Answer(int status, String text, JsonNode body) {

        String detail() {
            return body.path("detail").asString();
        }
    }

    @BeforeEach
    void fork() {
        member = Tokens.member(team);
        trainer = new TrainerStandIn(port, "t-" + UUID.randomUUID());
        model = fork("arith").body().path("id").asString();
    }

    Answer fork(String name) {
        return send("POST", "/v2/models/fork", "{\"source_model_id\": \"" + id("toy/base") + "\", \"name\": \"" + name + "\"}");
    }

    String id(String slug) {
        return send("GET", "/v2/models/resolve?model=" + slug, "").body().path("id").asString();
    }

    Answer send(String method, String path, String body) {
        return send(method, path, body.getBytes(StandardCharsets.UTF_8), "identity", member);
    }

    Answer send(String method, String path, byte[] body, String coding, String who) {
        try {
            var answer = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                            .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
                            .header("Authorization", who)
                            .header("Content-Type", MediaType.APPLICATION_JSON_VALUE)
                            .header("Content-Encoding", coding)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            var told = json.readTree(answer.body().isEmpty() ? "null" : answer.body());
            // who waited so long that white space came has been told 200 by then: what failed says its status in the body
            boolean waited = answer.body().startsWith(" ");
            return new Answer(waited ? told.path("status").asInt(answer.statusCode()) : answer.statusCode(), answer.body(), told);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    CompletableFuture<Answer> call(String what, String body) {
        return CompletableFuture.supplyAsync(() -> send("POST", train(what), body), THREADS);
    }

    /** The answer to what no trainer has to compute: asking for work decides it. */
    Answer decided(CompletableFuture<Answer> told) {
        do {
            assertThat(trainer.ask(200)).isNull();
        } while (!told.isDone());
        return told.join();
    }

    Answer refused(String what, String body) {
        return send("POST", train(what), body);
    }

    String train(String what) {
        return "/v1/models/" + model + "/train/" + what;
    }

    static String batch(double first, double second) {
        return "{\"inputs\": [" + input(first) + ", " + input(second) + "]}";
    }

    static String input(double reward) {
        return "{\"samples\": [{\"prompt_token_ids\": [1, 2], \"output_token_ids\": [3], \"output_logprobs\": [-0.5]}], \"reward\": " + reward
                + ", \"trace_id\": \"0123456789abcdef0123456789abcdef\"}";
    }

    void gather() {
        var told = call("forward-backward", batch(1, 0));
        trainer.done(trainer.take(Call.FORWARD_BACKWARD));
        assertThat(told.join().status()).isEqualTo(200);
    }

    JsonNode step() {
        var told = call("optim-step", STEP);
        trainer.done(trainer.take(Call.OPTIM_STEP));
        return told.join().body();
    }

    JsonNode checkpoints() {
        return send("GET", "/v2/models/" + model + "/checkpoints", "").body();
    }
}
