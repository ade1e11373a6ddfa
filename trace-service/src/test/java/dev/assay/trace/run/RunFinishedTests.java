// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.event.RunFinished;
import dev.assay.contracts.event.Topics;
import dev.assay.kit.deadletter.DeadLetters;
import dev.assay.sdk.protocol.Json;
import dev.assay.testsupport.TestPlatform;
import dev.assay.trace.FakeJobService;
import dev.assay.trace.TraceClient;
import dev.assay.trace.TraceServiceTest;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** The queue of finished runs as timelines are closed by it. */
@TraceServiceTest
class RunFinishedTests {

    @LocalServerPort
    private int port;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private TransactionTemplate transactions;

    @Autowired
    private MeterRegistry meters;

    private final TeamId team = TeamId.random();
    private final RunId run = new RunId(UUID.randomUUID());
    private TraceClient client;

    @BeforeEach
    void connect() {
        client = new TraceClient(port, team);
    }

    @Test
    void whatNobodyCanReadIsADeadLetterAndWhatIsBehindItMovesOn() {
        var letters = meters.counter(DeadLetters.COUNTER, "queue", Topics.RUN_FINISHED);
        var before = letters.count();
        publish("no JSON");
        publish("{\"run\": null}");
        publish(finished(1, "completed", null));

        awaitStatus("completed");
        assertThat(letters.count() - before).isEqualTo(2);
    }

    @Test
    void anEarlierWordThatComesLateChangesNothing() {
        publish(finished(2, "completed", null));
        publish(finished(1, "error", null));
        var other = new RunId(UUID.randomUUID());
        publish(Json.MAPPER.writeValueAsString(event(other, 1, "cancelled", null)));

        await().untilAsserted(() -> client.get("/v2/trace/{run}/timeline", other.hex()).expectStatus().isOk());
        awaitStatus("completed");
    }

    @Test
    void aHeadThatIsSlowDelaysWhatIsBehindItAndLosesNothing() {
        publish(finished(1, "completed", null));
        awaitStatus("completed");
        var behind = Stream.generate(() -> new RunId(UUID.randomUUID())).limit(20).toList();
        transactions.executeWithoutResult(status -> {
            jdbc.sql("select 1 from run where run = :run for update").param("run", run.value()).query(Integer.class).single();
            publish(finished(2, "error", null));
            behind.forEach(one -> publish(Json.MAPPER.writeValueAsString(event(one, 1, "cancelled", null))));
            await().until(() -> jdbc.sql("select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%into run%'")
                    .query(Integer.class).single() > 0);
        });

        awaitStatus("error");
        behind.forEach(one -> await().untilAsserted(() -> client.get("/v2/trace/{run}/timeline", one.hex()).expectStatus().isOk()));
    }

    @Test
    void anEvaluationThatIsTooLargeToBeToldIsAskedFor() {
        FakeJobService.evaluated(run, "{\"score\": 0.5, \"content\": \"all of it\"}");
        publish(finished(1, "completed", 300_000));

        awaitStatus("completed");
        var evaluation = client.json("/v2/trace/{run}/timeline", run.hex()).path("evaluation");
        assertThat(evaluation.path("content").asString()).isEqualTo("all of it");

        FakeJobService.evaluated(run, null);
        client.get("/v2/trace/{run}/timeline", run.hex()).expectStatus().isEqualTo(503);
    }

    private void awaitStatus(String status) {
        await().untilAsserted(() -> assertThat(client.json("/v2/trace/{run}/timeline", run.hex()).path("status").asString()).isEqualTo(status));
    }

    private String finished(int revision, String status, @Nullable Integer largeEvaluation) {
        return Json.MAPPER.writeValueAsString(event(run, revision, status, largeEvaluation));
    }

    private RunFinished event(RunId of, int revision, String status, @Nullable Integer largeEvaluation) {
        return new RunFinished(
                of, JobId.random(), team, null, "count-1", "letter-count", "m", status, "done", null, null, 0.5, null, largeEvaluation, 1, revision,
                Instant.parse("2026-11-22T11:30:00Z"), null, null, null, null, null);
    }

    private void publish(String event) {
        try (var producer = new KafkaProducer<>(TestPlatform.kafkaAs("job-service"), new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(Topics.RUN_FINISHED, run.toString(), event));
        }
    }
}
