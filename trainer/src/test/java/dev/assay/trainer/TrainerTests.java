// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.contracts.ModelId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.training.Call;
import dev.assay.contracts.training.CallLease;
import dev.assay.contracts.training.CallOutcome;
import dev.assay.contracts.training.Chunk;
import dev.assay.contracts.training.Datum;
import dev.assay.contracts.training.DatumFile;
import dev.assay.kit.ServiceStart;
import dev.assay.testsupport.TestPlatform;
import dev.assay.testsupport.Tokens;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/** A whole trainer, which does one call at a time, and a stand-in for training-service. */
class TrainerTests {

    private static final String FIRST = "trainer/first";
    private static final long TTL = 600_000;
    private static final Call.Rate RATE = new Call.Rate(0.5, 0.9, 0.95, 1e-8, 0);

    @TempDir
    static Path data;

    static TrainingStandIn training;
    static ConfigurableApplicationContext trainer;

    private final HttpClient http = HttpClient.newHttpClient();
    private final ModelId model = ModelId.random();

    @BeforeAll
    static void start() throws IOException {
        training = new TrainingStandIn();
        trainer = ServiceStart.run(Trainer.class, "trainer", settings("first"));
    }

    private static String[] settings(String name) {
        var settings = Stream.of(
                "server.port=0", "assay.training-url=" + training.url(), "assay.data=" + data.resolve(name), "assay.trainer.name=" + name,
                "assay.trainer.calls=1", "assay.trainer.poll=1s");
        return Stream.concat(settings, TestPlatform.keySettings("trainer").stream()).map(setting -> "--" + setting).toArray(String[]::new);
    }

