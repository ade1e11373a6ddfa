// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.training.Call;
import dev.assay.contracts.training.DatumFile;
import dev.assay.kit.blob.Blobs;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What a batch becomes, what is wrong with one, and how long it is kept. */
class BatchTests extends WithFork {

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private Blobs blobs;

    @Autowired
    private ClearBlobs clearBlobs;

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

        var answer = told.join().body();
        assertThat(answer.propertyNames()).containsExactlyInAnyOrder("metrics", "num_datums");
        assertThat(answer.path("num_datums").intValue()).isEqualTo(2);
        assertThat(answer.path("metrics").path("loss:sum").doubleValue()).isEqualTo(2);
        assertThat(answer.path("metrics").path("reward_mean").doubleValue()).isEqualTo(0.5);
        assertThat(answer.path("metrics").path("groups_with_spread").doubleValue()).isEqualTo(1);
    }

    @Test
    void whatIsWrongWithABatchIsSaid() {
        assertThat(refused("forward-backward", "{\"inputs\": []}").detail()).isEqualTo("inputs: must hold at least one");
        assertThat(refused("forward-backward", "{\"inputs\": [" + input(1) + "], \"loss_fn\": \"reinforce\"}").detail())
                .isEqualTo("loss_fn: there is no 'reinforce', but cross_entropy, importance_sampling, ppo, cispo, dro");
        assertThat(refused("forward-backward", "{\"inputs\": [" + input(1) + "], \"loss_fn\": \"dro\", \"loss_fn_config\": {\"gamma\": 1}}").status())
                .isEqualTo(400);
        var bare = "{\"inputs\": [{\"samples\": [{\"prompt_token_ids\": [1], \"output_token_ids\": [2]}], \"reward\": 1}]";
        assertThat(refused("forward-backward", bare + "}").detail()).startsWith("inputs[0].samples[0].output_logprobs: missing");
        assertThat(refused("forward-backward", "{\"inputs\": [{\"samples\": [{\"output_token_ids\": [2]}], \"reward\": 1}]}").detail())
                .isEqualTo("inputs: hold nothing to learn from: no sample has an output behind a first token");
        var long1 = "[" + "1,".repeat(1000) + "1]";
        assertThat(refused("forward-backward", "{\"inputs\": [{\"samples\": [{\"prompt_token_ids\": " + long1
                + ", \"output_token_ids\": [2], \"output_logprobs\": [-1]}], \"reward\": 1}]}").status()).isEqualTo(413);
        assertThat(refused("forward-backward", "{\"inputs\": [\"" + "x".repeat(21_000) + "\"]}").status()).isEqualTo(413);
        assertThat(refused("optim-step", "{\"learning_rate\": 0}").detail()).isEqualTo("learning_rate: must be more than 0, not 0.0");
        assertThat(refused("optim-step", "{}").detail()).isEqualTo("learning_rate: required");
        assertThat(refused("optim-step", "{\"learning_rate\": 1, \"beta1\": 1}").detail()).startsWith("beta1:");
        assertThat(send("PUT", "/v2/models/" + model + "/head", "{\"checkpoint_id\": \"" + UUID.randomUUID() + "\"}").status()).isEqualTo(404);
    }

    @Test
    void aPackedBatchIsUnpacked() throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(batch(1, 0).getBytes(StandardCharsets.UTF_8));
        }
        var told = CompletableFuture.supplyAsync(() -> send("POST", train("forward-backward"), packed.toByteArray(), "gzip", member), THREADS);
        trainer.done(trainer.take());
        assertThat(told.join().status()).isEqualTo(200);
        assertThat(send("POST", train("forward-backward"), "no".getBytes(StandardCharsets.UTF_8), "gzip", member).status()).isEqualTo(400);
        var cut = Arrays.copyOf(packed.toByteArray(), packed.size() / 2);
        assertThat(send("POST", train("forward-backward"), cut, "gzip", member).status()).isEqualTo(400);
        assertThat(send("POST", train("forward-backward"), new byte[0], "br", member).status()).isEqualTo(415);
    }
    @Test
    void batchesAreClearedAwayOnceTheirStepIsMadeAndCheckpointsAreNot() throws IOException {
        gather();
        step();
        gather();
        var weights = trainer.weights(model, null).weights();
        jdbc.sql("update call set ended_at = now() - interval '8 days'").update();
        var untold = trainer.put("never told");
        try (var files = Files.walk(blobs.find(weights).orElseThrow().getFile().toPath().getParent().getParent())) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
            }
        }
        clearBlobs.clear();
        assertThat(blobs.find(untold)).isEmpty();
        assertThat(blobs.find(weights)).isPresent();
        assertThat(jdbc.sql("select datums is null from call where model = :model::uuid order by position").param("model", model).query(Boolean.class).list())
                .as("that of the step, the step, that of the next").containsExactly(true, true, false);
        assertThat(send("GET", "/v2/models/" + model + "/checkpoints/step-1", "").body().path("inputs")).hasSize(2);
        step();
        gather();
    }
}
