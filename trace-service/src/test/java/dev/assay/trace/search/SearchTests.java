// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.event.RunFinished;
import dev.assay.contracts.event.Topics;
import dev.assay.kit.identity.Role;
import dev.assay.sdk.protocol.Json;
import dev.assay.testsupport.TestPlatform;
import dev.assay.testsupport.Tokens;
import dev.assay.trace.TestSpans;
import dev.assay.trace.TraceClient;
import dev.assay.trace.TraceServiceTest;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.client.RestTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@TraceServiceTest
class SearchTests {

    private static final Instant NIGHT = Instant.parse("2026-11-22T02:00:00Z");

    @LocalServerPort
    private int port;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private ReadRuns reading;

    @Autowired
    private MeterRegistry meters;

    @Autowired
    private Clock clock;

    private final TeamId team = TeamId.random();
    private int days;

    @Test
    void aRunIsFoundByWhatWasSaidAndByWhatCameOfIt() {
        var denied = finished("letters", "atlas-2", 0.1, null);
        send(denied, tool("bash", "ls /root", "ls: cannot open '/root': Permission denied", true));
        var granted = finished("letters", "atlas-2", 0.9, null);
        send(granted, tool("bash", "ls", "permission granted, nobody was denied", false));
        var failed = finished("digits", "nimbus", null, "The sandbox was gone: permission revoked");
        send(failed, tool("browser", "open", "a page", false));

        read(denied, granted, failed);

        assertThat(found("q=permission")).containsExactlyInAnyOrder(denied, granted, failed);
        assertThat(found("q=PERMISSION denied")).containsExactlyInAnyOrder(denied, granted);
        assertThat(found("q=\"permission denied\"")).containsExactly(denied);
        assertThat(found("q=permission -denied")).containsExactly(failed);
        assertThat(found("q=granted or revoked")).containsExactlyInAnyOrder(granted, failed);
        assertThat(found("error=permission")).containsExactlyInAnyOrder(denied, failed);
        assertThat(found("tool=bash")).containsExactlyInAnyOrder(denied, granted);
        assertThat(found("tool=bash&q=denied&reward_max=0.2&task=letters&model=atlas-2&status=completed")).containsExactly(denied);
        assertThat(found("reward_min=0.2")).containsExactly(granted);
        assertThat(found("status=error")).containsExactly(failed);
        assertThat(found("job=" + job(denied))).containsExactly(denied);
        assertThat(found("from=2026-11-22T02:00:00Z&to=2026-11-22T02:00:01Z")).hasSize(3);
        assertThat(found("to=2026-11-22T02:00:00Z")).isEmpty();
        var item = page("tool=browser").path("items").path(0);
        assertThat(item.path("tools")).containsExactly(Json.tree("browser"));
        assertThat(item.path("error").asString()).startsWith("The sandbox was gone");
        assertThat(item.path("reward").isNull()).isTrue();
        assertThat(item.path("read_at").isString()).isTrue();
    }

    @Test
    void anotherTeamsRunIsNeverFound() {
        var run = finished("letters", "atlas-2", 0.5, null);
        send(run, said("a", 1, "a secret of theirs"));
        read(run);
        assertThat(found("q=secret")).containsExactly(run);
        assertThat(new TraceClient(port, TeamId.random()).json("/v2/runs/search?q=secret").path("items")).isEmpty();
        assertThat(new TraceClient(port, TeamId.random()).json("/v2/runs/search?job=" + job(run)).path("items")).isEmpty();
    }

    @Test
    void aRunThatHasEndedIsReadWithoutBeingAskedFor() {
        var run = new RunId(UUID.randomUUID());
        send(run, said("a", 1, "by itself"));
        publish(run, 1, "letters", "atlas-2", 0.5, null);
        await().untilAsserted(() -> assertThat(found("q=itself")).containsExactly(run));
    }