    /** One that can be killed. */
    private static Process startApart(String name) throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        var command = Stream.of(java, "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-cp", classes, Trainer.class.getName());
        return new ProcessBuilder(Stream.concat(command, Stream.of(settings(name))).toList()).inheritIO().start();
    }

    @AfterAll
    static void stop() {
        trainer.close();
        training.close();
    }

    private HttpResponse<String> ask(String credential, String body) throws IOException, InterruptedException {
        var url = "http://127.0.0.1:" + trainer.getEnvironment().getProperty("local.server.port") + "/v1/chat/completions";
        var request = HttpRequest.newBuilder(URI.create(url))
                .header("Authorization", credential).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"'))).build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> ask(String members) throws IOException, InterruptedException {
        return ask(Tokens.service(), "{'model': '" + model + "', " + members + "}");
    }

    private JsonNode choice(String members) throws IOException, InterruptedException {
        var answer = ask(members);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return TrainingStandIn.JSON.readTree(answer.body()).path("choices").path(0);
    }

    private JsonNode sampled(String question, int seed) throws IOException, InterruptedException {
        return choice("'messages': [{'role': 'user', 'content': '" + question + "'}], 'logprobs': true, 'return_token_ids': true, 'seed': " + seed);
    }

    private static int[] ids(JsonNode ids) {
        return IntStream.range(0, ids.size()).map(i -> ids.get(i).intValue()).toArray();
    }

    private static Datum datum(int trajectory, JsonNode choice) {
        var prompt = ids(choice.path("prompt_token_ids"));
        var output = ids(choice.path("token_ids"));
        var whole = IntStream.concat(Arrays.stream(prompt), Arrays.stream(output)).toArray();
        var mask = new float[whole.length - 1];
        var logprobs = new float[whole.length - 1];
        for (int i = 0; i < output.length; i++) {
            mask[prompt.length - 1 + i] = 1;
            logprobs[prompt.length - 1 + i] = choice.path("logprobs").path("content").path(i).path("logprob").floatValue();
        }
        return new Datum(
                trajectory, List.of(new Chunk.Text(Arrays.copyOf(whole, whole.length - 1))), Arrays.copyOfRange(whole, 1, whole.length), mask, logprobs);
    }

    private String blob(List<Datum> datums) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var writer = new DatumFile.Writer(bytes)) {
            for (var datum : datums) {
                writer.write(datum);
            }
        }
        return training.put(bytes.toByteArray());
    }

    private List<Datum> datums(String question, int many) throws IOException, InterruptedException {
        training.samples(model, null, null);
        List<Datum> datums = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            datums.add(datum(i, sampled(question, i)));
        }
        return datums;
    }

    private static Call learn(String datums, Double... advantages) {
        return new Call(
                UUID.randomUUID(), Call.FORWARD_BACKWARD, datums, "importance_sampling", Map.of(), List.of(advantages), 1, null, null);
    }

    private static Call forward(String datums) {
        return new Call(UUID.randomUUID(), Call.FORWARD, datums, null, Map.of(), List.of(), 1, null, null);
    }

    private static Call step() {
        return new Call(UUID.randomUUID(), Call.OPTIM_STEP, null, null, Map.of(), List.of(), 1, null, RATE);
    }

    private static CallLease lease(ModelId model, @Nullable String state, Call call, Call... gathered) {
        return new CallLease(1, TTL, model, "toy", "base", state == null ? null : UUID.randomUUID(), 0, state, null, List.of(gathered), call);
    }

    private static CallOutcome done(CallLease lease) {
        int before = training.told(lease.call().id()).size();
        training.leases(FIRST).add(lease);
        return outcome(lease.call(), before + 1);
    }

    private static CallOutcome outcome(Call call, int many) {
        Awaitility.await().until(() -> training.told(call.id()).size() >= many);
        return training.told(call.id()).getLast();
    }

    private static CallOutcome.Saved saved(CallOutcome outcome) {
        assertThat(outcome.failure()).isNull();
        return Objects.requireNonNull(outcome.checkpoint());
    }

    @Test
    void aModelLearnsAndIsSampledFromThen() throws Exception {
        var datums = blob(datums("What is 3 + 4?", 4));
        var learn = learn(datums, 0.75, -0.25, -0.25, -0.25);
        var learnt = done(lease(model, null, learn));
        assertThat(learnt.failure()).isNull();
        assertThat(learnt.moves()).isTrue();
        assertThat(learnt.metrics()).containsEntry("action_tokens:sum", 8.0);
        assertThat(learnt.metrics().get("ratio_mean")).isCloseTo(1, within(1e-6));
        assertThat(learnt.metrics().get("loss:sum")).isCloseTo(0, within(1e-5)); // of as many tokens each

        var stepped = done(lease(model, null, step(), learn));
        assertThat(stepped.metrics().get("grad_norm")).isPositive();
        assertThat(stepped.metrics()).containsEntry("learning_rate", 0.5);
        training.samples(model, "step-1", saved(stepped).weights());
        var answer = ask("'messages': [{'role': 'user', 'content': 'What is 3 + 4?'}], 'logprobs': true, 'seed': 0, 'return_token_ids': true");
        assertThat(answer.headers().firstValue("x-hud-checkpoint")).hasValue("step-1");

        var state = saved(stepped).state();
        var fresh = datum(0, TrainingStandIn.JSON.readTree(answer.body()).path("choices").path(0));
        var heard = ByteBuffer.wrap(training.blobs.get(done(lease(model, state, forward(blob(List.of(fresh))))).logprobs())).asFloatBuffer();
        for (int position = 0; position < fresh.length(); position++) {
            if (fresh.mask()[position] > 0) {
                assertThat(heard.get(position)).isEqualTo(fresh.sampled()[position]);
            }
        }
        assertThat(training.fetched).doesNotContain(state); // it had it
    }

    @Test
    void whatATrainerDidThatDiedIsDoneAgainToTheLastBit() throws Exception {
        var first = learn(blob(datums("Which digit?", 2)), 0.5, -0.5);
        var second = learn(blob(datums("And which now?", 2)), -0.5, 0.5);
        var undisturbed = ModelId.random();
        done(lease(undisturbed, null, first));
        done(lease(undisturbed, null, second, first));
        var expected = saved(done(lease(undisturbed, null, step(), first, second)));

        var killed = startApart("killed");
        try {
            training.leases("trainer/killed").add(lease(model, null, first));
            outcome(first, 2); // it has done the first itself
            var hangs = training.hang(Objects.requireNonNull(second.datums()));
            training.leases("trainer/killed").add(lease(model, null, second, first));
            assertThat(hangs.begun().await(60, TimeUnit.SECONDS)).isTrue();
            killed.destroyForcibly().waitFor();
            hangs.rest().countDown();
            assertThat(training.told(second.id())).hasSize(1);
        } finally {
            killed.destroyForcibly();
        }
        done(lease(model, null, second, first));
        assertThat(saved(done(lease(model, null, step(), first, second)))).isEqualTo(expected);
    }

    @Test
    void aHeadThatWasMovedIsGoneOnFrom() throws Exception {
        var learn = learn(blob(datums("Which digit?", 2)), 0.5, -0.5);
        done(lease(model, null, learn));
        var once = saved(done(lease(model, null, step(), learn)));
        var again = learn(learn.datums(), 0.5, -0.5);
        done(lease(model, once.state(), again));
        var twice = saved(done(lease(model, once.state(), step(), again)));
        assertThat(twice).isNotEqualTo(once);
        done(lease(model, twice.state(), learn(learn.datums(), -0.5, 0.5))); // which the move drops
        var back = learn(learn.datums(), 0.5, -0.5);
        done(lease(model, once.state(), back));
        assertThat(saved(done(lease(model, once.state(), step(), back)))).isEqualTo(twice);
    }

    @Test
    void anOutcomeIsToldUntilItIsHeard() throws Exception {
        var learn = learn(blob(datums("Which digit?", 2)), 0.5, -0.5);
        training.answersToLose.set(2);
        training.leases(FIRST).add(lease(model, null, learn));
        Awaitility.await().until(() -> training.told(learn.id()).size() == 3);
        assertThat(training.told(learn.id())).containsOnly(training.told(learn.id()).getFirst());
    }

    @Test
    void nothingIsToldOfACallThatIsAnothersByNow() throws Exception {
        var learn = learn(blob(datums("Who learns this?", 2)), 0.5, -0.5);
        var hangs = training.hang(Objects.requireNonNull(learn.datums()));
        training.lost.add(learn.id());
        int before = training.renewals.get();
        training.leases(FIRST).add(new CallLease(1, 3000, model, "toy", "base", null, 0, null, null, List.of(), learn));
        Awaitility.await().until(() -> training.renewals.get() > before);
        hangs.rest().countDown();
        var next = forward(learn.datums());
        done(lease(model, null, next));
        assertThat(training.told(learn.id())).isEmpty();
    }

    @Test
    void weightsOfTheCallersOwnCountAsTheyAre() throws Exception {
        var datums = datums("Which digit?", 1);
        var weights = ByteBuffer.allocate(4 * datums.getFirst().length());
        for (int position = 0; position < datums.getFirst().length(); position++) {
            weights.putFloat(datums.getFirst().mask()[position] * 0.5f);
        }
        var given = new Call(
                UUID.randomUUID(), Call.BACKWARD, blob(datums), null, Map.of(), List.of(), 1, training.put(weights.array()), null);
        assertThat(done(lease(model, null, given)).moves()).isTrue();
        var byWeights = saved(done(lease(model, null, step(), given)));
        var short1 = new Call(UUID.randomUUID(), Call.BACKWARD, given.datums(), null, Map.of(), List.of(), 1, training.put(new byte[4]), null);
        assertThat(done(lease(model, null, short1)).failure()).isEqualTo(new CallOutcome.Failure(422, "weights: are fewer than the positions of the"
                + " forward"));

        var likewise = new Call(
                UUID.randomUUID(), Call.FORWARD_BACKWARD, given.datums(), "cispo", Map.of("clip_low_threshold", 1.0, "clip_high_threshold", 1.0),
                List.of(0.5), 1, null, null);
        done(lease(model, null, likewise));
        assertThat(saved(done(lease(model, null, step(), likewise)))).isEqualTo(byWeights);
    }

    @Test
    void advantagesOfZeroMoveNothing() throws Exception {
        var outcome = done(lease(model, null, learn(blob(datums("Which digit?", 2)), 0.0, 0.0)));
        assertThat(outcome.moves()).isFalse();
        assertThat(outcome.failure()).isNull();
    }

    @Test
    void whatCannotBeComputedIsSaidAndTheModelGoesOn() throws Exception {
        var learn = learn(blob(datums("Which digit?", 1)), 1.0);
        done(lease(model, null, learn));
        var foreign = new Datum(7, List.of(new Chunk.Text(1, 50_000)), new int[] {50_000, 2}, new float[] {1, 1}, new float[2]);
        var failed = done(lease(model, null, forward(blob(List.of(foreign))), learn));
        assertThat(failed.failure()).isNotNull();
        assertThat(failed.failure().status()).isEqualTo(422);
        assertThat(failed.failure().detail()).contains("inputs[7]", "50000", "position 1");
        var missing = done(lease(model, null, forward("0".repeat(64)), learn));
        assertThat(missing.failure().status()).isEqualTo(500);
        assertThat(done(lease(model, null, step(), learn)).failure()).isNull();
    }

    @Test
    void anAnswerIsInTheFormOfChatCompletions() throws Exception {
        training.samples(model, null, null);
        var answer = ask("'messages': [{'role': 'system', 'content': 'Be short.'}, {'role': 'user', 'content': [{'type': 'text', 'text': 'Hi'}]}],"
                + " 'logprobs': true, 'top_logprobs': 2, 'return_token_ids': true, 'unknown': {}, 'max_tokens': 20");
        var body = TrainingStandIn.JSON.readTree(answer.body());
        assertThat(answer.headers().firstValue("x-hud-checkpoint")).isEmpty();
        assertThat(body.path("object").asString()).isEqualTo("chat.completion");
        assertThat(body.path("model").asString()).isEqualTo(model.toString());
        var choice = body.path("choices").path(0);
        assertThat(choice.path("message").path("content").asString()).matches("\\d");
        assertThat(choice.path("finish_reason").asString()).isEqualTo("stop");
        assertThat(choice.path("token_ids").size()).isEqualTo(2);
        assertThat(choice.path("logprobs").path("content").size()).isEqualTo(2);
        assertThat(choice.path("logprobs").path("content").path(0).path("top_logprobs").size()).isEqualTo(2);
        assertThat(body.path("usage").path("prompt_tokens").intValue()).isEqualTo(choice.path("prompt_token_ids").size());
        assertThat(body.path("usage").path("completion_tokens").intValue()).isEqualTo(2);
        assertThat(choice("'messages': [{'role': 'user', 'content': 'Hi'}], 'max_tokens': 1").path("finish_reason").asString()).isEqualTo("length");
    }

    @Test
    void aStreamSaysTheSameInEvents() throws Exception {
        training.samples(model, null, null);
        var asked = "'messages': [{'role': 'user', 'content': 'Hi'}], 'seed': 5, 'logprobs': true, 'return_token_ids': true";
        var whole = choice(asked);
        var answer = ask(asked + ", 'stream': true, 'stream_options': {'include_usage': true}");
        assertThat(answer.headers().firstValue("Content-Type")).hasValueSatisfying(type -> assertThat(type).startsWith("text/event-stream"));
        var events = answer.body().lines().filter(line -> !line.isEmpty()).map(line -> line.substring("data: ".length())).toList();
        assertThat(events).hasSize(5).last().isEqualTo("[DONE]");
        var said = events.subList(0, 4).stream().map(TrainingStandIn.JSON::readTree).map(event -> event.path("choices").path(0)).toList();
        assertThat(said.get(0).path("prompt_token_ids")).isEqualTo(whole.path("prompt_token_ids"));
        assertThat(said.get(1).path("delta").path("content")).isEqualTo(whole.path("message").path("content"));
        assertThat(said.get(1).path("token_ids")).isEqualTo(whole.path("token_ids"));
        assertThat(said.get(1).path("logprobs")).isEqualTo(whole.path("logprobs"));
        assertThat(said.get(2).path("finish_reason")).isEqualTo(whole.path("finish_reason"));
        assertThat(TrainingStandIn.JSON.readTree(events.get(3)).path("usage").path("completion_tokens").intValue()).isEqualTo(2);
    }

    @Test
    void aToolIsCalledAndItsResultGoneOnFrom() throws Exception {
        training.samples(model, null, null);
        var tools = ", 'tools': [{'type': 'function', 'function': {'name': 'move', 'parameters': {'type': 'object', 'properties':"
                + " {'direction': {'type': 'string', 'enum': ['up', 'down', 'left', 'right']}}, 'required': ['direction']}}}],"
                + " 'return_token_ids': true, 'logprobs': true";
        var system = "{'role': 'system', 'content': 'Play.'}, {'role': 'user', 'content': 'Go'}";
        JsonNode called = null;
        int seed = 0;
        while (called == null || !called.path("finish_reason").asString().equals("tool_calls")) {
            assertThat(seed).isLessThan(50);
            called = choice("'messages': [" + system + "], 'seed': " + seed++ + tools);
        }
        var function = called.path("message").path("tool_calls").path(0).path("function");
        assertThat(function.path("name").asString()).isEqualTo("move");
        assertThat(function.path("arguments").asString()).matches("\\{\"direction\":\"(up|down|left|right)\"}");
        var known = IntStream.concat(Arrays.stream(ids(called.path("prompt_token_ids"))), Arrays.stream(ids(called.path("token_ids")))).toArray();
        var on = "'messages': [" + system + ", " + called.path("message") + ", {'role': 'tool', 'tool_call_id': 'x', 'content': '2 4'}]" + tools;
        var next = choice(on + ", 'prompt_token_ids': " + Arrays.toString(known) + ", 'continuation_from': 2");
        assertThat(ids(next.path("prompt_token_ids"))).startsWith(known);
        assertThat(ids(next.path("prompt_token_ids"))).isEqualTo(ids(choice(on).path("prompt_token_ids")));
    }

    @Test
    void anEarlierCheckpointIsSampledFromByItsName() throws Exception {
        var learn = learn(blob(datums("Which digit?", 1)), 1.0);
        done(lease(model, null, learn));
        training.samples(model, "step-1", saved(done(lease(model, null, step(), learn))).weights());
        training.samples(model, "step-2", null);
        var members = "'messages': [{'role': 'user', 'content': 'Hi'}], 'checkpoint': ";
        assertThat(ask(members + "'step-1'").headers().firstValue("x-hud-checkpoint")).hasValue("step-1");
        assertThat(ask(members + "null").headers().firstValue("x-hud-checkpoint")).hasValue("step-2");
        var unknown = ask(members + "'a b&c'");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).contains("\"error\"", "a b&c");
    }

    @Test
    void whatIsNotDoneIsRefusedByName() throws Exception {
        training.samples(model, null, null);
        var hi = "'messages': [{'role': 'user', 'content': 'Hi'}]";
        var refusals = Map.of(
                hi + ", 'top_p': 0.5", "top_p", hi + ", 'n': 2", "n: ", hi + ", 'temperature': -1", "temperature", hi + ", 'stop': ['']", "stop",
                hi + ", 'max_tokens': 0", "max_tokens", hi + ", 'tool_choice': 'required'", "tool_choice", "'messages': []", "messages",
                "'messages': [{'role': 'user', 'content': [{'type': 'image_url'}]}]", "messages[0].content[0]",
                hi + ", 'prompt_token_ids': ['x'], 'continuation_from': 1", "prompt_token_ids[0]",
                "'messages': [{'role': 'robot', 'content': 'Hi'}]", "messages[0].role");
        for (var refusal : refusals.entrySet()) {
            var answer = ask(refusal.getKey());
            assertThat(answer.statusCode()).as(refusal.getKey()).isEqualTo(400);
            assertThat(TrainingStandIn.JSON.readTree(answer.body()).path("error").path("message").asString()).startsWith(refusal.getValue());
        }
        assertThat(ask(hi + ", 'top_p': 1.0, 'n': 1, 'frequency_penalty': 0, 'temperature': null").statusCode()).isEqualTo(200);
        assertThat(ask("'messages': [{'role': 'user', 'content': '" + "x".repeat(40_000) + "'}]").statusCode()).isEqualTo(413);
        assertThat(ask(Tokens.service(), "{").statusCode()).isEqualTo(400);
        assertThat(ask(Tokens.service(), "{'model': 'gpt', " + hi + "}").statusCode()).isEqualTo(404);
    }

    @Test
    void whileTrainingServiceIsAwayNothingIsSampled() throws Exception {
        training.samples(model, null, null);
        training.down = true;
        try {
            var answer = ask("'messages': [{'role': 'user', 'content': 'Hi'}]");
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).contains("\"error\"", "Training-service");
        } finally {
            training.down = false;
        }
    }

    @Test
    void onlyServicesSample() throws Exception {
        var body = "{'model': '" + model + "', 'messages': [{'role': 'user', 'content': 'Hi'}]}";
        assertThat(ask("Bearer nothing", body).statusCode()).isEqualTo(401);
        assertThat(ask(Tokens.member(TeamId.parse(UUID.randomUUID().toString())), body).statusCode()).isEqualTo(404);
        assertThat(ask(Tokens.worker(), body).statusCode()).isEqualTo(403);
    }
}
