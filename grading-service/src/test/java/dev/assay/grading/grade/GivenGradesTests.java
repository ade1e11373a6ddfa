// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.grade;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.event.RunFinished;
import dev.assay.grading.Calls;
import dev.assay.grading.FakeJobService;
import dev.assay.grading.RunningGradingService;
import dev.assay.kit.identity.Role;
import dev.assay.testsupport.Tokens;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import tools.jackson.databind.JsonNode;

/** All grades of a run, and which of them counts. */
@RunningGradingService
class GivenGradesTests {

    @Autowired
    private Calls calls;

    @Autowired
    private Grades grades;

    private final TeamId team = TeamId.random();
    private final JobId job = JobId.random();
    private final RunId run = new RunId(UUID.randomUUID());
    private final String path = "/v2/trace/" + run + "/grades";

    @Test
    void gradesAreAddedAndStatisticsGoByTheOneOfRecord() {
        ended(1, null);
        FakeJobService.answers(team, "/v2/jobs/" + job, """
                {"id": "%s", "name": null, "status": "completed", "run_count": 1, "queued_count": 0, "running_count": 0, "graded_count": 0}"""
                .formatted(job));
        assertThat(mean().isNull()).as("not graded is not 0").isTrue();

        var given = post(path, Map.of("reward", 0.5, "reason", "half"), HttpStatus.CREATED);
        assertThat(given.path("items")).extracting(grade -> grade.path("source").asString() + " " + grade.path("of_record"))
                .containsExactly("person false", "environment true");
        assertThat(mean().isNull()).as("it does not count yet").isTrue();
        assertThat(post(path, Map.of("reward", 0.5, "reason", "half"), HttpStatus.CREATED)).as("said again").isEqualTo(given);

        post(path + "/record", Map.of("grade_id", given.at("/items/0/id").stringValue()), HttpStatus.OK);
        assertThat(mean().doubleValue()).isEqualTo(0.5);
        assertThat(get("/v2/jobs/" + job + "/statistics").path("complete").booleanValue()).as("whatever job-service counts").isTrue();
        assertThat(get("/v2/trace/" + run + "/grade").path("reward").doubleValue()).isEqualTo(0.5);
        post(path, Map.of("reward", 0.25, "make_of_record", true), HttpStatus.CREATED);
        assertThat(mean().doubleValue()).isEqualTo(0.25);

        var own = new HashMap<String, @Nullable Object>();
        own.put("grade_id", null);
        var told = post(path + "/record", own, HttpStatus.OK);
        assertThat(told.path("items")).extracting(grade -> grade.path("of_record").booleanValue()).containsExactly(false, false, true);
        assertThat(mean().isNull()).isTrue();
    }

    @Test
    void anotherEndOfTheRunCountsAndWhatWasBeforeStays() {
        ended(1, 1.0);
        post(path, Map.of("reward", 0.0, "make_of_record", true), HttpStatus.CREATED);
        ended(1, 1.0); // told twice
        assertThat(get(path).path("items")).extracting(grade -> grade.path("of_record").booleanValue()).containsExactly(true, false);

        ended(2, 0.75);

        assertThat(get(path).path("items")).extracting(grade -> grade.path("reward").doubleValue() + " " + grade.path("of_record"))
                .containsExactly("0.75 true", "0.0 false", "1.0 false");
        assertThat(get("/v2/trace/" + run + "/grade").path("reward").doubleValue()).isEqualTo(0.75);
    }

    @Test
    void whoMayNotOrNamesWhatIsNotThereIsRefused() {
        ended(1, 1.0);
        var grade = Map.of("reward", 0.5);
        call(Tokens.person(team, Role.VIEWER), path, grade, HttpStatus.FORBIDDEN);
        call(Tokens.member(TeamId.random()), path, grade, HttpStatus.NOT_FOUND);
        call(Tokens.member(TeamId.random()), path + "/record", Map.of(), HttpStatus.NOT_FOUND);
        post(path + "/record", Map.of("grade_id", UUID.randomUUID()), HttpStatus.NOT_FOUND);
        post("/v2/trace/" + UUID.randomUUID() + "/grades", grade, HttpStatus.NOT_FOUND);
        for (var wrong : List.of(Map.of("reason", "why"), Map.of("reward", "NaN"), Map.of("reward", 1, "reason", "x".repeat(4001)))) {
            assertThat(post(path, wrong, HttpStatus.BAD_REQUEST).path("detail").stringValue()).startsWith(wrong.containsKey("reward") && wrong.size() > 1 ? "reason:" : "reward:");
        }
    }

    @Test
    void aVerifiersGradeIsTheVerifiers() {
        ended(1, 1.0);
        ended(2, 0.5, "cell-b");
        assertThat(get(path).path("items")).extracting(grade -> grade.path("source").asString() + " " + grade.path("evaluator").asString() + " " + grade.path("of_record"))
                .containsExactly("verifier cell-b true", "environment letters false");
    }

    private void ended(int revision, @Nullable Double reward) {
        ended(revision, reward, null);
    }

    private void ended(int revision, @Nullable Double reward, @Nullable String verifier) {
        grades.record(List.of(new RunFinished(
                run, job, team, null, "t", "letters", "m", "completed", "done", null, null, reward, null, null, 1, revision, Instant.EPOCH, null, null,
                null, null, verifier)));
    }

    private JsonNode mean() {
        return get("/v2/jobs/" + job + "/statistics").at("/mean_reward/mean");
    }

    private JsonNode get(String address) {
        return calls.as(Tokens.member(team)).get().uri(address).exchange().expectStatus().isOk().returnResult(JsonNode.class).getResponseBody();
    }

    private JsonNode post(String address, Map<String, ?> body, HttpStatus expected) {
        return call(Tokens.member(team), address, body, expected);
    }

    private JsonNode call(String who, String address, Map<String, ?> body, HttpStatus expected) {
        return calls.as(who).post().uri(address).contentType(MediaType.APPLICATION_JSON).body(body)
                .exchange().expectStatus().isEqualTo(expected).returnResult(JsonNode.class).getResponseBody();
    }
}