    @Test
    void aRunOfWhichNobodyToldTheEndIsFoundAsFarAsItIsThere() {
        var run = new RunId(UUID.randomUUID());
        send(run, said("a", 1, "begun by somebody"));
        read(run);
        assertThat(found("q=somebody&status=running")).containsExactly(run);
    }

    @Test
    void whatComesLateIsFoundToo() {
        var run = finished("letters", "atlas-2", 0.5, null);
        send(run, said("a", 1, "in time"));
        read(run);
        send(run, said("b", 2, "overdue"));
        await().untilAsserted(() -> {
            reading.sweep(later());
            assertThat(found("q=time overdue")).containsExactly(run);
        });
    }

    @Test
    void aLaterWordOnARunIsFollowed() {
        var run = finished("letters", "atlas-2", 0.1, null);
        read(run);
        publish(run, 2, "letters", "atlas-2", 0.8, "regraded");
        await().untilAsserted(() -> assertThat(found("reward_min=0.7")).containsExactly(run));
        await().untilAsserted(() -> {
            reading.sweep(later());
            assertThat(found("error=regraded")).containsExactly(run);
        });
    }

    @Test
    void oddTextIsNoError() {
        var run = finished("letters", "atlas-2", 0.5, null);
        send(run, said("a", 1, "nul \u0000 and half \ud800 a character"), said("b", 2, "x".repeat(300_000)), said("c", 3, "sentinel"));
        read(run);
        assertThat(found("q=sentinel nul character")).containsExactly(run);
    }

    /** Words of three letters in three bytes each take the most room. */
    @Test
    void asMuchAsIsReadFitsWhateverIsSaid() {
        var run = finished("letters", "atlas-2", 0.5, null);
        var spans = IntStream.range(0, 32).mapToObj(span -> said("s" + span, span, words(span * 2_000, 1_990))).toArray(ObjectNode[]::new);
        send(run, spans);
        read(run);
        assertThat(found("q=" + words(0, 1))).containsExactly(run);
        assertThat(jdbc.sql("select length(words) from said where run = :run").param("run", run.value()).query(Integer.class).single())
                .isGreaterThan(60_000);
    }

    private static String words(int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(n -> "" + (char) (0x4e00 + n % 1000) + (char) (0x4e00 + n / 1000) + (char) 0x4e00)
                .collect(Collectors.joining(" "));
    }

    @Test
    void aRunThatCannotBeReadIsSetAsideAndTheOthersGoOn() {
        var poison = finished("letters", "atlas-2", 0.5, null);
        send(poison, said("a", 1, "never read"));
        spoil(poison);
        var other = finished("letters", "atlas-2", 0.5, null);
        send(other, said("a", 1, "read all the same"));
        var counted = meters.counter(ReadRuns.SET_ASIDE);
        var before = counted.count();

        var now = clock.instant();
        for (var sweeps = 0; tries(poison) < ReadRuns.MOST_TRIES && sweeps < 100; sweeps++) {
            now = now.plus(Duration.ofMinutes(6));
            reading.sweep(now);
        }

        assertThat(found("q=read same")).containsExactly(other);
        assertThat(counted.count()).isGreaterThan(before);
        assertThat(jdbc.sql("select search_due from run where run = :run").param("run", poison.value()).query(OffsetDateTime.class).single().toInstant())
                .isCloseTo(now.plus(Duration.ofDays(1)), within(1, ChronoUnit.MICROS));
        assertThat(found("job=" + job(poison))).containsExactly(poison);
    }

    /** Whatever was read of it before, and whoever is reading it now: the service's own reader may have come first. */
    private void spoil(RunId run) {
        jdbc.sql("update span set body = 'no JSON'::bytea where run = :run").param("run", run.value()).update();
        jdbc.sql("update run set search_due = '-infinity', search_looks = 0, search_tries = 0 where run = :run").param("run", run.value()).update();
        jdbc.sql("delete from said where run = :run").param("run", run.value()).update();
    }

