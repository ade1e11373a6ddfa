// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.testsupport.Tokens;
import dev.assay.training.call.NeighboursStandIn;
import dev.assay.training.call.WithNeighbours;
import dev.hardwood.InputFile;
import dev.hardwood.metadata.SchemaElement;
import dev.hardwood.reader.ParquetFileReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ExportTests extends WithNeighbours {

    private static final String SAMPLES = "[{\"prompt_token_ids\": [1, 2], \"output_token_ids\": [3], \"output_logprobs\": [-0.5]}]";

    private final HttpClient http = HttpClient.newHttpClient();
    private final TeamId team = TeamId.random();
    private final JobId job = new JobId(UUID.randomUUID());
    private final List<String> lines = new ArrayList<>();

    private RunId run(String members) {
        var id = new RunId(UUID.randomUUID());
        lines.add("{\"id\": \"" + id + "\", \"attempt\": 1, \"task_slug\": \"t\", \"group_id\": \"g\", " + members + "}");
        NeighboursStandIn.record(team, "/v2/jobs/" + job + "/traces",
                "{\"items\": [" + String.join(", ", lines.reversed()) + "], \"total\": " + lines.size() + ", \"next\": null}");
        return id;
    }

    private RunId graded(double reward) {
        return run("\"status\": \"completed\", \"reward\": " + reward + ", \"end_time\": \"2026-11-01T00:00:00Z\"");
    }

    private RunId sampled(double reward, String samples) {
        var id = graded(reward);
        NeighboursStandIn.record(team, samplesOf(id), "{\"samples\": " + samples + ", \"turns\": 1, \"graded\": true}");
        NeighboursStandIn.record(team, "/v2/trace/" + id + "/timeline",
                "{\"entries\": " + Recorded.SAID + ", \"next\": \"x\", \"more\": false}");
        return id;
    }

    private static String samplesOf(RunId run) {
        return "/internal/runs/" + run + "/samples";
    }

    private HttpResponse<String> get(String query) throws IOException, InterruptedException {
        return get(query, Tokens.member(team));
    }

    private HttpResponse<String> get(String query, String who) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v2/jobs/" + job + "/export?" + query))
                        .header("Authorization", who)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private List<JsonNode> rows(String query) throws IOException, InterruptedException {
        var answer = get(query);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body().lines().map(Recorded.JSON::readTree).toList();
    }

    @Test
    void rowsComeInTheOrderOfTheRunsAndTheRestIsToldWithItsReasons() throws Exception {
        var good = sampled(1, SAMPLES);
        var bad = sampled(0, SAMPLES);
        var silent = sampled(0.5, "[]");
        var ungraded = run("\"status\": \"error\", \"reward\": null, \"error\": \"no key\", \"end_time\": \"2026-11-01T00:00:00Z\"");
        var late = run("\"status\": \"completed\", \"reward\": 1, \"stop_reason\": \"timeout\", \"end_time\": \"2026-11-01T00:00:00Z\"");
        var running = run("\"status\": \"running\", \"reward\": null, \"end_time\": null");
        var twice = sampled(0.5, "[{\"prompt_token_ids\": [1], \"prompt_chunks\": [], \"output_token_ids\": [2]}]");

        assertThat(rows("format=tinker")).extracting(row -> row.at("/assay/run_id").stringValue())
                .containsExactly(good.toString(), bad.toString());
        assertThat(rows("format=tinker&left_out=true"))
                .extracting(row -> row.get("run_id").stringValue() + " " + row.get("left_out").stringValue())
                .satisfiesExactly(
                        row -> assertThat(row).startsWith(silent.toString()).contains("no token ids"),
                        row -> assertThat(row).isEqualTo(ungraded + " it has no valid grade: no key"),
                        row -> assertThat(row).isEqualTo(late + " it timed out"),
                        row -> assertThat(row).isEqualTo(running + " it is not over, it is running"),
                        row -> assertThat(row).startsWith(twice.toString()).contains("has a prompt twice"));
        assertThat(rows("format=runs")).hasSize(7).first().satisfies(row -> {
            assertThat(row.get("run_id").stringValue()).isEqualTo(good.toString());
            assertThat(row.get("advantage").doubleValue()).isEqualTo(0.5);
        });
    }

    @Test
    void aJobIsReadToItsEndAndARunToo() throws Exception {
        var newer = sampled(0, SAMPLES);
        var older = sampled(1, SAMPLES);
        var traces = "/v2/jobs/" + job + "/traces?limit=1000";
        NeighboursStandIn.record(team, traces, "{\"items\": [" + lines.getFirst() + "], \"total\": 2, \"next\": \"7\"}");
        NeighboursStandIn.record(team, traces + "&cursor=7", "{\"items\": [" + lines.getLast() + "], \"total\": 2, \"next\": null}");
        var timeline = "/v2/trace/" + older + "/timeline?limit=500";
        NeighboursStandIn.record(team, timeline, "{\"entries\": " + Recorded.SAID + ", \"next\": \"b\", \"more\": true}");
        NeighboursStandIn.record(team, timeline + "&cursor=b",
                "{\"entries\": [{\"kind\": \"agent\", \"text\": \"Done.\"}], \"next\": \"c\", \"more\": false}");

        var rows = rows("format=sft");

        assertThat(rows).extracting(row -> row.at("/assay/run_id").stringValue()).containsExactly(older.toString(), newer.toString());
        assertThat(rows).extracting(row -> row.get("messages").size()).containsExactly(6, 5);
    }

    @Test
    void whatHasJustEndedIsWaitedForUntilItsLastStepIsThere() throws Exception {
        var id = run("\"status\": \"completed\", \"reward\": 1, \"end_time\": \"2999-01-01T00:00:00Z\"");
        NeighboursStandIn.record(team, samplesOf(id), "{\"samples\": " + SAMPLES + ", \"turns\": 1, \"graded\": false}");

        assertThat(rows("format=tinker&left_out=true")).singleElement()
                .satisfies(row -> assertThat(row.get("left_out").stringValue()).isEqualTo("its last steps are still arriving"));

        NeighboursStandIn.record(team, samplesOf(id), "{\"samples\": " + SAMPLES + ", \"turns\": 1, \"graded\": true}");
        assertThat(rows("format=tinker")).hasSize(1);
    }

    @Test
    void aHostedRunOfAModelThatIsTrainedHereIsNoRowWithoutItsRecord() throws Exception {
        var hidden = run("\"status\": \"completed\", \"reward\": 1, \"end_time\": \"2026-11-01T00:00:00Z\", \"model\": \"toy/base\"");
        NeighboursStandIn.record(team, samplesOf(hidden), "{\"samples\": " + SAMPLES + ", \"turns\": 1, \"graded\": true}");
        assertThat(rows("format=tinker")).isEmpty();
        assertThat(rows("format=tinker&left_out=true")).singleElement().satisfies(row ->
                assertThat(row.get("left_out").stringValue()).startsWith("it has no record of what its model sampled"));
    }

    @Test
    void chatsAndPairsAreMadeOfTheSteps() throws Exception {
        sampled(1, SAMPLES);
        sampled(0, SAMPLES);
        sampled(0.5, SAMPLES);

        assertThat(rows("format=sft&min_reward=0.5")).extracting(row -> row.get("reward").doubleValue()).containsExactly(1.0, 0.5);
        assertThat(rows("format=sft&min_reward=0.5&left_out=true")).singleElement()
                .satisfies(row -> assertThat(row.get("left_out").stringValue()).isEqualTo("its reward 0.0 is less than 0.5"));
        assertThat(rows("format=dpo")).singleElement()
                .satisfies(row -> assertThat(row.at("/assay/rejected/reward").doubleValue()).isZero());
        assertThat(rows("format=dpo&left_out=true")).singleElement()
                .satisfies(row -> assertThat(row.get("left_out").stringValue()).contains("no other run left"));
    }

    @Test
    void anExportThatBreaksOffDoesNotLookWhole() throws Exception {
        IntStream.range(0, 200).forEach(number -> sampled(1, SAMPLES));
        var last = sampled(1, SAMPLES);
        NeighboursStandIn.record(team, samplesOf(last), "{\"samples\": [], \"turns\": \"many\"}");
        assertThat(rows("format=tinker")).as("what a client has told wrong is that run's alone").hasSize(200);
        NeighboursStandIn.fail(team, samplesOf(last));

        assertThatThrownBy(() -> get("format=tinker")).isInstanceOf(IOException.class);
    }

    @Test
    void whatCannotBeReadFromTheStartIsSaid() throws Exception {
        NeighboursStandIn.fail(team, samplesOf(sampled(1, SAMPLES)));

        var answer = get("format=tinker");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Content-Type")).hasValueSatisfying(type ->
                assertThat(type).startsWith("application/problem+json"));
        assertThat(answer.headers().firstValue("Content-Disposition")).isEmpty();
    }

    @Test
    void aTableIsAFileOfParquet() throws Exception {
        sampled(1, SAMPLES);
        sampled(0, SAMPLES);
        for (var format : List.of("verl", "runs")) {
            var address = "http://127.0.0.1:" + port + "/v2/jobs/" + job + "/export?as=parquet&format=" + format;
            var request = HttpRequest.newBuilder(URI.create(address)).header("Authorization", Tokens.member(team)).build();
            var answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
            assertThat(answer.headers().firstValue("Content-Disposition"))
                    .hasValue("attachment; filename=\"" + job + "." + format + ".parquet\"");
            try (var file = ParquetFileReader.open(InputFile.of(ByteBuffer.wrap(answer.body()))); var rows = file.rowReader()) {
                var names = file.getFileMetaData().schema().stream().map(SchemaElement::name).toList();
                assertThat(names).containsAll(rows("format=" + format).getFirst().propertyNames().stream()
                        .filter(name -> !name.equals("metrics")).toList());
                for (var reward : List.of(1.0, 0.0)) {
                    rows.next();
                    assertThat(rows.getDouble(format.equals("verl") ? "reward_score" : "reward")).isEqualTo(reward);
                }
                assertThat(rows.hasNext()).isFalse();
            }
        }
    }

    @Test
    void whoAsksForWhatThereIsNotIsToldSo() throws Exception {
        sampled(1, SAMPLES);

        assertThat(get("format=sft", Tokens.member(TeamId.random())).statusCode()).isEqualTo(404);
        var answer = get("format=parquet");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("format: must be tinker, slime, verl, prime, nemo, atif, sft, dpo or runs, not 'parquet';"
                + " as=parquet gives verl and runs as such a file");
        assertThat(get("format=sft&as=parquet").body()).contains("as: parquet goes with verl and with runs, not with sft");
        assertThat(get("format=runs&as=parquet&left_out=true").body()).contains("as: what is left out is told in lines of JSON");
        assertThat(get("format=runs&as=csv").body()).contains("as: must be jsonl or parquet, not 'csv'");
        assertThat(get("format=tinker&min_reward=1").body()).contains("min_reward: goes with sft, not with tinker");
        assertThat(get("format=sft&min_reward=NaN").statusCode()).isEqualTo(400);
        assertThat(get("").statusCode()).isEqualTo(400);
        NeighboursStandIn.record(team, "/v2/jobs/" + job + "/traces", "{\"items\": [], \"total\": 100001, \"next\": \"7\"}");
        assertThat(get("format=runs").statusCode()).isEqualTo(422);
    }
}
