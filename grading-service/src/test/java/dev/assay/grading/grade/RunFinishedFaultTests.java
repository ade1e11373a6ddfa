// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.grade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.Failure;
import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.event.RunFinished;
import dev.assay.contracts.event.Topics;
import dev.assay.grading.Calls;
import dev.assay.grading.FakeJobService;
import dev.assay.grading.RunningGradingService;
import dev.assay.kit.deadletter.DeadLetters;
import dev.assay.kit.web.RunRef;
import dev.assay.testsupport.TestPlatform;
import dev.assay.testsupport.Tokens;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The queue of finished runs, with a head that is poison, slow, or comes while the database is away. */
@RunningGradingService
class RunFinishedFaultTests {

    @Autowired
    private Calls calls;

    @Autowired
    private JsonMapper json;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private TransactionTemplate transactions;

    @Autowired
    private MeterRegistry meters;

    private final TeamId team = TeamId.random();
    private final JobId job = JobId.random();
    private final RunId run = new RunId(UUID.randomUUID());

    @Test
    void whatNobodyCanReadIsADeadLetterAndWhatIsBehindItMovesOn() {
        var before = deadLetters();
        publish("no JSON");
        publish("{\"run\": null}");
        publish(json.writeValueAsString(event(run, 1, "completed", 1.0)).replace("\"finishedAt\":\"", "\"finishedAt\":\"not "));
        publish(finished(run, 1, "completed", 0.5));

        awaitGrade(run);
        assertThat(deadLetters() - before).isEqualTo(3);
        assertThat(letters()).hasSize(3).allSatisfy(letter -> assertThat(letter.path("reason").asString()).contains("offset"));
        // poison it still is: it stays, and that is said
        var poison = letters().getLast().path("id").asString();
        calls.resend(poison, HttpStatus.CONFLICT);
        assertThat(letters()).hasSize(3);
    }

    @Test
    void aDeadLetterThatCanBeReadByNowIsPutOnRecordAndIsNoneAnyMore() {
        var letter = jdbc.sql("""
                insert into dead_letter (id, queue, key, reason, payload, at)
                values (gen_random_uuid(), :queue, :key, 'a fault of that day', :payload, now()) returning id""")
                .param("queue", Topics.RUN_FINISHED)
                .param("key", run.toString())
                .param("payload", finished(run, 1, "completed", 0.5).getBytes())
                .query(UUID.class)
                .single();

        calls.resend(letter.toString(), HttpStatus.NO_CONTENT);

        assertThat(grade(run).path("reward").doubleValue()).isEqualTo(0.5);
        assertThat(letters()).isEmpty();
        calls.resend(letter.toString(), HttpStatus.NOT_FOUND);
    }

    @Test
    void anEndThatComesTwiceLateOrOutOfOrderChangesNothing() {
        publish(finished(run, 2, "completed", 0.5));
        publish(finished(run, 1, "error", null));
        publish(finished(run, 2, "error", null));
        publish(finished(run, 1, "completed", 1.0));
        var last = new RunId(UUID.randomUUID());
        publish(run.toString(), finished(last, 1, "completed", 1.0));

        awaitGrade(last);
        assertThat(grade(run).path("status").asString()).isEqualTo("completed");
        assertThat(grade(run).path("reward").doubleValue()).isEqualTo(0.5);
    }

    @Test
    void aHeadThatIsSlowDelaysWhatIsBehindItAndLosesNothing() {
        publish(finished(run, 1, "completed", 0.25));
        awaitGrade(run);
        var behind = Stream.generate(() -> new RunId(UUID.randomUUID())).limit(20).toList();
        transactions.executeWithoutResult(status -> {
            jdbc.sql("select 1 from grade where run = :run for update").param("run", run.value()).query(Integer.class).single();
            publish(finished(run, 2, "completed", 0.75));
            behind.forEach(one -> publish(one.toString(), finished(one, 1, "completed", 1.0)));
            awaitAWaitingInsert();
        });
        behind.forEach(this::awaitGrade);
        await().untilAsserted(() -> assertThat(grade(run).path("reward").doubleValue()).isEqualTo(0.75));
    }

    @Test
    void aDatabaseThatBreaksOffIsWaitedForAndNoEndIsSetAside() {
        var before = deadLetters();
        publish(finished(run, 1, "completed", 0.25));
        awaitGrade(run);
        transactions.executeWithoutResult(status -> {
            jdbc.sql("select 1 from grade where run = :run for update").param("run", run.value()).query(Integer.class).single();
            publish(finished(run, 2, "completed", 0.75));
            for (var time = 0; time < 3; time++) {
                var victims = awaitAWaitingInsert();
                victims.forEach(pid -> jdbc.sql("select pg_terminate_backend(:pid)").param("pid", pid).query(Boolean.class).single());
            }
        });
        await().untilAsserted(() -> assertThat(grade(run).path("reward").doubleValue()).isEqualTo(0.75));
        assertThat(deadLetters()).isEqualTo(before);
    }

