// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.ModelId;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/** A whole trainer, which does one call at a time, and a stand-in for training-service: started once for all tests. */
abstract class RunningTrainer {

    static final String FIRST = "trainer/first";
    static final long TTL = 600_000;
    static final Call.Rate RATE = new Call.Rate(0.5, 0.9, 0.95, 1e-8, 0);

    static TrainingStandIn training;
    static @Nullable ConfigurableApplicationContext trainer;
    static Path data;

    private final HttpClient http = HttpClient.newHttpClient();
    final ModelId model = ModelId.random();

    /** The first class that comes starts both; they end with the tests. */
    @BeforeAll
    static synchronized void start() throws IOException {
        if (trainer == null) {
            data = Files.createTempDirectory("assay-test-");
            training = new TrainingStandIn();
            trainer = ServiceStart.run(Trainer.class, "trainer", settings("first"));
        }
    }

    static String[] settings(String name) {
        var settings = Stream.of(
                "server.port=0", "assay.training-url=" + training.url(), "assay.data=" + data.resolve(name), "assay.trainer.name=" + name,
                "assay.trainer.calls=1", "assay.trainer.poll=1s");
        return Stream.concat(settings, TestPlatform.keySettings("trainer").stream()).map(setting -> "--" + setting).toArray(String[]::new);
    }

    /** One that can be killed. */
    static Process startApart(String name) throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        var command = Stream.of(java, "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-cp", classes, Trainer.class.getName());
        return new ProcessBuilder(Stream.concat(command, Stream.of(settings(name))).toList()).inheritIO().start();
    }

    final HttpResponse<String> ask(String credential, String body) throws IOException, InterruptedException {
        var url = "http://127.0.0.1:" + trainer.getEnvironment().getProperty("local.server.port") + "/v1/chat/completions";
        var request = HttpRequest.newBuilder(URI.create(url))
                .header("Authorization", credential).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"'))).build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    final HttpResponse<String> ask(String members) throws IOException, InterruptedException {
        return ask(Tokens.service(), "{'model': '" + model + "', " + members + "}");
    }

    final JsonNode choice(String members) throws IOException, InterruptedException {
        var answer = ask(members);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return TrainingStandIn.JSON.readTree(answer.body()).path("choices").path(0);
    }

    final JsonNode sampled(String question, int seed) throws IOException, InterruptedException {
        return choice("'messages': [{'role': 'user', 'content': '" + question + "'}], 'logprobs': true, 'return_token_ids': true,"
                + " 'seed': " + seed);
    }

    static int[] ids(JsonNode ids) {
        return IntStream.range(0, ids.size()).map(i -> ids.get(i).intValue()).toArray();
    }

    static Datum datum(int trajectory, JsonNode choice) {
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
                trajectory, List.of(new Chunk.Text(Arrays.copyOf(whole, whole.length - 1))), Arrays.copyOfRange(whole, 1, whole.length),
                mask, logprobs);
    }

    final String blob(List<Datum> datums) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var writer = new DatumFile.Writer(bytes)) {
            for (var datum : datums) {
                writer.write(datum);
            }
        }
        return training.put(bytes.toByteArray());
    }

    final List<Datum> datums(String question, int many) throws IOException, InterruptedException {
        training.samples(model, null, null);
        List<Datum> datums = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            datums.add(datum(i, sampled(question, i)));
        }
        return datums;
    }

    static Call learn(String datums, Double... advantages) {
        return new Call(
                UUID.randomUUID(), Call.FORWARD_BACKWARD, datums, "importance_sampling", Map.of(), List.of(advantages), 1, null, null);
    }

    static Call forward(String datums) {
        return new Call(UUID.randomUUID(), Call.FORWARD, datums, null, Map.of(), List.of(), 1, null, null);
    }

    static Call step() {
        return new Call(UUID.randomUUID(), Call.OPTIM_STEP, null, null, Map.of(), List.of(), 1, null, RATE);
    }

    static CallLease lease(ModelId model, @Nullable String state, Call call, Call... gathered) {
        var head = state == null ? null : UUID.randomUUID();
        return new CallLease(1, TTL, model, "toy", "base", head, 0, state, null, List.of(gathered), call);
    }

    static CallOutcome done(CallLease lease) {
        int before = training.told(lease.call().id()).size();
        training.leases(FIRST).add(lease);
        return outcome(lease.call(), before + 1);
    }

    static CallOutcome outcome(Call call, int many) {
        Awaitility.await().until(() -> training.told(call.id()).size() >= many);
        return training.told(call.id()).getLast();
    }

    static CallOutcome.Saved saved(CallOutcome outcome) {
        assertThat(outcome.failure()).isNull();
        return Objects.requireNonNull(outcome.checkpoint());
    }
}
