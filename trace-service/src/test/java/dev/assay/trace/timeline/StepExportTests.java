// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.sdk.protocol.Json;
import dev.assay.testsupport.Tokens;
import dev.assay.trace.FakeJobService;
import dev.assay.trace.TestSpans;
import dev.assay.trace.TraceClient;
import dev.assay.trace.TraceServiceTest;
import dev.hardwood.InputFile;
import dev.hardwood.reader.ParquetFileReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@TraceServiceTest
class StepExportTests {

    private static final String ODD = "Ω עברית 漢字 \u0000 \u2028 \ud83d\ude00 \"quoted\"\n";

    @LocalServerPort
    private int port;

    @Autowired
    private JdbcClient jdbc;

    private final HttpClient http = HttpClient.newHttpClient();
    private final TeamId team = TeamId.random();
    private final JobId job = JobId.random();

    @Test
    void aJobsStepsAreRowsRunAfterRunAndWhatIsNotThereIsSaid() throws Exception {
        var told = sent("completed", turn(1, ODD), turn(2, "done"));
        var open = sent("running", turn(1, "still at it"));
        var deleted = sent("completed", turn(1, "gone"));
        jdbc.sql("delete from span where run = :run").param("run", deleted.value()).update();
        jdbc.sql("update run set cleared_at = '2026-11-01T00:00:00Z' where run = :run").param("run", deleted.value()).update();
        var silent = run("completed");
        FakeJobService.lists(job, told, open, deleted, silent);

        var rows = lines("/v2/jobs/" + job + "/steps/export");

        assertThat(rows).extracting(row -> row.path("run_id").stringValue() + " " + row.path("missing").asString("") + row.path("text").asString(""))
                .containsExactly(
                        told + " " + ODD,
                        told + " done",
                        open + " still at it",
                        open + " what is still to come: the run is running",
                        deleted + " its steps, which were deleted on 2026-11-01T00:00:00Z",
                        silent + " its steps: none has come");
        var timeline = new TraceClient(port, team).timeline(told.hex()).path("entries");
        assertThat(((ObjectNode) rows.getFirst()).without(List.of("run_id", "job_id", "attempts"))).isEqualTo(timeline.path(0));
        assertThat(lines("/v2/trace/" + told + "/steps/export")).extracting(row -> row.path("id").stringValue()).containsExactly("s1", "s2");
    }

    @Test
    void aTableHasTheSameRowsAndEachWholeEntry() throws Exception {
        var told = sent("completed", turn(1, ODD), turn(2, "done"));
        var silent = run("completed");
        FakeJobService.lists(job, told, silent);

        var answer = get("/v2/jobs/" + job + "/steps/export?format=parquet", Tokens.member(team), HttpResponse.BodyHandlers.ofByteArray());

        assertThat(answer.headers().firstValue("Content-Disposition")).hasValue("attachment; filename=\"" + job + ".steps.parquet\"");
        try (var file = ParquetFileReader.open(InputFile.of(ByteBuffer.wrap(answer.body()))); var rows = file.rowReader()) {
            rows.next();
            assertThat(rows.getString("text")).isEqualTo(ODD);
            assertThat(rows.getInt("step")).isEqualTo(1);
            assertThat(rows.isNull("missing")).isTrue();
            var entry = Json.MAPPER.readTree(rows.getString("entry"));
            assertThat(entry.path("messages")).isEqualTo(lines("/v2/trace/" + told + "/steps/export").getFirst().path("messages"));
            rows.next();
            rows.next();
            assertThat(rows.getString("run_id")).isEqualTo(silent.toString());
            assertThat(rows.getString("missing")).startsWith("its steps");
            assertThat(rows.isNull("entry")).isTrue();
            assertThat(rows.hasNext()).isFalse();
        }
    }

    @Test
    void anExportThatBreaksOffDoesNotLookWholeAndOneThatCannotBeginSaysWhy() throws Exception {
        FakeJobService.losesItsPlaceAfter(job, sent("completed", turn(1, "a long story ".repeat(5_000))));
        assertThatThrownBy(() -> get("/v2/jobs/" + job + "/steps/export", Tokens.member(team), HttpResponse.BodyHandlers.ofString()))
                .isInstanceOf(IOException.class);
        assertThat(status("/v2/jobs/" + job + "/steps/export?format=parquet", team)).as("of a table nothing has gone out yet").isEqualTo(503);
    }

    @Test
    void whoAsksForWhatThereIsNotIsToldSo() throws Exception {
        var own = stored(new RunId(UUID.randomUUID()), turn(1, "mine"));
        assertThat(status("/v2/jobs/" + job + "/steps/export", team)).as("job-service knows of none").isEqualTo(404);
        assertThat(status("/v2/trace/" + own + "/steps/export", TeamId.random())).isEqualTo(404);
        assertThat(get("/v2/trace/" + own + "/steps/export?format=csv", Tokens.member(team), HttpResponse.BodyHandlers.ofString()).body())
                .contains("format: must be jsonl, parquet or otlp, not 'csv'");
    }

    private RunId run(String status) {
        var run = new RunId(UUID.randomUUID());
        FakeJobService.isLive(run, status);
        return run;
    }

    private RunId sent(String status, ObjectNode... spans) {
        return stored(run(status), spans);
    }

    private RunId stored(RunId run, ObjectNode... spans) {
        var client = new TraceClient(port, team);
        for (var span : spans) {
            ((ObjectNode) span.path("attributes")).put("hud.task_run_id", run.hex());
        }
        client.send(run.hex(), spans);
        await().untilAsserted(() -> assertThat(client.timeline(run.hex()).path("entries")).hasSize(spans.length));
        return run;
    }

    private static ObjectNode turn(int step, String text) {
        var payload = Json.object().put("source", "user");
        payload.putArray("messages").addObject().put("role", "user").set("content", Json.object().put("type", "text").put("text", text));
        return TestSpans.span("any", "s" + step, "step.user", "hud.step.v1", step, step, payload);
    }

    private int status(String path, TeamId who) throws IOException, InterruptedException {
        return get(path, Tokens.member(who), HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    private List<JsonNode> lines(String path) throws IOException, InterruptedException {
        var answer = get(path, Tokens.member(team), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body().lines().map(Json.MAPPER::readTree).toList();
    }

    private <T> HttpResponse<T> get(String path, String who, HttpResponse.BodyHandler<T> body) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).header("Authorization", who).build(), body);
    }
}
