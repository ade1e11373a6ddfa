// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.event.RunFinished;
import dev.assay.contracts.event.Topics;
import dev.assay.grading.FakeJobService;
import dev.assay.grading.GradingService;
import dev.assay.testsupport.TestPlatform;
import dev.assay.testsupport.TestPlatformInitializer;
import dev.assay.testsupport.Tokens;
import java.time.Instant;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpHeaders;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.web.servlet.client.RestTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@SpringBootTest(
        classes = GradingService.class,
        properties = "spring.config.name=grading-service",
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@ContextConfiguration(initializers = {TestPlatformInitializer.class, FakeJobService.class})
class JobGradesTests {

    private static final String EVALUATION = """
            {"score": 0.5, "content": "a\\u0000b", "subscores": [{"name": "tests", "weight": 1.0, "value": 0.5}]}""";

    @LocalServerPort
    private int port;

    @Autowired
    private JsonMapper json;

    @Autowired
    private JdbcClient jdbc;

    private final TeamId team = TeamId.random();
    private final JobId job = JobId.random();

    @Test
    void finishedRunsAddUpByJobAndByGroup() {
        finished(run(), 1, "completed", 1.0);
        finished(run(), 1, "completed", 0.0);
        finished(run(), 1, "error", null);

        await().untilAsserted(() -> assertThat(grades().path("job").path("runs").intValue()).isEqualTo(3));
        var answer = grades();
        assertThat(answer.path("job").path("mean").doubleValue()).isEqualTo(0.5);
        assertThat(answer.path("job").path("standard_deviation").doubleValue()).isEqualTo(Math.sqrt(0.5));
        assertThat(answer.path("job").path("ungraded").intValue()).isEqualTo(1);
        var group = answer.path("groups").path(0);
        assertThat(group.path("group_id").asString()).isEqualTo("g1");
        assertThat(group.path("task_slug").asString()).isEqualTo("count-1");
        assertThat(group.path("mean").doubleValue()).isEqualTo(0.5);
        assertThat(group.path("rewards")).hasSize(2);
        assertThat(answer.path("failures").path(0).path("status").asString()).isEqualTo("error");
        assertThat(answer.path("failures").path(0).path("error").asString()).isEqualTo("[agent] broke");
    }

    @Test
    void whatFailedIsInNoMeanWhateverItsRewardAndIsCountedApart() {
        finished(run(), 1, "completed", 1.0);
        finished(run(), 1, "error", 0.0);
        finished(run(), 1, "cancelled", 0.0);
        finished(run(), 1, "completed", null);

        await().untilAsserted(() -> assertThat(grades().path("job").path("runs").intValue()).isEqualTo(4));
        var answer = grades();
        assertThat(answer.path("job").path("mean").doubleValue()).isEqualTo(1.0);
        assertThat(answer.path("job").path("graded").intValue()).isEqualTo(1);
        assertThat(answer.path("job").path("ungraded").intValue()).isEqualTo(3);
        assertThat(answer.path("job").path("min").doubleValue()).isEqualTo(1.0);
        assertThat(answer.path("failures")).hasSize(3);
        assertThat(answer.path("groups").path(0).path("rewards")).hasSize(1);
    }

    @Test
    void noFiniteRewardBreaksTheNumbersOfAJob() {
        for (var reward : new double[] {1.7e308, 1.7e308, 1.7e308, 5e-324, -0.0}) {
            finished(run(), 1, "completed", reward);
        }
        await().untilAsserted(() -> assertThat(grades().path("job").path("runs").intValue()).isEqualTo(5));
        var answer = grades();
        assertThat(answer.path("job").path("mean").doubleValue()).isEqualTo(1.02e308);
        assertThat(answer.path("job").path("standard_deviation").isNumber()).isTrue();
        assertThat(answer.path("groups").path(0).path("mean").doubleValue()).isEqualTo(1.02e308);
    }

    @Test
    void aLargeJobsAnswerIsBounded() {
        jdbc.sql(
                        """
                        insert into grade (run, revision, team, job, group_id, task_slug, status, error, reward, attempt, finished_at)
                        select gen_random_uuid(), 1, :team, :job, 'g' || n % 700, 't', case when n % 3 = 0 then 'error' else 'completed' end,
                            case when n % 3 = 0 then repeat('long ', 1000) end, case when n % 3 = 0 then null else 1 end, 1,
                            timestamptz '2026-11-22Z' + n * interval '1 second'
                        from generate_series(1, 3000) n
                        """)
                .param("team", team.value())
                .param("job", job.value())
                .update();

        var answer = grades();
        assertThat(answer.path("job").path("ungraded").intValue()).isEqualTo(1000);
        assertThat(answer.path("failures")).hasSize(100);
        assertThat(answer.path("failures").path(0).path("error").asString()).hasSize(1000);
        assertThat(answer.path("groups")).hasSize(500);
        assertThat(answer.path("group_total").intValue()).isEqualTo(700);
        var rest = get("/v2/jobs/" + job + "/grades?limit=1000&offset=500").path("groups");
        assertThat(rest).hasSize(200);
        assertThat(rest.path(199).path("group_id").asString()).isEqualTo("g0");
        client(team).get().uri("/v2/jobs/" + job + "/grades?limit=1001").exchange().expectStatus().isBadRequest();
    }

    @Test
    void aRunIsGradedOnceWhateverComesAgain() {
        var run = run();
        finished(run, 2, "completed", 0.5);
        finished(run, 2, "completed", 0.5);
        finished(run, 1, "error", null);
        var last = run();
        finished(last, 1, "completed", 1.0);

        await().untilAsserted(() -> client(team).get().uri("/v2/trace/" + last + "/grade").exchange().expectStatus().isOk());
        var grade = get("/v2/trace/" + run.hex() + "/grade");
        assertThat(grade.path("status").asString()).isEqualTo("completed");
        assertThat(grade.path("reward").doubleValue()).isEqualTo(0.5);
        assertThat(grade.path("evaluation")).isEqualTo(json.readTree(EVALUATION));
        assertThat(grades().path("job").path("runs").intValue()).isEqualTo(2);
    }

    @Test
    void aLaterWordReplacesAnEarlierOne() {
        var run = run();
        finished(run, 1, "error", null);
        finished(run, 2, "completed", -0.25);

        await().untilAsserted(() -> assertThat(grades().path("job").path("mean").doubleValue()).isEqualTo(-0.25));
        assertThat(grades().path("failures")).isEmpty();
    }

    @Test
    void anEventThatNobodyCanReadHoldsNothingUp() {
        publish(job.toString(), "no JSON");
        publish(job.toString(), "{\"run\": null}");
        finished(run(), 1, "completed", 1.0);

        await().untilAsserted(() -> assertThat(grades().path("job").path("graded").intValue()).isEqualTo(1));
    }

    @Test
    void aJobOrRunOfAnotherTeamIsNotFound() {
        var run = run();
        finished(run, 1, "completed", 1.0);
        await().untilAsserted(() -> client(team).get().uri("/v2/trace/" + run + "/grade").exchange().expectStatus().isOk());
        var stranger = client(TeamId.random());

        stranger.get().uri("/v2/trace/" + run + "/grade").exchange().expectStatus().isNotFound();
        stranger.get().uri("/v2/jobs/" + job + "/grades").exchange().expectStatus().isNotFound();
    }

    @Test
    void aJobWithoutAnEndedRunHasNoGradesYet() {
        FakeJobService.has(job);

        assertThat(grades().path("job").path("runs").intValue()).isZero();
        assertThat(grades().path("job").path("mean").isNull()).isTrue();
        assertThat(grades().path("groups")).isEmpty();
        client(team).get().uri("/v2/jobs/" + JobId.random() + "/grades").exchange().expectStatus().isNotFound();
        client(team).get().uri("/v2/jobs/nonsense/grades").exchange().expectStatus().isBadRequest();
    }

    private JsonNode grades() {
        FakeJobService.has(job);
        return get("/v2/jobs/" + job + "/grades");
    }

    private JsonNode get(String path) {
        return client(team).get().uri(path).exchange().expectStatus().isOk().returnResult(JsonNode.class).getResponseBody();
    }

    private RestTestClient client(TeamId caller) {
        return RestTestClient.bindToServer()
                .baseUrl("http://127.0.0.1:" + port)
                .defaultHeader(HttpHeaders.AUTHORIZATION, Tokens.member(caller))
                .build();
    }

    private static RunId run() {
        return new RunId(UUID.randomUUID());
    }

    private void finished(RunId run, int revision, String status, @Nullable Double reward) {
        var evaluation = reward == null ? null : json.readTree(EVALUATION);
        var error = reward == null ? "[agent] broke" : null;
        publish(run.toString(), json.writeValueAsString(new RunFinished(
                run, job, team, "g1", "count-1", "letter-count", "m", status, "done", error, reward, evaluation, null, 1, revision,
                Instant.parse("2026-11-22T11:30:00Z"))));
    }

    private static void publish(String key, String event) {
        try (var producer = new KafkaProducer<>(TestPlatform.kafkaAs("job-service"), new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(Topics.RUN_FINISHED, key, event));
        }
    }
}
