// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.job.Calls;
import dev.assay.job.RunningJobService;
import dev.assay.testsupport.Tokens;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@RunningJobService
class RunExportTests {

    @Autowired
    private Calls calls;

    @Autowired
    private JdbcClient jdbc;

    @LocalServerPort
    private int port;

    private final JsonMapper json = new JsonMapper();
    private final HttpClient http = HttpClient.newHttpClient();
    private final TeamId team = TeamId.random();
    private final UUID job = UUID.randomUUID();

    @Test
    void allRunsAreRowsWhoeverDrivesThemAndHoweverTheyStand() throws Exception {
        var ended = entered();
        var error = "x".repeat(3000) + " Ω";
        calls.post(team, "/v2/trace/" + ended.hex() + "/exit", "{\"status\": \"error\", \"error\": \"" + error + "\"}").expect(200);
        var queued = calls.submit(team, job);

        var rows = rows();

        assertThat(rows).extracting(row -> row.get("run_id").stringValue()).containsExactly(queued.toString(), ended.toString());
        assertThat(rows.getFirst().get("status").stringValue()).isEqualTo("queued");
        assertThat(rows.getFirst().get("task_slug").stringValue()).isEqualTo("count-1");
        assertThat(rows.getFirst().get("end_time").isNull()).isTrue();
        assertThat(rows.getLast().get("error").stringValue()).as("whole, unlike in lists").isEqualTo(error);
        assertThat(rows.getLast().get("end_time").stringValue()).endsWith("Z");
        assertThat(rows).allSatisfy(row -> assertThat(row.get("job_id").stringValue()).isEqualTo(job.toString()));
    }

    @Test
    void aLargeJobIsReadToItsEnd() throws Exception {
        entered();
        jdbc.sql("""
                insert into run (id, team_id, job_id, state, status, created_at)
                select gen_random_uuid(), :team, :job, 'finished', 'completed', now() from generate_series(1, 1200)""")
                .param("team", team.value()).param("job", job).update();

        var rows = rows();

        assertThat(rows).hasSize(1201);
        assertThat(new HashSet<>(rows.stream().map(row -> row.get("run_id")).toList())).hasSize(1201);
        var table = get("?format=parquet", team);
        assertThat(table.headers().firstValue("Content-Type")).hasValue("application/vnd.apache.parquet");
        assertThat(new String(table.body(), StandardCharsets.ISO_8859_1)).startsWith("PAR1").endsWith("PAR1");
    }

    @Test
    void whoAsksForWhatThereIsNotIsToldSo() throws Exception {
        entered();
        assertThat(get("", TeamId.random()).statusCode()).isEqualTo(404);
        assertThat(new String(get("?format=csv", team).body(), StandardCharsets.UTF_8)).contains("format: must be jsonl or parquet, not 'csv'");
        assertThat(get("?as=parquet", team).statusCode()).as("no such parameter").isEqualTo(400);
    }

    private RunId entered() {
        var run = new RunId(UUID.randomUUID());
        calls.post(team, "/v2/trace/" + run.hex() + "/enter", "{\"job_id\": \"" + job + "\"}").expect(200);
        return run;
    }

    private List<JsonNode> rows() throws IOException, InterruptedException {
        return new String(get("", team).body(), StandardCharsets.UTF_8).lines().map(json::readTree).toList();
    }

    private HttpResponse<byte[]> get(String query, TeamId who) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v2/jobs/" + job + "/runs/export" + query))
                        .header("Authorization", Tokens.member(who))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }
}
