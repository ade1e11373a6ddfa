// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.training.Call;
import dev.assay.contracts.training.CallLease;
import dev.assay.contracts.training.CallOutcome;
import dev.assay.contracts.training.DatumFile;
import dev.assay.kit.blob.Blobs;
import dev.assay.kit.identity.Role;
import dev.assay.testsupport.RawConnection;
import dev.assay.testsupport.Tokens;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every test has a model of its own; trainers are asked only when there is something to do, so that none takes another's. */
class CallTests extends WithNeighbours {

    private static final Executor THREADS = task -> Thread.ofVirtual().start(task);
    private static final String STEP = "{\"learning_rate\": 0.1}";

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private Blobs blobs;

    @Autowired
    private ClearBlobs clearBlobs;

    private final JsonMapper json = new JsonMapper();
    private final HttpClient http = HttpClient.newHttpClient();
    private final TeamId team = TeamId.random();
    private String member;
    private TrainerStandIn trainer;
    private String model;

    private record Answer(int status, String text, JsonNode body) {

        String detail() {
            return body.path("detail").asString();
        }
    }

    @BeforeEach
    void fork() {
        member = Tokens.member(team);
        trainer = new TrainerStandIn(port, "t-" + UUID.randomUUID());
        model = fork("arith").body.path("id").asString();
    }

    private Answer fork(String name) {
        return send("POST", "/v2/models/fork", "{\"source_model_id\": \"" + id("toy/base") + "\", \"name\": \"" + name + "\"}");
    }

    private String id(String slug) {
        return send("GET", "/v2/models/resolve?model=" + slug, "").body.path("id").asString();
    }

    private Answer send(String method, String path, String body) {
        return send(method, path, body.getBytes(StandardCharsets.UTF_8), "identity", member);
    }

