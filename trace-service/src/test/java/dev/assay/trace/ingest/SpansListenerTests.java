// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import static dev.assay.trace.TestSpans.user;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.event.SpansReceived;
import dev.assay.contracts.event.SpansReceived.SpanHead;
import dev.assay.contracts.event.Topics;
import dev.assay.kit.deadletter.DeadLetters;
import dev.assay.kit.identity.Party;
import dev.assay.kit.identity.Role;
import dev.assay.sdk.protocol.Json;
import dev.assay.testsupport.Tokens;
import dev.assay.trace.FakeJobService;
import dev.assay.trace.TraceClient;
import dev.assay.trace.TraceServiceTest;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** What reaches the topic is stored or set aside, whatever it is, and what is behind it moves on. */
@TraceServiceTest
class SpansListenerTests {

    private static final String LETTERS = "/v2/admin/trace-service/dead-letters";
    private static final Instant NOW = Instant.now();

    @LocalServerPort
    private int port;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private TransactionTemplate transactions;

    @Autowired
    private Producer<String, byte[]> producer;

    @Autowired
    private MeterRegistry meters;

    private final TeamId team = TeamId.random();
    private final RunId run = new RunId(UUID.randomUUID());

    @Test
    void aSpanThatTheTableNeverTakesIsADeadLetterAndItsNeighboursAreStored() {
        send(NOW, "a", "b\0ad", "c");
        send(NOW, "d");

        awaitStored("a", "c", "d");
        await().untilAsserted(() -> assertThat(letters()).singleElement().asString().contains("cannot be stored"));
    }

    @Test
    void aRecordThatNobodyCanReadIsADeadLetterWithAllThatWasInIt() {
        var before = meters.counter(DeadLetters.COUNTER, "queue", Topics.SPANS).count();
        send("no JSON at all".getBytes(UTF_8));
        send(null);
        send("{\"run\": \"%s\", \"team\": \"%s\", \"receivedAt\": \"%s\", \"spans\": [{}]}".formatted(run, team, NOW).getBytes(UTF_8));
        send(NOW, "a");

        awaitStored("a");
        await().untilAsserted(() -> assertThat(letters()).hasSize(3));
        assertThat(meters.counter(DeadLetters.COUNTER, "queue", Topics.SPANS).count() - before).isGreaterThanOrEqualTo(3);
        assertThat(jdbc.sql("select payload from dead_letter where key = :key").param("key", run.toString()).query(byte[].class).list())
                .contains("no JSON at all".getBytes(UTF_8));
    }

    @Test
    void aDeadLetterIsSentAgainAndStored() {
        FakeJobService.owns(TeamId.random(), run);
        send(NOW, "a");
        await().untilAsserted(() -> assertThat(letters()).singleElement().asString().contains("another team's"));
        // as if the owner had been asked of the wrong platform: what was set aside is put right, and goes its way
        var record = record(new RunId(UUID.randomUUID()), NOW, "again");
        jdbc.sql("update dead_letter set payload = :payload where key = :key").param("payload", record).param("key", run.toString()).update();

        var operator = operator();
        var items = operator.json(LETTERS + "?queue={queue}", Topics.SPANS).path("items");
        var letter = items.valueStream().filter(item -> item.path("key").asString().equals(run.toString())).findFirst().orElseThrow();
        operator.post(LETTERS + "/{id}/resend", letter.path("id").asString()).expectStatus().isNoContent();

        assertThat(letters()).isEmpty();
        await().untilAsserted(() -> assertThat(stored(SpansRecord.decode(record).upload().run())).containsExactly("again"));
    }

    @Test
    void whatAnEarlierReleaseKeptWholeAndNoBrokerTakesIsSentAgainInPieces() {
        var again = new RunId(UUID.randomUUID());
        var upload = Json.object().put("run", again.toString()).put("team", team.toString()).put("receivedAt", NOW.toString());
        upload.putArray("spans")
                .add(user(again.hex(), "ж".repeat(1_000_000), 1, 0).put("span_id", "large"))
                .add(user(again.hex(), "small", 2, 1));
        var letter = jdbc.sql("""
                insert into dead_letter (id, queue, key, reason, payload, at)
                values (gen_random_uuid(), :queue, :key, 'too large', :payload, now()) returning id""")
                .param("queue", Topics.SPANS)
                .param("key", again.toString())
                .param("payload", upload.toString().getBytes(UTF_8))
                .query(UUID.class)
                .single();

        operator().post(LETTERS + "/{id}/resend", letter).expectStatus().isNoContent();

        await().untilAsserted(() -> assertThat(stored(again)).containsExactly("large", "small"));
        assertThat(new TraceClient(port, team).events(again.hex()).path(0).path("text").asString()).hasSize(1_000_000);
    }

