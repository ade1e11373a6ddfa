// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.event.Topics;
import dev.assay.kit.blob.Blobs;
import dev.assay.sdk.protocol.Json;
import dev.assay.testsupport.TestPlatform;
import dev.assay.trace.FakeJobService;
import dev.assay.trace.TestSpans;
import dev.assay.trace.TraceClient;
import dev.assay.trace.TraceServiceTest;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

@TraceServiceTest
class UploadTests {

    @LocalServerPort
    private int port;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private Spool spool;

    @Autowired
    private Blobs blobs;

    private final TeamId team = TeamId.random();
    private final String run = new RunId(UUID.randomUUID()).hex();
    private TraceClient client;

    @BeforeEach
    void connect() {
        client = new TraceClient(port, team);
    }

    @Test
    void aSpanThatComesAgainIsStoredOnce() {
        var span = TestSpans.user(run, "a", 1, 0);

        client.send(run, span, span);
        client.send(run, span);
        client.send(run, TestSpans.user(run, "b", 2, 1));

        await().untilAsserted(() -> assertThat(client.events(run)).hasSize(2));
        assertThat(rows()).isEqualTo(2);
    }

    @Test
    void theSameRunIsMeantHoweverItsIdIsWritten() {
        client.send(run, TestSpans.user(run, "a", 1, 0));
        client.send(RunId.parse(run).toString().toUpperCase(), TestSpans.user(run, "b", 2, 1));

        await().untilAsserted(() -> assertThat(client.events("{" + run + "}")).hasSize(2));
    }

    @Test
    void textsMayHoldWhateverJsonCanSay() {
        var span = TestSpans.user(run, "x", 1, 0).toString().replace("\"text\":\"x\"", "\"text\":\"a\\u0000b \\ud800 \\u2028 grün\"");

        client.upload(run, "{\"telemetry\": [" + span + "]}").expectStatus().isNoContent();

        await().untilAsserted(() -> assertThat(client.events(run)).hasSize(1));
        assertThat(client.events(run).path(0).path("text").asString()).startsWith("a\0b ").endsWith("\u2028 grün");
    }

    @Test
    void anUploadThatIsNoneIsRefusedByName() {
        assertThat(client.refusal(run, "{\"telemetry\": [", 400)).startsWith("body: not valid JSON");
        assertThat(client.refusal(run, "[]", 400)).startsWith("body:");
        assertThat(client.refusal(run, "", 400)).startsWith("body:");
        assertThat(client.refusal(run, "{}", 400)).isEqualTo("telemetry: must be an array of spans");
        assertThat(client.refusal(run, "{\"telemetry\": {}}", 400)).startsWith("telemetry:");
        assertThat(client.refusal(run, "{\"telemetry\": [1]}", 400)).startsWith("telemetry[0]:");
        assertThat(client.refusal(run, "{\"telemetry\": [{\"name\": \"x\"}]}", 400)).isEqualTo("telemetry[0].span_id: required");
        var foreign = TestSpans.user(new RunId(UUID.randomUUID()).hex(), "b", 1, 0);
        assertThat(client.refusal(run, "{\"telemetry\": [" + foreign + "]}", 400))
                .startsWith("telemetry[0].attributes.hud.task_run_id:");
        assertThat(client.refusal("x".repeat(201), "{\"telemetry\": []}", 400)).startsWith("id:");
        assertThat(rows()).isZero();
    }

    @Test
    void anUploadThatIsTooLargeIsRefusedAsSuch() {
        var span = TestSpans.user(run, "a", 1, 0).put("padding", "x".repeat(1_100_000));

        assertThat(client.refusal(run, "{\"telemetry\": [" + span + "]}", 413)).contains("1048576 bytes");
    }

    @Test
    void aSpanThatCannotBeTakenIsToldAndHoldsUpNoOther() {
        var deep = "{\"span_id\": \"deep\", \"x\": " + "[".repeat(603) + "]".repeat(603) + "}";

        var answer = client.answer(run, "{\"telemetry\": [" + deep + "," + TestSpans.user(run, "harmless", 1, 0) + "]}");

        assertThat(answer.path("taken").intValue()).isEqualTo(1);
        assertThat(answer.path("refused").intValue()).isEqualTo(1);
        assertThat(answer.path("remarks").path(0).path("at").asString()).isEqualTo("telemetry[0]");
        assertThat(answer.path("remarks").path(0).path("reason").asString()).contains("nested deeper");
        await().untilAsserted(() -> assertThat(client.events(run)).hasSize(1));
    }