    private int tries(RunId run) {
        return jdbc.sql("select search_tries from run where run = :run").param("run", run.value()).query(Integer.class).single();
    }

    @Test
    void whatWasDeletedFindsNothingAnyMore() {
        var run = finished("letters", "atlas-2", 0.5, null);
        send(run, said("a", 1, "to be forgotten"));
        read(run);
        assertThat(found("q=forgotten")).containsExactly(run);

        new TraceClient(port, Tokens.person(team, Role.ADMINISTRATOR)).delete("/v2/trace/{id}/spans", run.hex()).expectStatus().isNoContent();
        assertThat(found("q=forgotten")).isEmpty();
        reading.sweep(later());

        assertThat(found("q=forgotten")).isEmpty();
        assertThat(found("job=" + job(run))).containsExactly(run);
    }

    @Test
    void whoeverReadsARunWhileItsSpansAreDeletedStoresNothing(@Autowired DueRuns due) {
        var run = finished("letters", "atlas-2", 0.5, null);
        var held = await().until(() -> taken(due, run), Optional::isPresent).orElseThrow();
        var said = new Said("read before it was deleted");
        new TraceClient(port, Tokens.person(team, Role.ADMINISTRATOR)).delete("/v2/trace/{id}/spans", run.hex()).expectStatus().isNoContent();

        due.store(held, 1, said, clock.instant());

        assertThat(found("q=deleted")).isEmpty();
    }

    /** Unless the sweep was first. */
    private Optional<DueRuns.Held> taken(DueRuns due, RunId run) {
        jdbc.sql("update run set search_due = '-infinity' where run = :run").param("run", run.value()).update();
        return due.take(clock.instant(), 1_000).stream().filter(one -> one.place().run().equals(run)).findFirst();
    }

    @Test
    void pagesFollowEachOtherAndLeaveNothingOut() {
        var runs = Stream.generate(() -> finished("letters", "atlas-2", 0.5, null)).limit(5).toList();
        var seen = new ArrayList<RunId>();
        var cursor = "";
        do {
            var page = page("task=letters&limit=2" + (cursor.isEmpty() ? "" : "&cursor=" + cursor));
            seen.addAll(ids(page));
            cursor = page.path("next").asString("");
        } while (!cursor.isEmpty());
        assertThat(seen).hasSize(5).containsExactlyInAnyOrderElementsOf(runs);
    }

    @Test
    void whatCannotBeMeantIsRefusedByName() {
        for (var wrong : List.of("reward_min=high", "reward_max=NaN", "status=lost", "from=yesterday", "to=2026-11-22", "job=%00", "limit=0",
                "cursor=1", "tool=", "taskset=letters", "q=" + "x".repeat(501))) {
            assertThat(refusal(client().get("/v2/runs/search?" + wrong.replace("%00", "{nul}"), "\u0000")))
                    .startsWith(wrong.substring(0, wrong.indexOf('=')) + ": ");
        }
    }

    @Test
    void aTeamKeepsItsViews() {
        var query = "q=%22permission+denied%22&reward_max=0.2";
        for (var time = 0; time < 2; time++) {
            client().put("/v2/views/denied", Json.object().put("query", query)).expectStatus().isOk();
        }
        client().put("/v2/views/bash", Json.object().put("query", "tool=bash")).expectStatus().isOk();
        assertThat(client().json("/v2/views").path("items").valueStream().map(view -> view.path("name").asString())).containsExactly("bash", "denied");
        assertThat(client().json("/v2/views/denied").path("query").asString()).isEqualTo(query);
        new TraceClient(port, TeamId.random()).get("/v2/views/denied").expectStatus().isNotFound();
        var viewer = new TraceClient(port, Tokens.person(team, Role.VIEWER));
        viewer.get("/v2/views/denied").expectStatus().isOk();
        viewer.put("/v2/views/denied", Json.object().put("query", "tool=bash")).expectStatus().isForbidden();
        viewer.delete("/v2/views/denied").expectStatus().isForbidden();
        for (var wrong : List.of("limit=5", "tool=", "reward_min=high", "tool=a&tool=b", "%zz=1", "")) {
            client().put("/v2/views/wrong", Json.object().put("query", wrong)).expectStatus().isBadRequest();
        }
        client().delete("/v2/views/denied").expectStatus().isNoContent();
        client().delete("/v2/views/denied").expectStatus().isNotFound();
        client().get("/v2/views/denied").expectStatus().isNotFound();
    }