    @Test
    void aRunWhoseRowsSomebodyHoldsKeepsNoOtherRunOfItsPartitionWaiting() {
        send(NOW, "before");
        awaitStored("before");
        var others = Stream.generate(() -> new RunId(UUID.randomUUID())).limit(20).toList();
        transactions.executeWithoutResult(status -> {
            // as a replica that was stopped in the middle of its transaction
            jdbc.sql("""
                    insert into span select (jsonb_populate_record(span, '{"span_id": "held"}')).* from span where run = :run""")
                    .param("run", run.value())
                    .update();
            send(NOW, "held", "beside it");
            others.forEach(other -> send(record(other, NOW, "a")));
            send(NOW, "behind it");
            others.forEach(other -> await().untilAsserted(() -> assertThat(stored(other)).containsExactly("a")));
            assertThat(committed()).contains("before").doesNotContain("held", "beside it");
            status.setRollbackOnly();
        });

        await().untilAsserted(() -> assertThat(stored(run)).containsExactlyInAnyOrder("before", "held", "beside it", "behind it"));
        assertThat(letters()).isEmpty();
    }

    @Test
    void whatIsReadAgainAfterARebalanceIsStoredOnceInTheOldOrder() {
        var record = record(run, NOW, "a", "b");
        send(record);
        send(NOW, "c");
        awaitStored("a", "b", "c");

        send(record);
        send(NOW, "d");

        awaitStored("a", "b", "c", "d");
        assertThat(letters()).isEmpty();
    }

    @Test
    void aRunThatIsBegunAgainIsToldByArrivalHoweverFarOffItsClocksWere() {
        var yearsAhead = NOW.plus(Duration.ofDays(5000));
        var yearsBehind = NOW.minus(Duration.ofDays(5000));
        send(record(run, NOW.minus(Duration.ofHours(1)), step("old 1", 1, yearsAhead), step("old 2", 2, yearsAhead)));
        send(record(run, NOW, step("new 2", 2, yearsBehind.plusSeconds(2)))); // it has overtaken the one before it
        send(record(run, NOW, step("new 1", 1, yearsBehind), step("new 3", 3, yearsBehind)));
        awaitStored("old 1", "old 2", "new 2", "new 1", "new 3");

        var client = new TraceClient(port, team);
        var told = client.events(run.hex()).valueStream().map(event -> event.path("id").asString()).toList();
        assertThat(told).containsExactly("new 1", "new 2", "new 3");
    }

    @Test
    void aRunThatGoesOnPastMidnightLiesInOneDay() {
        var midnight = Instant.parse("2026-11-20T00:00:00Z");
        send(midnight.minusSeconds(1), "a", "b");
        send(midnight.plusSeconds(1), "b", "c");

        awaitStored("a", "b", "c");
        assertThat(jdbc.sql("select distinct day from span where run = :run").param("run", run.value()).query(LocalDate.class).list())
                .containsExactly(LocalDate.parse("2026-11-19"));
    }

    @Test
    void anOldDayGetsItsPartition() {
        send(Instant.parse("2001-02-03T04:05:06Z"), "a");

        awaitStored("a");
    }

    @Test
    void aDayThatWasDroppedLosesNoSpans() {
        var day = LocalDate.of(1990, 1, 1).plusDays(run.value().getMostSignificantBits() & 0xfff);
        var then = day.atTime(12, 0).toInstant(java.time.ZoneOffset.UTC);
        send(then, "a");
        awaitStored("a");
        jdbc.sql("drop table span_" + day.toString().replace("-", "")).update();

        send(then, "b");

        awaitStored("b");
        assertThat(letters()).isEmpty();
    }

    @Test
    void anOwnerWhomNobodyNamesHoldsUpNoUpload() {
        FakeJobService.isSilentAbout(run);
        var client = new TraceClient(port, team);

        client.send(run.hex(), user(run.hex(), "a", 1, 0));

        awaitStored("a");
    }

    private void awaitStored(String... ids) {
        await().untilAsserted(() -> assertThat(stored(run)).containsExactly(ids));
    }

    private List<String> stored(RunId of) {
        return jdbc.sql("select span_id from span where run = :run order by seq").param("run", of.value()).query(String.class).list();
    }

    /** Of this test's run, as others see it. */
    private List<String> committed() {
        return CompletableFuture.supplyAsync(() -> stored(run)).join();
    }

    private List<String> letters() {
        return jdbc.sql("select reason from dead_letter where key = :key").param("key", run.toString()).query(String.class).list();
    }

    private void send(Instant receivedAt, String... ids) {
        send(record(run, receivedAt, ids));
    }

    private void send(byte[] value) {
        producer.send(new ProducerRecord<>(Topics.SPANS, run.toString(), value));
    }

    private byte[] record(RunId of, Instant receivedAt, String... ids) {
        return record(of, receivedAt, Stream.of(ids).map(id -> step(id, null, receivedAt)).toArray(SpansRecord.Entry[]::new));
    }

    private byte[] record(RunId of, Instant receivedAt, SpansRecord.Entry... spans) {
        return SpansRecord.encode(new SpansReceived(of, team, null, receivedAt, List.of()), List.of(spans));
    }

    private TraceClient operator() {
        return new TraceClient(port, Tokens.claiming(Role.OPERATOR, Party.service("gateway-service")));
    }

    private static SpansRecord.Entry step(String id, @Nullable Integer number, Instant startedAt) {
        var body = ("{\"span_id\": \"" + id + "\"}").getBytes(UTF_8);
        var head = new SpanHead(id, "x", "hud.step.v1", number, startedAt, startedAt, null, false, body.length, null);
        return new SpansRecord.Entry(head, ByteBuffer.wrap(body));
    }
}
