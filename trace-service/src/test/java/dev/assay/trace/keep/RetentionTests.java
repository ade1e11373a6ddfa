// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.keep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.event.Topics;
import dev.assay.kit.blob.Blobs;
import dev.assay.kit.identity.Role;
import dev.assay.sdk.protocol.Json;
import dev.assay.testsupport.Tokens;
import dev.assay.trace.FakeJobService;
import dev.assay.trace.TestSpans;
import dev.assay.trace.TraceClient;
import dev.assay.trace.TraceServiceTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@TraceServiceTest
class RetentionTests {

    @LocalServerPort
    private int port;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private Blobs spanBlobs;

    @Autowired
    private ClearSpans clearing;

    private final TeamId team = TeamId.random();

    @Test
    void whatIsOlderThanATeamKeepsItGoesAndTheRestStays() {
        var old = stored("a day over", 31);
        var young = stored("not yet", 29);
        var others = new TraceClient(port, TeamId.random());
        var foreign = sent(others, "others keep theirs");
        aged(foreign, 31);
        say(30, null);

        clearing.sweep();

        assertThat(timeline(old).path("entries")).isEmpty();
        assertThat(timeline(old).path("cleared_at").isString()).isTrue();
        assertThat(timeline(young).path("entries")).hasSize(1);
        assertThat(timeline(young).path("cleared_at").isNull()).isTrue();
        assertThat(others.timeline(foreign.hex()).path("entries")).hasSize(1);
    }

    @Test
    void aDayOfWhichNothingIsLeftIsNoPartitionAnyMore() {
        stored("alone on its day", 4000);
        assertThat(partitions()).contains(partition(4000));
        say(3999, null);

        clearing.sweep();

        assertThat(partitions()).doesNotContain(partition(4000)).contains(partition(0));
    }

    @Test
    void whatComesForARunThatWasClearedIsTold() {
        var run = stored("first", 31);
        say(30, null);
        clearing.sweep();
        jdbc.sql("update run set day = current_date where run = :run").param("run", run.value()).update();

        client().send(run.hex(), user(run, "late", "late", 2));

        await().untilAsserted(() -> assertThat(timeline(run).path("entries")).hasSize(1));
        assertThat(timeline(run).path("cleared_at").isNull()).isTrue();
    }

    @Test
    void whatWasStillOnItsWayWhenARunsSpansWereDeletedGoesToo() {
        var run = sent(client(), "first");
        ended(run, "completed", 1.0);
        administrator().delete("/v2/trace/{id}/spans", run.hex()).expectStatus().isNoContent();
        client().send(run.hex(), user(run, "before", "before", 2), user(run, "since", "since", 3));
        await().untilAsserted(() -> assertThat(timeline(run).path("entries")).hasSize(2));
        jdbc.sql("update span set received_at = now() - interval '1 hour' where run = :run and span_id = 'before'")
                .param("run", run.value()).update();

        clearing.sweep();

        assertThat(timeline(run).path("entries")).hasSize(1);
        assertThat(timeline(run).path("cleared_at").isNull()).isTrue();
    }

    @Test
    void aRunThatGoesOnOnceMoreKeepsItsSpans() {
        var run = sent(client(), "once more");
        ended(run, "error", null);
        FakeJobService.isLive(run, "running");
        administrator().delete("/v2/trace/{id}/spans", run.hex()).expectStatus().isEqualTo(409);
        FakeJobService.isAwayFor(run);
        administrator().delete("/v2/trace/{id}/spans", run.hex()).expectStatus().isEqualTo(503);
        assertThat(timeline(run).path("entries")).hasSize(1);
    }

    @Test
    void largeContentsGoEarlierAndTheirFilesWithThem() {
        var text = "x".repeat(100_000) + UUID.randomUUID();
        var run = stored(text, 8);
        var blob = blob(run);
        assertThat(spanBlobs.find(blob)).isPresent();
        say(null, 7);

        clearing.sweep();

        assertThat(spanBlobs.find(blob)).isEmpty();
        var entry = timeline(run).path("entries").path(0);
        assertThat(entry.path("removed").booleanValue()).isTrue();
        assertThat(entry.path("omitted_bytes").intValue()).isGreaterThan(100_000);
        assertThat(timeline(run).path("cleared_at").isNull()).isTrue();
    }

    @Test
    void contentThatAnotherSpanHasTooStays() {
        var text = "y".repeat(100_000) + UUID.randomUUID();
        var run = stored(text, 31);
        var kept = new RunId(UUID.randomUUID());
        // the same bytes, span id and all: only so are they one file
        jdbc.sql("""
                insert into span select day, :kept, team, span_id, seq, attempt, name, schema, step_id, started_at, ended_at, now(), tool, failed, size,
                    body, blob from span where run = :run""")
                .param("kept", kept.value()).param("run", run.value()).update();
        say(30, null);

        clearing.sweep();

        assertThat(timeline(run).path("entries")).isEmpty();
        assertThat(spanBlobs.find(blob(kept))).isPresent();
    }