    private TraceClient client() {
        return new TraceClient(port, team);
    }

    /** Each time a day later than before: whatever is to be looked at again some time is. */
    private Instant later() {
        return clock.instant().plus(Duration.ofDays(++days));
    }

    /** Till what was sent is in the table, and what is there has been read. */
    private void read(RunId... runs) {
        for (var run : runs) {
            await().untilAsserted(() -> {
                reading.sweep(later());
                assertThat(jdbc.sql("""
                        select seq = (select coalesce(max(seq), -1) from span where span.run = said.run) from said where run = :run""")
                        .param("run", run.value()).query(Boolean.class).optional()).contains(true);
            });
        }
    }

    private void send(RunId run, ObjectNode... spans) {
        var before = count(run);
        for (var span : spans) {
            ((ObjectNode) span.path("attributes")).put("hud.task_run_id", run.hex());
        }
        client().send(run.hex(), spans);
        await().untilAsserted(() -> assertThat(count(run)).isEqualTo(before + spans.length));
    }

    private int count(RunId run) {
        return jdbc.sql("select count(*) from span where run = :run").param("run", run.value()).query(Integer.class).single();
    }

    private static ObjectNode said(String id, int step, String text) {
        return TestSpans.user("", text, step, step).put("span_id", id);
    }

    private static ObjectNode tool(String name, String argument, String result, boolean failed) {
        var payload = Json.object().put("source", "tool");
        payload.putObject("call").put("name", name).set("arguments", Json.object().put("command", argument));
        payload.putObject("result").put("isError", failed).putArray("content").addObject().put("type", "text").put("text", result);
        return TestSpans.span("", "t", "step.tool", "hud.step.v1", 1, 1, payload);
    }

    private List<RunId> found(String query) {
        return ids(page(query));
    }

    private static List<RunId> ids(JsonNode page) {
        return page.path("items").valueStream().map(item -> new RunId(UUID.fromString(item.path("run_id").asString()))).toList();
    }

    private JsonNode page(String query) {
        return client().json("/v2/runs/search?" + query);
    }

    private static String refusal(RestTestClient.ResponseSpec answer) {
        return answer.expectStatus().isBadRequest().returnResult(JsonNode.class).getResponseBody().path("detail").asString();
    }

    private String job(RunId run) {
        return jdbc.sql("select job from run where run = :run").param("run", run.value()).query(UUID.class).single().toString();
    }

    private RunId finished(String task, String model, @Nullable Double reward, @Nullable String error) {
        var run = new RunId(UUID.randomUUID());
        publish(run, 1, task, model, reward, error);
        await().until(() -> jdbc.sql("select count(*) from run where run = :run").param("run", run.value()).query(Integer.class).single() == 1);
        return run;
    }

    private void publish(RunId run, int revision, String task, String model, @Nullable Double reward, @Nullable String error) {
        var event = new RunFinished(
                run, JobId.random(), team, null, task, "letter-count", model, error == null ? "completed" : "error", "done", error, null, reward, null,
                null, 0, revision, NIGHT.plusSeconds(60), null, null, null, NIGHT, null);
        try (var producer = new KafkaProducer<>(TestPlatform.kafkaAs("job-service"), new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(Topics.RUN_FINISHED, run.toString(), Json.MAPPER.writeValueAsString(event)));
        }
    }
}
