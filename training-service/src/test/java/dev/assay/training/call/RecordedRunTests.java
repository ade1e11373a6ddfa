// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.training.Call;
import dev.assay.contracts.training.DatumFile;
import dev.assay.testsupport.Tokens;
import dev.assay.training.sample.OldSamples;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Runs that are named by their ids. */
class RecordedRunTests extends WithFork {

    private static final String FORGED = "[{\"prompt_token_ids\": [1, 2], \"output_token_ids\": [9], \"output_logprobs\": [-0.001]}]";

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private OldSamples oldSamples;

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
        assertThat(told.join().body().path("num_datums").intValue()).isEqualTo(2);
    }

    @Test
    void aRunThatCannotBeLearntFromIsRefusedByItsName() {
        var unknown = new RunId(UUID.randomUUID());
        assertThat(refused("forward", runs(unknown)).status()).isEqualTo(404);
        assertThat(refused("forward", runs(unknown)).detail()).isEqualTo("inputs[0]: there is no run " + unknown + ".");
        var foreign = new RunId(UUID.randomUUID());
        NeighboursStandIn.graded(TeamId.random(), foreign, 1, "[]");
        assertThat(refused("forward", runs(foreign)).status()).isEqualTo(404);
        var unfinished = new RunId(UUID.randomUUID());
        NeighboursStandIn.run(team, unfinished, "{\"status\": \"running\"}");
        assertThat(refused("forward", runs(unfinished)).detail()).isEqualTo("inputs[0]: run " + unfinished + " is not over, it is running.");
        var timedOut = new RunId(UUID.randomUUID());
        NeighboursStandIn.run(team, timedOut, "{\"status\": \"error\", \"stop_reason\": \"timeout\", \"ended_at\": \"2026-11-01T00:00:00Z\"}");
        assertThat(refused("forward", runs(timedOut)).status()).isEqualTo(422);
        assertThat(refused("forward", runs(timedOut)).detail()).endsWith("timed out.");
        var ungraded = new RunId(UUID.randomUUID());
        NeighboursStandIn.run(team, ungraded, "{\"status\": \"error\", \"error\": \"the grader broke\", \"ended_at\": \"2026-11-01T00:00:00Z\"}");
        assertThat(refused("forward", runs(ungraded)).detail()).endsWith("has no valid grade: the grader broke");
        var bare = new RunId(UUID.randomUUID());
        NeighboursStandIn.graded(team, bare, 1, "[]");
        assertThat(refused("forward", runs(bare)).status()).isEqualTo(422);
        assertThat(refused("forward", runs(bare)).detail()).contains("has no token ids");
        var other = new RunId(UUID.randomUUID());
        NeighboursStandIn.run(team, other, "{\"status\": \"completed\", \"reward\": 1, \"evaluation_result\": {\"score\": 1},"
                + " \"ended_at\": \"2026-11-01T00:00:00Z\", \"inference_llm_model_id\": \"" + id("scripted/letter-count") + "\"}");
        assertThat(refused("forward", runs(other)).detail()).contains("whose tokens are not those of 'arith'");
    }

    private void sampled(RunId run, TeamId whose, String attempt, String prompt, String output, String logprobs) {
        var told = send("POST", "/internal/samples", """
                {"call": "%s", "team": "%s", "run": "%s", "attempt": %s, "model": "%s", "checkpoint": null, "retry": 0, "prompt": %s,
                "output": %s, "logprobs": %s}""".formatted(UUID.randomUUID(), whose, run, attempt, model, prompt, output, logprobs)
                .getBytes(StandardCharsets.UTF_8), "identity", Tokens.service());
        assertThat(told.status()).as(told.text()).isEqualTo(204);
    }

    private float[] learntFrom(RunId run) throws IOException {
        var told = call("forward", runs(run));
        var lease = trainer.take(Call.FORWARD);
        trainer.done(lease);
        assertThat(told.join().status()).isEqualTo(200);
        try (var datums = new DatumFile.Reader(new ByteArrayInputStream(trainer.blob(lease.call().datums())))) {
            var sampled = datums.next().sampled();
            assertThat(datums.next()).isNull();
            return sampled;
        }
    }

    @Test
    void whatTheGatewaySawCountsWhateverTheStepsSay() throws IOException {
        var run = new RunId(UUID.randomUUID());
        NeighboursStandIn.graded(team, run, 1, FORGED);
        assertThat(learntFrom(run)).as("nothing was seen").containsExactly(0, -0.001f);
        sampled(run, team, "null", "[1, 2]", "[3]", "[-0.5]");
        assertThat(learntFrom(run)).containsExactly(0, -0.5f);
    }

    @Test
    void nobodyWritesIntoTheRecordOfAnotherTeamsRun() throws IOException {
        var run = new RunId(UUID.randomUUID());
        NeighboursStandIn.graded(team, run, 1, "[]");
        sampled(run, TeamId.random(), "null", "[1, 2]", "[9]", "[-0.001]");
        assertThat(refused("forward", runs(run)).detail()).contains("has no token ids");
        sampled(run, team, "null", "[1, 2]", "[3]", "[-0.5]");
        assertThat(learntFrom(run)).containsExactly(0, -0.5f);
        assertThat(send("POST", "/internal/samples", "{}").status()).as("a member").isIn(403, 404);
    }

    @Test
    void ofAHostedRunItsLatestAttemptIsLearntFrom() throws IOException {
        var run = new RunId(UUID.randomUUID());
        NeighboursStandIn.graded(team, run, 1, FORGED);
        hosted(run, 2, "arith");
        sampled(run, team, "1", "[1, 2]", "[9]", "[-0.001]");
        sampled(run, team, "null", "[1, 2]", "[9]", "[-0.002]");
        sampled(run, team, "2", "[1, 2]", "[3]", "[-0.5]");
        assertThat(learntFrom(run)).containsExactly(0, -0.5f);
    }

    /** @param asked the model that it was to ask */
    private void hosted(RunId run, int attempt, String asked) {
        NeighboursStandIn.run(team, run, attempt, "{\"status\": \"completed\", \"reward\": 1, \"evaluation_result\": {\"score\": 1},"
                + " \"ended_at\": \"2026-11-01T00:00:00Z\", \"model\": \"" + asked + "\"}");
    }

    @Test
    void aHostedRunCannotHideItsCallsAndSayWhatTheyWere() throws IOException {
        var run = new RunId(UUID.randomUUID());
        NeighboursStandIn.graded(team, run, 1, FORGED);
        hosted(run, 2, "arith");
        sampled(run, team, "1", "[1, 2]", "[3]", "[-0.5]");
        sampled(run, team, "null", "[1, 2]", "[3]", "[-0.5]");
        assertThat(refused("forward", runs(run)).status()).as("what was sampled by others is not its").isEqualTo(422);
        assertThat(refused("forward", runs(run)).detail()).contains("has no record of what its model sampled");
        hosted(run, 2, "a policy of another stack");
        assertThat(learntFrom(run)).as("of which nobody could have a record").containsExactly(0, -0.001f);
    }

    @Test
    void aRecordThatIsNotWholeIsRefused() {
        var run = new RunId(UUID.randomUUID());
        NeighboursStandIn.graded(team, run, 1, "[]");
        sampled(run, team, "null", "[1, 2]", "[3]", "[-0.5]");
        sampled(run, team, "null", "null", "null", "null");
        assertThat(refused("forward", runs(run)).status()).isEqualTo(422);
        assertThat(refused("forward", runs(run)).detail()).contains("has no token ids of 1 of its 2 calls");
        var full = new RunId(UUID.randomUUID());
        NeighboursStandIn.graded(team, full, 1, "[]");
        for (int call = 0; call < 5; call++) {
            sampled(full, team, "null", "[1, 2]", "[3]", "[-0.5]");
        }
        assertThat(refused("forward", runs(full)).detail()).contains("sampled more than is kept of one run");
        assertThat(samples(full)).isEqualTo(4);
        var longer = new RunId(UUID.randomUUID());
        NeighboursStandIn.graded(team, longer, 1, "[]");
        for (int call = 0; call < 3; call++) {
            sampled(longer, team, "null", Collections.nCopies(128, 7).toString(), "[3]", "[-0.5]");
        }
        assertThat(refused("forward", runs(longer)).detail()).contains("sampled more than is kept of one run");
        assertThat(samples(longer)).as("the third had no room").isEqualTo(2);
    }

    private int samples(RunId run) {
        return jdbc.sql("select count(*) from sampled_call where run = :run").param("run", run.value()).query(Integer.class).single();
    }

    @Test
    void whatWasSampledIsForgottenInTime() {
        var run = new RunId(UUID.randomUUID());
        sampled(run, team, "null", "[1, 2]", "[3]", "[-0.5]");
        sampled(run, team, "null", "[1, 2, 3]", "[4]", "[-0.5]");
        jdbc.sql("update sampled_call set told_at = told_at - interval '31 days' where run = :run and length(prompt) = 8")
                .param("run", run.value()).update();
        oldSamples.sweep();
        assertThat(samples(run)).isEqualTo(1);
    }

    @Test
    void aSliceOfSeveralGroupsIsRefused() {
        var runs = Stream.generate(() -> new RunId(UUID.randomUUID())).limit(4).toList();
        runs.forEach(run -> NeighboursStandIn.graded(
                team, run, 1, "[{\"prompt_token_ids\": [1, 2], \"output_token_ids\": [3], \"output_logprobs\": [-0.5]}]"));
        var groups = "{\"%s\": \"a\", \"%s\": \"a\", \"%s\": \"b\", \"%s\": \"b\"}";
        NeighboursStandIn.groups(team, groups.formatted(runs.toArray()));
        var inTurns = grouped(runs.get(0), runs.get(2), runs.get(1), runs.get(3));
        for (var what : List.of("forward", "forward-backward")) {
            assertThat(refused(what, inTurns).status()).isEqualTo(422);
            assertThat(refused(what, inTurns).detail()).startsWith("inputs[0] to inputs[1]: a group of 2 whose runs are of 2 groups.");
        }
        var behind = call("forward-backward", grouped(runs.toArray(RunId[]::new)));
        trainer.done(trainer.take(Call.FORWARD_BACKWARD));
        assertThat(behind.join().status()).isEqualTo(200);
        var one = "{\"%s\": \"a\"}".formatted(runs.get(0));
        NeighboursStandIn.groups(team, one);
        var unknown = call("forward-backward", inTurns);
        trainer.done(trainer.take(Call.FORWARD_BACKWARD));
        assertThat(unknown.join().status()).as("of the others nothing is known").isEqualTo(200);
    }

    private String grouped(RunId... runs) {
        return runs(runs).replace("]}", "], \"group_size\": 2}");
    }
}
