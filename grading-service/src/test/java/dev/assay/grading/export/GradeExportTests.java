// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.grading.Calls;
import dev.assay.grading.FakeJobService;
import dev.assay.grading.RunningGradingService;
import dev.assay.testsupport.Tokens;
import dev.hardwood.InputFile;
import dev.hardwood.reader.ParquetFileReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@RunningGradingService
class GradeExportTests {

    private static final String OVER = "\"2026-11-01T00:00:00Z\"";

    @Autowired
    private Calls calls;

    @Autowired
    private JdbcClient jdbc;

    private final JsonMapper json = new JsonMapper();
    private final TeamId team = TeamId.random();
    private final JobId job = JobId.random();
    private final List<String> listed = new ArrayList<>();

    @Test
    void eachRunIsARowAndWhereThereIsNoGradeItSaysWhy() {
        var good = graded("{\"score\": 1.0, \"subscores\": {\"tidy\": 0.5}, \"note\": \"a\\u0000b\"}", false);
        var large = graded(null, true);
        FakeJobService.evaluated(large, "{\"score\": 1, \"info\": \"large\"}");
        var lost = graded(null, true);
        FakeJobService.evaluated(lost, null);
        var late = listed("completed", OVER);
        var open = listed("running", "null");

        var rows = new String(export("", team, HttpStatus.OK)).lines().map(json::readTree).toList();

        assertThat(rows).extracting(row -> row.path("run_id").stringValue())
                .containsExactly(good.toString(), large.toString(), lost.toString(), late.toString(), open.toString());
        assertThat(rows).extracting(row -> row.path("missing").asString("")).containsExactly("", "", "its evaluation, which cannot be had just now",
                "its grade, which is on its way here", "its grade: the run is not over, it is running");
        assertThat(rows.getFirst().at("/evaluation/subscores/tidy").doubleValue()).isEqualTo(0.5);
        assertThat(rows.getFirst().at("/evaluation/note").stringValue()).isEqualTo("a\0b");
        assertThat(rows.getFirst().path("end_time").stringValue()).isEqualTo("2026-11-01T00:00:00.123456Z");
        assertThat(rows.get(1).at("/evaluation/info").stringValue()).isEqualTo("large");
        assertThat(rows.getLast().path("reward").isNull()).isTrue();
    }

    @Test
    void aTableHasTheSameRows() throws Exception {
        graded("{\"score\": 1.0}", false);
        listed("running", "null");
        try (var file = ParquetFileReader.open(InputFile.of(ByteBuffer.wrap(export("?format=parquet", team, HttpStatus.OK)))); var rows = file.rowReader()) {
            rows.next();
            assertThat(rows.getDouble("reward")).isEqualTo(1);
            assertThat(json.readTree(rows.getString("evaluation")).path("score").doubleValue()).isEqualTo(1);
            rows.next();
            assertThat(rows.isNull("reward")).isTrue();
            assertThat(rows.getString("missing")).isEqualTo("its grade: the run is not over, it is running");
            assertThat(rows.hasNext()).isFalse();
        }
    }

    @Test
    void whoAsksForWhatThereIsNotIsToldSo() {
        graded("{}", false);
        export("", TeamId.random(), HttpStatus.NOT_FOUND);
        assertThat(json.readTree(export("?format=xlsx", team, HttpStatus.BAD_REQUEST)).path("detail").stringValue())
                .isEqualTo("format: must be jsonl or parquet, not 'xlsx'");
    }

    private RunId graded(@Nullable String evaluation, boolean elsewhere) {
        var run = listed("completed", OVER);
        jdbc.sql("""
                insert into grade (run, revision, team, job, status, reward, evaluation, evaluation_by_reference, attempt, finished_at)
                values (:run, 1, :team, :job, 'completed', 1, :evaluation, :elsewhere, 1, '2026-11-01T00:00:00.123456Z')""")
                .param("run", run.value()).param("team", team.value()).param("job", job.value())
                .param("evaluation", evaluation).param("elsewhere", elsewhere)
                .update();
        return run;
    }

    private RunId listed(String status, String end) {
        var run = new RunId(UUID.randomUUID());
        listed.add("{\"id\": \"%s\", \"status\": \"%s\", \"end_time\": %s}".formatted(run, status, end));
        FakeJobService.answers(team, "/v2/jobs/" + job + "/traces?limit=1000",
                "{\"items\": [" + String.join(", ", listed) + "], \"total\": " + listed.size() + ", \"next\": null}");
        return run;
    }

    private byte[] export(String query, TeamId who, HttpStatus expected) {
        return calls.as(Tokens.member(who)).get().uri("/v2/jobs/" + job + "/grades/export" + query).exchange().expectStatus().isEqualTo(expected)
                .expectBody(byte[].class).returnResult().getResponseBody();
    }
}