    @Test
    void aTimeWithoutAZoneIsToldAsUtc() {
        client.send(run, TestSpans.user(run, "a", 1, 0).put("start_time", "2026-11-25T20:00:00").put("end_time", "2026-11-25T20:00:01"));

        await().untilAsserted(() -> assertThat(client.events(run)).hasSize(1));
        assertThat(client.events(run).path(0).path("started_at").asString()).isEqualTo("2026-11-25T20:00:00Z");
        assertThat(client.events(run).path(0).path("ended_at").asString()).isEqualTo("2026-11-25T20:00:01Z");
    }

    @Test
    void anUploadMayComeCompressed() throws Exception {
        var body = "{\"telemetry\": [" + TestSpans.user(run, "a", 1, 0).put("x", "x".repeat(500_000)) + "]}";

        client.uploadCompressed(run, body).expectStatus().isNoContent();

        await().untilAsserted(() -> assertThat(client.events(run)).hasSize(1));
        client.uploadCompressed(run, body.replace("xxx", "xxxxxxxxx")).expectStatus().isEqualTo(413);
    }

    @Test
    void whatIsTooLargeForARecordIsToldWhole() {
        var text = "я".repeat(200_000);

        client.send(run, TestSpans.user(run, text, 1, 0).put("span_id", "a"));

        await().untilAsserted(() -> assertThat(client.events(run)).hasSize(1));
        assertThat(client.events(run).path(0).path("text").asString()).isEqualTo(text);
        assertThat(jdbc.sql("select body is null and blob is not null from span where run = :run")
                        .param("run", RunId.parse(run).value()).query(Boolean.class).single())
                .isTrue();
    }

    @Test
    void aBodyThatIsMissingIsSaidToBeMissingAndHidesNoOther() throws Exception {
        client.send(run, TestSpans.user(run, run.repeat(5_000), 1, 0).put("span_id", "a"), TestSpans.user(run, "b", 2, 1));
        await().untilAsserted(() -> assertThat(client.events(run)).hasSize(2));
        var blob = jdbc.sql("select blob from span where run = :run and span_id = 'a'").param("run", RunId.parse(run).value())
                .query(String.class).single();
        blobs.delete(blob);

        assertThat(client.events(run).path(0).path("error").asString()).contains("cannot be read");
        assertThat(client.events(run).path(1).path("text").asString()).isEqualTo("b");
    }

    @Test
    void anEmptyUploadIsTaken() {
        client.send(run);
    }

    @Test
    void theRunOfAnotherTeamIsNotFound() {
        FakeJobService.owns(TeamId.random(), RunId.parse(run));

        assertThat(client.refusal(run, "{\"telemetry\": [" + TestSpans.user(run, "a", 1, 0) + "]}", 404)).contains("There is no run");
        client.get("/v2/trace/{run}/events", run).expectStatus().isNotFound();
    }

    @Test
    void aRecordThatNobodyCanReadHoldsNothingUp() {
        try (var producer = new KafkaProducer<>(TestPlatform.kafkaAs("trace-service"), new StringSerializer(), new StringSerializer())) {
            for (var partition = 0; partition < producer.partitionsFor(Topics.SPANS).size(); partition++) {
                producer.send(new ProducerRecord<>(Topics.SPANS, partition, null, "no JSON at all"));
                producer.send(new ProducerRecord<>(Topics.SPANS, partition, null, "{\"run\": \"" + run + "\", \"spans\": [{}]}"));
            }
        }

        client.send(run, TestSpans.user(run, "a", 1, 0));

        await().untilAsserted(() -> assertThat(client.events(run)).hasSize(1));
    }

    @Test
    void whatLiesOnTheSpoolReachesTheTimelineAlsoInTheFormThatRecordsHadOnce() throws Exception {
        var event = Json.object()
                .put("run", run)
                .put("team", team.toString())
                .put("receivedAt", "2026-11-22T11:28:24Z");
        event.putArray("spans").add(TestSpans.user(run, "a", 1, 0));

        spool.append(List.of(new Spool.Entry(run, event.toString().getBytes(UTF_8))));

        await().untilAsserted(() -> assertThat(client.events(run)).hasSize(1));
        await().untilAsserted(() -> assertThat(spool.size()).isZero());
    }

    private long rows() {
        return jdbc.sql("select count(*) from span where run = :run").param("run", RunId.parse(run).value()).query(Long.class).single();
    }
}
