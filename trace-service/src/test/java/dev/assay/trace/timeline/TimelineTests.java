// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.event.RunFinished;
import dev.assay.contracts.event.Topics;
import dev.assay.sdk.protocol.Json;
import dev.assay.testsupport.TestPlatform;
import dev.assay.trace.FakeJobService;
import dev.assay.trace.TestSpans;
import dev.assay.trace.TraceClient;
import dev.assay.trace.TraceServiceTest;
import java.time.Instant;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

@TraceServiceTest
class TimelineTests {

    @LocalServerPort
    private int port;

    private final TeamId team = TeamId.random();
    private final RunId runId = new RunId(UUID.randomUUID());
    private final String run = runId.hex();
    private TraceClient client;

    @BeforeEach
    void connect() {
        client = new TraceClient(port, team);
    }

    @Test
    void aRunThatWasOnlySubmittedHasNoEventsYet() {
        FakeJobService.isLive(runId, "queued");

        var answer = client.json("/v2/trace/{run}/events", run);

        assertThat(answer.path("events").isArray()).isTrue();
        assertThat(answer.path("events")).isEmpty();
        assertThat(answer.path("status").asString()).isEqualTo("queued");
        assertThat(answer.path("latest_seq").intValue()).isEqualTo(-1);
        assertThat(client.json("/v2/trace/{run}/timeline", run).path("status").asString()).isEqualTo("queued");
    }

    @Test
    void aRunThatNobodyKnowsIsNotFound() {
        client.get("/v2/trace/{run}/events", run).expectStatus().isNotFound();
        client.get("/v2/trace/{run}/timeline", run).expectStatus().isNotFound();
        client.get("/v2/trace/{run}/timeline?limit=0", run).expectStatus().isBadRequest();
    }

    @Test
    void aForeignRunIsNotFoundEitherAndShowsNothing() {
        client.send(run, TestSpans.user(run, "a", 1, 0));
        await().untilAsserted(() -> assertThat(client.events(run)).hasSize(1));
        var stranger = new TraceClient(port, TeamId.random());

        assertThat(stranger.refusal(run, "{}", 404)).contains("There is no run");
        stranger.get("/v2/trace/{run}/events", run).expectStatus().isNotFound();
        stranger.get("/v2/trace/{run}/timeline", run).expectStatus().isNotFound();
    }

    @Test
    void onlyWhatHasArrivedSinceIsAskedFor() {
        client.send(run, TestSpans.user(run, "a", 1, 0));
        await().untilAsserted(() -> assertThat(client.events(run)).hasSize(1));
        var seen = client.json("/v2/trace/{run}/events", run).path("latest_seq").longValue();

        client.send(run, TestSpans.user(run, "b", 2, 1));

        await().untilAsserted(() -> {
            var news = client.json("/v2/trace/{run}/events?since_seq={seen}", run, seen).path("events");
            assertThat(news.valueStream().map(event -> event.path("text").asString())).containsExactly("b");
        });
    }

    @Test
    void theEndOfARunIsOnRecordAndALaterWordReplacesIt() {
        finished("error", null, 2);
        await().untilAsserted(() -> assertThat(client.json("/v2/trace/{run}/timeline", run).path("status").asString()).isEqualTo("error"));

        finished("completed", 0.5, 3);
        finished("cancelled", null, 1);

        await().untilAsserted(() -> assertThat(client.json("/v2/trace/{run}/events", run).path("status").asString()).isEqualTo("completed"));
        var timeline = client.json("/v2/trace/{run}/timeline", run);
        assertThat(timeline.path("reward").doubleValue()).isEqualTo(0.5);
        assertThat(timeline.path("evaluation").path("score").doubleValue()).isEqualTo(0.5);
        assertThat(timeline.path("task_slug").asString()).isEqualTo("count-1");
        assertThat(timeline.path("trace_id").asString()).isEqualTo(runId.toString());
    }

    @Test
    void spansThatComeAfterTheEndAreTold() {
        finished("completed", 1.0, 1);
        await().untilAsserted(() -> assertThat(client.json("/v2/trace/{run}/events", run).path("status").asString()).isEqualTo("completed"));

        client.send(run, TestSpans.user(run, "late", 1, 0));

        await().untilAsserted(() -> assertThat(client.events(run)).hasSize(1));
    }

    private void finished(String status, @Nullable Double reward, int revision) {
        var evaluation = reward == null ? null : Json.object().put("score", reward);
        var event = new RunFinished(
                runId, JobId.random(), team, null, "count-1", "letter-count", "m", status, "done", null, reward, evaluation, null, 1, revision,
                Instant.parse("2026-11-22T11:30:00Z"));
        try (var producer = new KafkaProducer<>(TestPlatform.kafkaAs("job-service"), new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(Topics.RUN_FINISHED, runId.toString(), Json.MAPPER.writeValueAsString(event)));
        }
    }
}