    @Test
    void aFailureIsOnRecordWithWhoseItWas() {
        var failure = new Failure(Failure.Kind.INFRASTRUCTURE, Failure.Phase.PROVISIONING, "[provisioning] the disk is full");
        publish(json.writeValueAsString(new RunFinished(
                run, job, team, null, null, null, null, "error", null, failure.detail(), failure, null, null, null, 3, 1,
                Instant.EPOCH, null, null, null, null, null)));
        awaitGrade(run);

        assertThat(json.treeToValue(grade(run).path("failure"), Failure.class)).isEqualTo(failure);
        assertThat(grade(run).path("reward").isNull()).isTrue();
    }

    @Test
    void aGradeIsOnRecordAsTheEnvironmentGaveItForItsTeamAlone() {
        var evaluation = json.readTree("""
                {"score": 0.5, "content": "a\\u0000b", "subscores": [{"name": "tests", "weight": 1.0, "value": 0.5}]}""");
        publish(json.writeValueAsString(new RunFinished(
                run, job, team, "g1", "count-1", "letter-count", "m", "completed", "done", null, null, 0.5, evaluation, null, 1, 1,
                Instant.EPOCH, null, null, null, null, null)));
        awaitGrade(run);

        assertThat(grade(run).path("evaluation")).isEqualTo(evaluation);
        calls.as(Tokens.member(TeamId.random())).get().uri("/v2/trace/" + run + "/grade").exchange().expectStatus().isNotFound();
    }

    @Test
    void aRunIsFoundByTheTextThatItsClientBoundToo() {
        var bound = "my own run " + run;
        publish(finished(new RunId(RunRef.ofRun("id", bound).id()), 1, "completed", 0.5));

        await().untilAsserted(() -> {
            var answer = calls.as(Tokens.member(team)).get().uri("/v2/trace/{bound}/grade", bound).exchange().expectStatus().isOk();
            assertThat(answer.returnResult(JsonNode.class).getResponseBody().path("reward").doubleValue()).isEqualTo(0.5);
        });
        calls.as(Tokens.member(team)).get().uri("/v2/trace/{other}/grade", "another run").exchange().expectStatus().isNotFound();
    }

    @Test
    void anEvaluationThatIsTooLargeToBeToldIsAskedFor() {
        publish(json.writeValueAsString(new RunFinished(
                run, job, team, "g1", "count-1", "letter-count", "m", "completed", "done", null, null, 0.5, null, 300_000, 1, 1,
                Instant.EPOCH, null, null, null, null, null)));
        await().untilAsserted(() -> request(run).expectStatus().isEqualTo(HttpStatus.SERVICE_UNAVAILABLE));

        FakeJobService.evaluated(run, "{\"score\": 0.5, \"content\": \"all of it\"}");
        assertThat(grade(run).path("evaluation").path("content").asString()).isEqualTo("all of it");

        FakeJobService.evaluated(run, null);
        request(run).expectStatus().isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
    }

    /** The database sessions that wait for a row to put a grade on. */
    private List<Integer> awaitAWaitingInsert() {
        return await().until(
                () -> jdbc.sql("select pid from pg_stat_activity where wait_event_type = 'Lock' and query like '%insert into grade%'")
                        .query(Integer.class)
                        .list(),
                waiting -> !waiting.isEmpty());
    }

    private double deadLetters() {
        return meters.counter(DeadLetters.COUNTER, "queue", Topics.RUN_FINISHED).count();
    }

    private List<JsonNode> letters() {
        return calls.asOperator().get().uri(Calls.LETTERS + "?queue=" + Topics.RUN_FINISHED).exchange().expectStatus().isOk()
                .returnResult(JsonNode.class).getResponseBody().path("items").valueStream()
                .filter(letter -> letter.path("key").asString().equals(run.toString()))
                .toList();
    }

    private void awaitGrade(RunId of) {
        await().untilAsserted(() -> request(of).expectStatus().isOk());
    }

    private JsonNode grade(RunId of) {
        return request(of).expectStatus().isOk().returnResult(JsonNode.class).getResponseBody();
    }

    private RestTestClient.ResponseSpec request(RunId of) {
        return calls.as(Tokens.member(team)).get().uri("/v2/trace/" + of + "/grade").exchange();
    }

    private String finished(RunId of, int revision, String status, @Nullable Double reward) {
        return json.writeValueAsString(event(of, revision, status, reward));
    }

    private RunFinished event(RunId of, int revision, String status, @Nullable Double reward) {
        return new RunFinished(
                of, job, team, "g1", "count-1", "letter-count", "m", status, "done", null, null, reward, null, null, 1, revision,
                Instant.parse("2026-11-22T11:30:00Z"), null, null, null, null, null);
    }

    private void publish(String event) {
        publish(run.toString(), event);
    }

    private static void publish(String key, String event) {
        try (var producer = new KafkaProducer<>(TestPlatform.kafkaAs("job-service"), new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(Topics.RUN_FINISHED, key, event));
        }
    }
}