    private Answer send(String method, String path, byte[] body, String coding, String who) {
        try {
            var answer = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                            .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
                            .header("Authorization", who)
                            .header("Content-Type", MediaType.APPLICATION_JSON_VALUE)
                            .header("Content-Encoding", coding)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            return new Answer(answer.statusCode(), answer.body(), json.readTree(answer.body().isEmpty() ? "null" : answer.body()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private CompletableFuture<Answer> call(String what, String body) {
        return CompletableFuture.supplyAsync(() -> send("POST", train(what), body), THREADS);
    }

    private Answer refused(String what, String body) {
        return send("POST", train(what), body);
    }

    private String train(String what) {
        return "/v1/models/" + model + "/train/" + what;
    }

    private static String batch(double first, double second) {
        return "{\"inputs\": [" + input(first) + ", " + input(second) + "]}";
    }

    private static String input(double reward) {
        return "{\"samples\": [{\"prompt_token_ids\": [1, 2], \"output_token_ids\": [3], \"output_logprobs\": [-0.5]}], \"reward\": " + reward
                + ", \"trace_id\": \"0123456789abcdef0123456789abcdef\"}";
    }

    private void gather() {
        var told = call("forward-backward", batch(1, 0));
        trainer.done(trainer.take(Call.FORWARD_BACKWARD));
        assertThat(told.join().status).isEqualTo(200);
    }

    private JsonNode step() {
        var told = call("optim-step", STEP);
        trainer.done(trainer.take(Call.OPTIM_STEP));
        return told.join().body;
    }

    private JsonNode checkpoints() {
        return send("GET", "/v2/models/" + model + "/checkpoints", "").body;
    }

    @Test
    void aForkIsItsTeamsAndTrainable() {
        var fork = send("GET", "/v2/models/" + model, "").body;
        assertThat(fork.path("model_name").asString()).isEqualTo("arith");
        assertThat(fork.path("is_trainable").booleanValue()).isTrue();
        assertThat(fork.path("provider").path("name").asString()).isEqualTo("toy");
        assertThat(fork.path("forked_from").asString()).isEqualTo(id("toy/base"));
        assertThat(send("GET", "/v2/models", "").body.path("items").path(0).path("id").asString()).isEqualTo(model);
        assertThat(send("GET", "/v2/models/" + id("toy/base"), "").body.path("is_trainable").booleanValue()).isFalse();
        assertThat(checkpoints()).isEmpty();
        assertThat(trainer.weights(model, null).weights()).isNull();
        assertThat(trainer.weights(model, null).base()).isEqualTo("base");
    }

    @Test
    void aNameIsForkedOnce() {
        assertThat(fork("arith").status).isEqualTo(409);
        assertThat(fork(" ARITH ").detail()).isEqualTo("name: the team has a model 'ARITH' already, " + model);
        assertThat(fork("Letter count (scripted)").body.path("model_name").asString()).isEqualTo("Letter-count-(scripted)");
        assertThat(fork("scripted/letter-count").body.path("model_name").asString()).isEqualTo("scripted/letter-count-2");
    }

    @Test
    void aBaseIsNotTrained() {
        model = id("toy/base");
        var refused = refused("optim-step", STEP);
        assertThat(refused.status).isEqualTo(403);
        assertThat(refused.detail()).isEqualTo("Model 'toy/base' is not trainable, as it is everybody's. Fork it, and train the fork.");
        model = UUID.randomUUID().toString();
        assertThat(refused("optim-step", STEP).status).isEqualTo(404);
    }

    @Test
    void anotherTeamsForkIsNotThere() {
        var stranger = Tokens.person(TeamId.random(), Role.ADMINISTRATOR);
        for (var what : List.of("forward-backward", "forward", "backward", "optim-step")) {
            assertThat(send("POST", train(what), "{}".getBytes(StandardCharsets.UTF_8), "identity", stranger).status).isEqualTo(404);
        }
        assertThat(send("GET", train("losses"), new byte[0], "identity", stranger).status).isEqualTo(404);
        assertThat(send("PUT", "/v2/models/" + model + "/head", "{\"checkpoint_id\": \"x\"}".getBytes(StandardCharsets.UTF_8), "identity", stranger).status)
                .isEqualTo(404);
        assertThat(send("GET", "/v2/models/" + model + "/checkpoints", new byte[0], "identity", Tokens.person(team, Role.VIEWER)).status).isEqualTo(200);
        assertThat(send("POST", train("optim-step"), STEP.getBytes(StandardCharsets.UTF_8), "identity", Tokens.person(team, Role.VIEWER)).status)
                .isEqualTo(403);
        assertThat(send("GET", "/internal/training/models/" + model + "/weights", new byte[0], "identity", Tokens.worker()).status).isIn(403, 404);
    }

    @Test
    void aBatchIsDatumsAndAdvantages() throws IOException {
        var told = call("forward-backward", batch(1, 0));
        var lease = trainer.take(Call.FORWARD_BACKWARD);
        assertThat(lease.call().loss()).isEqualTo("importance_sampling");
        assertThat(lease.call().advantages()).containsExactly(0.5, -0.5);
        try (var datums = new DatumFile.Reader(new ByteArrayInputStream(trainer.blob(lease.call().datums())))) {
            assertThat(datums.next().targets()).containsExactly(2, 3);
            assertThat(datums.next().trajectory()).isEqualTo(1);
            assertThat(datums.next()).isNull();
        }
        trainer.done(lease);

        var answer = told.join().body;
        assertThat(answer.propertyNames()).containsExactlyInAnyOrder("metrics", "num_datums");
        assertThat(answer.path("num_datums").intValue()).isEqualTo(2);
        assertThat(answer.path("metrics").path("loss:sum").doubleValue()).isEqualTo(2);
        assertThat(answer.path("metrics").path("reward_mean").doubleValue()).isEqualTo(0.5);
        assertThat(answer.path("metrics").path("groups_with_spread").doubleValue()).isEqualTo(1);
    }

    @Test
    void aStepIsACheckpointOfAllThatWasSentSinceTheLast() {
        gather();
        gather();
        var step = step();
        assertThat(step.propertyNames()).containsExactlyInAnyOrder("step", "checkpoint_id", "sampler_path", "state_path", "model");
        assertThat(step.path("step").intValue()).isEqualTo(1);
        assertThat(step.path("model").asString()).isEqualTo("arith");
        var row = checkpoints().path(0);
        assertThat(row.path("id").asString()).isEqualTo(step.path("checkpoint_id").asString());
        assertThat(row.path("is_active").booleanValue()).isTrue();
        assertThat(row.path("prev_model_checkpoint_id").isNull()).isTrue();
        assertThat(row.path("num_traces").intValue()).isEqualTo(4);
        var whole = send("GET", "/v2/models/" + model + "/checkpoints/step-1", "").body;
        assertThat(whole.path("id")).isEqualTo(row.path("id"));
        assertThat(whole.path("inputs")).hasSize(4);
        assertThat(whole.path("inputs").path(1)).isEqualTo(json.readTree("""
                {"trace_id": "01234567-89ab-cdef-0123-456789abcdef", "reward": 0.0, "advantage": -0.5, "loss_fn": "importance_sampling"}"""));
        assertThat(row.path("num_tokens").intValue()).isEqualTo(12);
        assertThat(row.path("mean_reward").doubleValue()).isEqualTo(0.5);
        assertThat(row.path("loss_fn").asString()).isEqualTo("importance_sampling");
        assertThat(row.path("metrics").path("loss:sum").doubleValue()).isEqualTo(4);
        assertThat(row.path("metrics").path("ratio_max").doubleValue()).isEqualTo(1.25);
        assertThat(row.path("metrics").path("reward_std").doubleValue()).isCloseTo(0.5, within(1e-9));
        assertThat(row.path("metrics").path("grad_norm").doubleValue()).isEqualTo(1.5);

        gather();
        assertThat(step().path("step").intValue()).isEqualTo(2);
        assertThat(checkpoints().path(1).path("prev_model_checkpoint_id").asString()).isEqualTo(step.path("checkpoint_id").asString());
        assertThat(checkpoints().path(1).path("num_traces").intValue()).isEqualTo(2);
    }

    @Test
    void aStepWhoseAnswerWasLostIsMadeOnce() {
        gather();
        var first = step();
        assertThat(call("optim-step", STEP).thenCombine(CompletableFuture.supplyAsync(() -> trainer.ask(500), THREADS), (answer, none) -> {
            assertThat(none).isNull();
            return answer.body;
        }).join()).isEqualTo(first);
        assertThat(checkpoints()).hasSize(1);

        var other = call("optim-step", "{\"learning_rate\": 0.2}");
        assertThat(trainer.ask(500)).isNull();
        assertThat(other.join().status).isEqualTo(409);
    }

    @Test
    void nothingToLearnFromIsNoStep() {
        var empty = call("optim-step", STEP);
        trainer.ask(1000);
        assertThat(empty.join().detail()).contains("nothing was sent since the last step");
        var flat = call("forward-backward", batch(1, 1));
        var lease = trainer.take();
        assertThat(lease.call().advantages()).containsExactly(0.0, 0.0);
        trainer.doneAndFlat(lease);
        assertThat(flat.join().status).isEqualTo(200);
        var step = call("optim-step", STEP);
        trainer.ask(1000);
        assertThat(step.join().status).isEqualTo(409);
        assertThat(step.join().detail()).contains("every advantage was zero");
        assertThat(checkpoints()).isEmpty();
    }

    @Test
    void aTrainerThatIsLostIsFollowedByAnotherWhoIsToldOfAllThatWasGathered() {
        gather();
        var step = call("optim-step", STEP);
        var lost = trainer.take(Call.OPTIM_STEP);
        var next = new TrainerStandIn(port, "next-" + UUID.randomUUID());
        var taken = next.take(Call.OPTIM_STEP);
        assertThat(taken.call().id()).isEqualTo(lost.call().id());
        assertThat(taken.attempt()).isEqualTo(2);
        assertThat(taken.gathered()).extracting(Call::kind).containsExactly(Call.FORWARD_BACKWARD);
        assertThat(trainer.renew(lost).value()).isEqualTo(409);
        assertThat(trainer.tellDone(lost).value()).isEqualTo(409);
        assertThat(checkpoints()).isEmpty();
        assertThat(next.renew(taken).value()).isEqualTo(204);
        next.done(taken);
        assertThat(next.tellDone(taken).value()).isEqualTo(204);
        assertThat(step.join().status).isEqualTo(200);
        assertThat(checkpoints()).hasSize(1);
    }

    @Test
    void aCallThatKillsTrainersIsGivenUpAndWhatIsBehindItMovesOn() {
        var bad = call("forward-backward", batch(1, 0));
        for (int attempt = 1; attempt <= 3; attempt++) {
            assertThat(trainer.take().attempt()).isEqualTo(attempt);
        }
        var good = call("forward-backward", batch(0, 1));
        CallLease lease = trainer.take();
        assertThat(lease.attempt()).isEqualTo(1);
        trainer.done(lease);
        assertThat(bad.join().text).contains("3 trainers were lost");
        assertThat(good.join().status).isEqualTo(200);
    }

    @Test
    void whatIsGivenBackIsAnothersAtOnceAndLostNobody() {
        var told = call("forward-backward", batch(1, 0));
        for (int attempt = 1; attempt <= 4; attempt++) {
            var leaves = new TrainerStandIn(port, "leaves-" + UUID.randomUUID());
            var lease = attempt == 1 ? leaves.take() : leaves.ask(0);
            assertThat(lease).isNotNull();
            assertThat(lease.attempt()).isEqualTo(attempt);
            assertThat(trainer.giveBack(lease).value()).as("another's").isEqualTo(409);
            assertThat(leaves.giveBack(lease).value()).isEqualTo(204);
            assertThat(leaves.giveBack(lease).value()).isEqualTo(409);
            assertThat(leaves.tellDone(lease).value()).isEqualTo(409);
        }
        trainer.done(trainer.take());
        assertThat(told.join().status).isEqualTo(200);
    }

    @Test
    void whoHungUpWhileTheyWaitedForACallIsGivenNone() throws IOException {
        var gone = "gone-" + UUID.randomUUID();
        var ask = "{\"kinds\": [\"toy\"], \"waitMillis\": 20000}";
        try (var connection = new RawConnection(port)) {
            connection.say("POST /internal/training/leases HTTP/1.1\r\nHost: assay\r\nAuthorization: " + Tokens.trainer(gone)
                    + "\r\nContent-Type: application/json\r\nContent-Length: " + ask.length() + "\r\n\r\n" + ask);
            assertThat(connection.untilTheHead()).as("it waits: white space comes").contains("200");
        }
        var told = call("forward-backward", batch(1, 0));
        var lease = trainer.take();
        assertThat(jdbc.sql("select attempt - given_back from call where id = :id").param("id", lease.call().id()).query(Integer.class).single())
                .as("nobody was lost over it").isEqualTo(1);
        trainer.done(lease);
        assertThat(told.join().status).isEqualTo(200);
    }

    @Test
    void callsOfOneModelAreOneBehindTheOther() {
        var first = call("forward-backward", batch(1, 0));
        var lease = trainer.take();
        var second = call("optim-step", STEP);
        assertThat(new TrainerStandIn(port, "other").ask(300)).isNull();
        trainer.done(lease);
        trainer.done(trainer.take(Call.OPTIM_STEP));
        assertThat(first.join().status).isEqualTo(200);
        assertThat(second.join().body.path("step").intValue()).isEqualTo(1);
    }

    @Test
    void aMovedHeadDropsWhatWasGathered() {
        gather();
        var first = step().path("checkpoint_id").asString();
        gather();
        step();
        gather();
        var begun = call("forward-backward", batch(1, 0));
        var lease = trainer.take();
        var moved = send("PUT", "/v2/models/" + model + "/head", "{\"checkpoint_id\": \"" + first + "\"}");
        assertThat(moved.body.path("is_active").booleanValue()).isTrue();
        assertThat(begun.join().text).contains("The head of this model was moved");
        assertThat(trainer.tellDone(lease).value()).isEqualTo(409);
        assertThat(send("PUT", "/v2/models/" + model + "/head", "{\"checkpoint_id\": \"" + first + "\"}").status).isEqualTo(200);
        assertThat(checkpoints().valueStream().map(row -> row.path("is_active").booleanValue())).containsExactly(true, false);

        var nothing = call("optim-step", STEP);
        trainer.ask(1000);
        assertThat(nothing.join().status).isEqualTo(409);
        gather();
        var branch = step();
        assertThat(branch.path("step").intValue()).isEqualTo(3);
        assertThat(checkpoints().path(2).path("prev_model_checkpoint_id").asString()).isEqualTo(first);
    }

    @Test
    void weightsAreTheHeadsOrThoseThatArePinned() {
        gather();
        var first = step().path("checkpoint_id").asString();
        gather();
        step();
        assertThat(trainer.weights(model, null).checkpointName()).isEqualTo("arith:2");
        assertThat(trainer.weights(model, "arith:1").checkpoint()).hasToString(first);
        assertThat(trainer.weights(model, "step-1").checkpoint()).hasToString(first);
        assertThat(trainer.weights(model, first.replace("-", "")).checkpoint()).hasToString(first);
        assertThat(trainer.weightsStatus(model, "arith:3").value()).isEqualTo(404);
        var child = send("POST", "/v2/models/fork", "{\"source_model_id\": \"" + model + "\", \"name\": \"child\"}").body;
        assertThat(trainer.weights(child.path("id").asString(), null).weights()).isEqualTo(trainer.weights(model, null).weights());
        assertThat(child.path("forked_at").asString()).isEqualTo(trainer.weights(model, null).checkpoint().toString());
    }

    @Test
    void aLossOfOnesOwnIsAForwardAndABackward() {
        var forward = call("forward", "{\"inputs\": [" + input(0.5) + "], \"reward_scale\": 2, \"group_size\": 1}");
        trainer.done(trainer.take(Call.FORWARD));
        var said = forward.join().body;
        assertThat(said.propertyNames()).containsExactlyInAnyOrder("forward_id", "data");
        assertThat(said.path("data").path(0)).isEqualTo(json.readTree("""
                {"reward": 1.0, "traj_idx": 0, "group_idx": 0, "logprobs": [-0.5, -0.25], "sampling_logprobs": [0.0, -0.5], "mask": [0.0, 1.0]}"""));
        var id = said.path("forward_id").asString();
        assertThat(refused("backward", "{\"forward_id\": \"" + id + "\", \"weights\": [[1]]}").detail())
                .isEqualTo("weights: must be 2 for datum 0, as the forward's are, not 1");
        var body = "{\"forward_id\": \"" + id + "\", \"weights\": [[0, 0.5]], \"metrics\": {\"masked_tokens\": 3, \"loss:sum\": 7}}";
        var backward = call("backward", body);
        var lease = trainer.take(Call.BACKWARD);
        assertThat(trainer.blob(lease.call().weights())).hasSize(8);
        trainer.done(lease);
        assertThat(backward.join().body.path("metrics").path("masked_tokens").doubleValue()).isEqualTo(3);
        assertThat(backward.join().body.path("metrics").path("loss:sum").doubleValue()).isEqualTo(7);
        assertThat(refused("backward", body).detail()).contains("differentiated already");
        step();
        assertThat(checkpoints().path(0).path("loss_fn").asString()).isEqualTo("custom");
        assertThat(checkpoints().path(0).path("metrics").path("masked_tokens").doubleValue()).isEqualTo(3);
        assertThat(refused("backward", "{\"forward_id\": \"" + UUID.randomUUID() + "\", \"weights\": [[1]]}").status).isEqualTo(404);
    }

    @Test
    void aForwardOfWeightsThatAreGoneIsStale() {
        var forward = call("forward", "{\"inputs\": [" + input(0.5) + "]}");
        trainer.done(trainer.take(Call.FORWARD));
        gather();
        step();
        var stale = refused("backward", "{\"forward_id\": \"" + forward.join().body.path("forward_id").asString() + "\", \"weights\": [[1, 2]]}");
        assertThat(stale.status).isEqualTo(409);
        assertThat(stale.detail()).contains("the weights have changed");
    }

    @Test
    void whatATrainerCannotDoIsSaidAndChangesNothing() {
        gather();
        var step = call("optim-step", STEP);
        trainer.failed(trainer.take(), 500, "the disk is full");
        assertThat(step.join().text).contains("the disk is full");
        assertThat(checkpoints()).isEmpty();
        assertThat(step().path("step").intValue()).isEqualTo(1);
        var half = call("forward-backward", batch(1, 0));
        trainer.done(trainer.take());
        half.join();
        var again = call("optim-step", STEP);
        var lease = trainer.take();
        assertThat(trainer.tell(lease, new CallOutcome(lease.attempt(), null, Map.of(), false, null,
                new CallOutcome.Saved("0".repeat(64), "0".repeat(64)))).value()).isEqualTo(400);
        assertThat(checkpoints()).hasSize(1);
        trainer.done(lease);
        assertThat(again.join().status).isEqualTo(200);
    }

    @Test
    void whoeverWaitsHearsWhiteSpaceUntilThereIsAnAnswer() {
        var told = call("forward-backward", batch(1, 0));
        var lease = trainer.take();
        for (int i = 0; i < 3; i++) {
            trainer.renew(lease);
            trainer.ask(100);
        }
        trainer.done(lease);
        assertThat(told.join().text).startsWith(" ").endsWith("}");
        assertThat(told.join().body.path("num_datums").intValue()).isEqualTo(2);
    }

    @Test
    void withoutATrainerACallIsGivenUpAndNotDoneLater() {
        var alone = call("forward-backward", batch(1, 0));
        assertThat(alone.join().text).contains("No trainer for 'toy' models is there just now");
        assertThat(trainer.ask(0)).isNull();
    }

    @Test
    void whatIsWrongWithABatchIsSaid() {
        assertThat(refused("forward-backward", "{\"inputs\": []}").detail()).isEqualTo("inputs: must hold at least one");
        assertThat(refused("forward-backward", "{\"inputs\": [" + input(1) + "], \"loss_fn\": \"reinforce\"}").detail())
                .isEqualTo("loss_fn: there is no 'reinforce', but cross_entropy, importance_sampling, ppo, cispo, dro");
        assertThat(refused("forward-backward", "{\"inputs\": [" + input(1) + "], \"loss_fn\": \"dro\", \"loss_fn_config\": {\"gamma\": 1}}").status)
                .isEqualTo(400);
        var bare = "{\"inputs\": [{\"samples\": [{\"prompt_token_ids\": [1], \"output_token_ids\": [2]}], \"reward\": 1}]";
        assertThat(refused("forward-backward", bare + "}").detail()).startsWith("inputs[0].samples[0].output_logprobs: missing");
        assertThat(refused("forward-backward", "{\"inputs\": [{\"samples\": [{\"output_token_ids\": [2]}], \"reward\": 1}]}").detail())
                .isEqualTo("inputs: hold nothing to learn from: no sample has an output behind a first token");
        var long1 = "[" + "1,".repeat(1000) + "1]";
        assertThat(refused("forward-backward", "{\"inputs\": [{\"samples\": [{\"prompt_token_ids\": " + long1
                + ", \"output_token_ids\": [2], \"output_logprobs\": [-1]}], \"reward\": 1}]}").status).isEqualTo(413);
        assertThat(refused("forward-backward", "{\"inputs\": [\"" + "x".repeat(21_000) + "\"]}").status).isEqualTo(413);
        assertThat(refused("optim-step", "{\"learning_rate\": 0}").detail()).isEqualTo("learning_rate: must be more than 0, not 0.0");
        assertThat(refused("optim-step", "{}").detail()).isEqualTo("learning_rate: required");
        assertThat(refused("optim-step", "{\"learning_rate\": 1, \"beta1\": 1}").detail()).startsWith("beta1:");
        assertThat(send("PUT", "/v2/models/" + model + "/head", "{\"checkpoint_id\": \"" + UUID.randomUUID() + "\"}").status).isEqualTo(404);
    }

    private String runs(RunId... runs) {
        return "{\"inputs\": [\"" + Stream.of(runs).map(RunId::hex).collect(Collectors.joining("\", \"")) + "\"]}";
    }

    @Test
    void aRunByItsIdIsWhatIsOnRecordOfIt() throws IOException {
        var good = new RunId(UUID.randomUUID());
        var worse = new RunId(UUID.randomUUID());
        NeighboursStandIn.graded(team, good, 1, "[{\"prompt_token_ids\": [1, 2], \"output_token_ids\": [3], \"output_logprobs\": [-0.5]}]");
        NeighboursStandIn.graded(team, worse, 0, "[{\"prompt_token_ids\": [1], \"output_token_ids\": [4], \"output_logprobs\": [-0.25]}]");
        var told = call("forward-backward", runs(good, worse));
        var lease = trainer.take(Call.FORWARD_BACKWARD);
        assertThat(lease.call().advantages()).containsExactly(0.5, -0.5);
        try (var datums = new DatumFile.Reader(new ByteArrayInputStream(trainer.blob(lease.call().datums())))) {
            assertThat(datums.next().sampled()).containsExactly(0, -0.5f);
            assertThat(datums.next().sampled()).containsExactly(-0.25f);
        }
        trainer.done(lease);
        assertThat(told.join().body.path("num_datums").intValue()).isEqualTo(2);
    }

    @Test
    void aRunThatCannotBeLearntFromIsRefusedByItsName() {
        var unknown = new RunId(UUID.randomUUID());
        assertThat(refused("forward", runs(unknown)).status).isEqualTo(404);
        assertThat(refused("forward", runs(unknown)).detail()).isEqualTo("inputs[0]: there is no run " + unknown + ".");
        var foreign = new RunId(UUID.randomUUID());
        NeighboursStandIn.graded(TeamId.random(), foreign, 1, "[]");
        assertThat(refused("forward", runs(foreign)).status).isEqualTo(404);
        var unfinished = new RunId(UUID.randomUUID());
        NeighboursStandIn.run(team, unfinished, "{\"status\": \"running\"}");
        assertThat(refused("forward", runs(unfinished)).detail()).isEqualTo("inputs[0]: run " + unfinished + " is not over, it is running.");
        var timedOut = new RunId(UUID.randomUUID());
        NeighboursStandIn.run(team, timedOut, "{\"status\": \"error\", \"stop_reason\": \"timeout\", \"ended_at\": \"2026-11-01T00:00:00Z\"}");
        assertThat(refused("forward", runs(timedOut)).status).isEqualTo(422);
        assertThat(refused("forward", runs(timedOut)).detail()).endsWith("timed out.");
        var ungraded = new RunId(UUID.randomUUID());
        NeighboursStandIn.run(team, ungraded, "{\"status\": \"error\", \"error\": \"the grader broke\", \"ended_at\": \"2026-11-01T00:00:00Z\"}");
        assertThat(refused("forward", runs(ungraded)).detail()).endsWith("has no valid grade: the grader broke");
        var bare = new RunId(UUID.randomUUID());
        NeighboursStandIn.graded(team, bare, 1, "[]");
        assertThat(refused("forward", runs(bare)).status).isEqualTo(422);
        assertThat(refused("forward", runs(bare)).detail()).contains("has no token ids");
        var other = new RunId(UUID.randomUUID());
        NeighboursStandIn.run(team, other, "{\"status\": \"completed\", \"reward\": 1, \"evaluation_result\": {\"score\": 1},"
                + " \"ended_at\": \"2026-11-01T00:00:00Z\", \"inference_llm_model_id\": \"" + id("scripted/letter-count") + "\"}");
        assertThat(refused("forward", runs(other)).detail()).contains("whose tokens are not those of 'arith'");
    }

    @Test
    void batchesAreClearedAwayOnceTheirStepIsMadeAndCheckpointsAreNot() throws IOException {
        gather();
        step();
        gather();
        var weights = trainer.weights(model, null).weights();
        jdbc.sql("update call set ended_at = now() - interval '8 days'").update();
        var untold = trainer.put("never told");
        try (var files = Files.walk(blobs.find(weights).orElseThrow().getParent().getParent())) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
            }
        }
        clearBlobs.clear();
        assertThat(blobs.find(untold)).isEmpty();
        assertThat(blobs.find(weights)).isPresent();
        assertThat(jdbc.sql("select datums is null from call where model = :model::uuid order by position").param("model", model).query(Boolean.class).list())
                .as("that of the step, the step, that of the next").containsExactly(true, true, false);
        assertThat(send("GET", "/v2/models/" + model + "/checkpoints/step-1", "").body.path("inputs")).hasSize(2);
        step();
        gather();
    }

    @Test
    void aPackedBatchIsUnpacked() throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(batch(1, 0).getBytes(StandardCharsets.UTF_8));
        }
        var told = CompletableFuture.supplyAsync(() -> send("POST", train("forward-backward"), packed.toByteArray(), "gzip", member), THREADS);
        trainer.done(trainer.take());
        assertThat(told.join().status).isEqualTo(200);
        assertThat(send("POST", train("forward-backward"), "no".getBytes(StandardCharsets.UTF_8), "gzip", member).status).isEqualTo(400);
        var cut = Arrays.copyOf(packed.toByteArray(), packed.size() / 2);
        assertThat(send("POST", train("forward-backward"), cut, "gzip", member).status).isEqualTo(400);
        assertThat(send("POST", train("forward-backward"), new byte[0], "br", member).status).isEqualTo(415);
    }
}