    /** It is on its way to the table, perhaps. */
    @Test
    void contentThatWasPutAgainSinceStaysForAWhile() throws Exception {
        var run = stored("w".repeat(100_000) + UUID.randomUUID(), 31);
        var blob = blob(run);
        try (var content = spanBlobs.open(blob)) {
            spanBlobs.put(content, Long.MAX_VALUE);
        }
        say(30, null);

        clearing.sweep();

        assertThat(timeline(run).path("entries")).isEmpty();
        assertThat(spanBlobs.find(blob)).isPresent();
        putDaysAgo(blob, 9);
        jdbc.sql("delete from dead_letter where queue = :queue").param("queue", Topics.SPANS).update();
        for (var hour = 0; hour < 24; hour++) {
            clearing.sweep();
        }
        assertThat(spanBlobs.find(blob)).isEmpty();
    }

    @Test
    void anAdministratorDeletesTheSpansOfARunThatHasEnded() {
        var run = sent(client(), "z".repeat(100_000) + UUID.randomUUID());
        var blob = blob(run);
        administrator().delete("/v2/trace/{id}/spans", run.hex()).expectStatus().isEqualTo(409);
        ended(run, "completed", 1.0);

        new TraceClient(port, Tokens.person(TeamId.random(), Role.ADMINISTRATOR)).delete("/v2/trace/{id}/spans", run.hex()).expectStatus().isNotFound();
        client().delete("/v2/trace/{id}/spans", run.hex()).expectStatus().isForbidden();
        administrator().delete("/v2/trace/{id}/spans", run.hex()).expectStatus().isNoContent();
        administrator().delete("/v2/trace/{id}/spans", run.hex()).expectStatus().isNoContent();

        assertThat(timeline(run).path("entries")).isEmpty();
        assertThat(timeline(run).path("reward").doubleValue()).isEqualTo(1);
        assertThat(jdbc.sql("select count(*) from span where run = :run").param("run", run.value()).query(Integer.class).single()).isZero();
        assertThat(spanBlobs.find(blob)).isEmpty();
    }

    @Test
    void onlyDaysThatThereAreAreTaken() {
        for (var wrong : List.of("{\"spans_days\": 0}", "{\"spans_days\": 36501}", "{\"large_days\": -1}", "{\"large_days\": \"x\"}", "[]")) {
            administrator().put("/v2/retention", Json.MAPPER.readTree(wrong)).expectStatus().isBadRequest();
        }
        client().put("/v2/retention", Json.object().put("spans_days", 5)).expectStatus().isForbidden();
        assertThat(say(90, 7).path("spans_days").intValue()).isEqualTo(90);
        assertThat(client().json("/v2/retention").path("own").path("large_days").intValue()).isEqualTo(7);
        assertThat(say(null, null).path("spans_days").isNull()).isTrue();
    }

    private TraceClient client() {
        return new TraceClient(port, team);
    }

    private TraceClient administrator() {
        return new TraceClient(port, Tokens.person(team, Role.ADMINISTRATOR));
    }

    private JsonNode say(@Nullable Integer spansDays, @Nullable Integer largeDays) {
        return administrator().put("/v2/retention", Json.object().put("spans_days", spansDays).put("large_days", largeDays))
                .expectStatus().isOk().returnResult(JsonNode.class).getResponseBody();
    }

    private JsonNode timeline(RunId run) {
        return client().timeline(run.hex());
    }

    private RunId stored(String text, int daysAgo) {
        var run = sent(client(), text);
        aged(run, daysAgo);
        return run;
    }

    private static RunId sent(TraceClient client, String text) {
        var run = new RunId(UUID.randomUUID());
        client.send(run.hex(), user(run, "a", text, 1));
        await().untilAsserted(() -> assertThat(client.timeline(run.hex()).path("entries")).hasSize(1));
        return run;
    }

    private static ObjectNode user(RunId run, String id, String text, int step) {
        return TestSpans.user(run.hex(), text, step, step).put("span_id", id);
    }

    private void ended(RunId run, String status, @Nullable Double reward) {
        jdbc.sql("update run set status = :status, reward = :reward, finished_at = now() where run = :run")
                .param("status", status).param("reward", reward).param("run", run.value()).update();
    }

    /** As if it had come then. */
    private void aged(RunId run, int days) {
        var day = today().minusDays(days);
        jdbc.sql("create table if not exists %s partition of span for values from ('%s') to ('%s')"
                .formatted(partition(days), day, day.plusDays(1))).update();
        jdbc.sql("update span set day = :day, received_at = now() - make_interval(days => :days) where run = :run")
                .param("day", day).param("days", days).param("run", run.value()).update();
        jdbc.sql("update run set day = :day where run = :run").param("day", day).param("run", run.value()).update();
        jdbc.sql("select blob from span where run = :run and blob is not null").param("run", run.value()).query(String.class).optional()
                .ifPresent(blob -> putDaysAgo(blob, days));
    }

    private void putDaysAgo(String blob, int days) {
        try {
            var file = spanBlobs.find(blob).orElseThrow().getFile();
            assertThat(file.setLastModified(System.currentTimeMillis() - days * 86_400_000L)).isTrue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String blob(RunId run) {
        return jdbc.sql("select blob from span where run = :run").param("run", run.value()).query(String.class).single();
    }

    private static LocalDate today() {
        return LocalDate.now(ZoneOffset.UTC);
    }

    private static String partition(int daysAgo) {
        return "span_" + DateTimeFormatter.BASIC_ISO_DATE.format(today().minusDays(daysAgo));
    }

    private List<String> partitions() {
        return jdbc.sql("""
                select child.relname from pg_inherits join pg_class child on child.oid = inhrelid
                join pg_class parent on parent.oid = inhparent where parent.relname = 'span'""").query(String.class).list();
    }
}
