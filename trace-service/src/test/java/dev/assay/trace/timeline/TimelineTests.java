// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.event.RunFinished;
import dev.assay.contracts.event.Topics;
import dev.assay.kit.identity.RunKeys.RunKey;
import dev.assay.sdk.protocol.Json;
import dev.assay.testsupport.TestPlatform;
import dev.assay.testsupport.Tokens;
import dev.assay.trace.FakeJobService;
import dev.assay.trace.TestSpans;
import dev.assay.trace.TraceClient;
import dev.assay.trace.TraceServiceTest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

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
    void aRunThatNobodyCanBeAskedAboutIsNotCalledUnknown() {
        FakeJobService.isAwayFor(runId);

        client.get("/v2/trace/{run}/events", run).expectStatus().isEqualTo(503);
        client.get("/v2/trace/{run}/timeline", run).expectStatus().isEqualTo(503);

        client.send(run, TestSpans.user(run, "a", 1, 0));
        await().untilAsserted(() -> client.get("/v2/trace/{run}/timeline", run).expectStatus().isOk());
        assertThat(client.events(run)).hasSize(1);
    }

    /** No client of today sends it; one that does tells of a run that has no trace of its own. */
    @Test
    void aTimelineThatGrowsWhileItIsReadRepeatsAndMissesNothing() {
        client.send(run, TestSpans.user(run, "a", 1, 0), TestSpans.user(run, "b", 2, 1), TestSpans.user(run, "c", 3, 2));
        await().untilAsserted(() -> assertThat(client.events(run)).hasSize(3));
        var first = client.json("/v2/trace/{run}/timeline?limit=2", run);
        assertThat(ids(first)).containsExactly("a", "b");
        assertThat(first.path("more").booleanValue()).isTrue();

        client.send(run, TestSpans.user(run, "d", 4, 3));
        await().untilAsserted(() -> assertThat(client.events(run)).hasSize(4));
        var second = client.json("/v2/trace/{run}/timeline?limit=2&cursor={next}", run, first.path("next").asString());
        assertThat(ids(second)).containsExactly("c", "d");
        assertThat(second.path("more").booleanValue()).isFalse();

        // the end is a place too
        client.send(run, TestSpans.user(run, "e", 5, 4));
        await().untilAsserted(() -> assertThat(client.events(run)).hasSize(5));
        var third = client.json("/v2/trace/{run}/timeline?cursor={next}", run, second.path("next").asString());
        assertThat(ids(third)).containsExactly("e");
    }

    @Test
    void aRunThatIsRunAgainStandsAsItStandsNowAndNotAsItHadEnded() {
        client.send(run, TestSpans.user(run, "a", 1, 0));
        finished("error", null, 1);
        await().untilAsserted(() -> assertThat(client.json("/v2/trace/{run}/timeline", run).path("status").asString()).isEqualTo("error"));
        FakeJobService.isLive(runId, "running");
        var timeline = client.json("/v2/trace/{run}/timeline", run);
        assertThat(timeline.path("status").asString()).isEqualTo("running");
        assertThat(timeline.path("stop_reason").isNull()).isTrue();
        assertThat(client.json("/v2/trace/{run}/events", run).path("status").asString()).isEqualTo("running");
    }

    @Test
    void aRunThatIsTakenOverBetweenTwoPagesMixesNoAttempts() {
        FakeJobService.attempt(runId, 1);
        attempt(1).send(run, TestSpans.user(run, "1a", 1, 0), TestSpans.user(run, "1b", 2, 1), TestSpans.user(run, "1c", 3, 2));
        await().untilAsserted(() -> assertThat(client.events(run)).hasSize(3));
        var first = client.json("/v2/trace/{run}/timeline?limit=2", run);
        assertThat(ids(first)).containsExactly("1a", "1b");

        // the next attempt's third step is told behind this page, but it is another attempt's; and one of the first's comes late
        attempt(2).send(run, TestSpans.user(run, "2a", 1, 10), TestSpans.user(run, "2b", 2, 11), TestSpans.user(run, "2c", 3, 12));
        attempt(1).send(run, TestSpans.user(run, "1d", 4, 13));
        await().untilAsserted(() -> assertThat(client.events(run)).hasSize(3).first().satisfies(TimelineTests::isOfTheSecondAttempt));

        assertThat(refusal(first)).startsWith("cursor:").contains("begun again");
        var anew = client.json("/v2/trace/{run}/timeline?limit=2", run);
        assertThat(ids(anew)).containsExactly("2a", "2b");
        assertThat(ids(client.json("/v2/trace/{run}/timeline?cursor={next}", run, anew.path("next").asString()))).containsExactly("2c");
        await().untilAsserted(() -> assertThat(ids(client.json("/v2/trace/{run}/timeline?attempt=1", run)))
                .as("the attempt that is asked for, also what comes late of it").containsExactly("1a", "1b", "1c", "1d"));
        assertThat(client.json("/v2/trace/{run}/timeline?attempt=1", run).path("attempts").intValue()).isEqualTo(2);
    }

    @Test
    void whoFollowsTheEventsOfARunThatIsTakenOverIsToldTheNextAttemptWholeAndOnce() {
        FakeJobService.attempt(runId, 1);
        attempt(1).send(run, TestSpans.user(run, "1a", 1, 0), TestSpans.user(run, "1b", 2, 1));
        await().untilAsserted(() -> assertThat(client.events(run)).hasSize(2));
        var before = client.json("/v2/trace/{run}/events", run);
        assertThat(before.path("attempts").intValue()).isEqualTo(1);

        attempt(2).send(run, TestSpans.user(run, "2a", 1, 10), TestSpans.user(run, "2b", 2, 11));
        attempt(1).send(run, TestSpans.user(run, "1c", 3, 12));
        attempt(2).send(run, TestSpans.user(run, "2c", 3, 13));

        var told = new ArrayList<String>();
        var seen = new AtomicLong(before.path("latest_seq").longValue());
        await().untilAsserted(() -> {
            var news = client.json("/v2/trace/{run}/events?since_seq={seen}", run, seen.get());
            news.path("events").forEach(event -> told.add(event.path("id").asString()));
            seen.set(news.path("latest_seq").longValue());
            assertThat(news.path("attempts").intValue()).isEqualTo(2);
            assertThat(told).containsExactly("2a", "2b", "2c");
        });
        assertThat(client.json("/v2/trace/{run}/events?since_seq={seen}", run, seen.get()).path("events")).isEmpty();
    }

    @Test
    void aWholeTraceInAStepIsToldWithEntriesOfItsOwn() {
        var said = TestSpans.user(run, "inner", 1, 0).path("attributes").path("hud.payload");
        var trace = Json.object().put("status", "completed").put("content", "17").put("trace_id", "ab");
        trace.putArray("steps").add(said).addObject().put("source", "agent").put("content", "17").putArray("tool_calls").addObject()
                .put("name", "count").put("arguments", "{broken");
        trace.withArray("steps").addObject().put("source", "subagent").putObject("subagent").putArray("steps").add(said);
        trace.withArray("steps").add("no step");
        client.send(run, TestSpans.span(run, "s", "step.subagent", "hud.step.v1", 1, 0, Json.object().set("subagent", trace)));

        await().untilAsserted(() -> assertThat(client.events(run)).hasSize(1));
        var entry = client.json("/v2/trace/{run}/timeline", run).path("entries").path(0);
        assertThat(entry.path("kind").asString()).isEqualTo("subagent");
        var told = entry.path("subagent");
        assertThat(told.path("content").asString()).isEqualTo("17");
        assertThat(told.path("trace_id").asString()).isEqualTo("ab");
        assertThat(told.path("entries").valueStream().map(one -> one.path("id").asString() + " " + one.path("kind").asString()))
                .containsExactly("s/0 prompt", "s/1 agent", "s/2 subagent", "s/3 ");
        assertThat(told.path("entries").path(0).path("text").asString()).isEqualTo("inner");
        assertThat(told.path("entries").path(1).path("tool_calls").path(0).path("arguments").path("raw").asString()).isEqualTo("{broken");
        assertThat(told.path("entries").path(2).path("subagent").path("entries").path(0).path("text").asString()).isEqualTo("inner");
    }

    private static void isOfTheSecondAttempt(JsonNode event) {
        assertThat(event.path("id").asString()).startsWith("2");
    }

    @Test
    void aRunThatItsClientBeginsAgainBetweenTwoPagesMixesNothingEither() {
        client.send(run, TestSpans.user(run, "a1", 1, 0), TestSpans.user(run, "a2", 2, 1), TestSpans.user(run, "a3", 3, 2));
        await().untilAsserted(() -> assertThat(client.events(run)).hasSize(3));
        var first = client.json("/v2/trace/{run}/timeline?limit=1", run);

        client.send(run, TestSpans.user(run, "b1", 1, 10), TestSpans.user(run, "b2", 2, 11));
        await().untilAsserted(() -> assertThat(client.events(run)).hasSize(2));

        assertThat(refusal(first)).contains("begun again");
        var news = client.json("/v2/trace/{run}/events?since_seq={seen}", run, first.path("latest_seq").longValue()).path("events");
        assertThat(news.valueStream().map(event -> event.path("text").asString())).containsExactly("b1", "b2");
        var anew = client.json("/v2/trace/{run}/timeline?limit=1", run);
        assertThat(ids(anew)).containsExactly("b1");
        assertThat(ids(client.json("/v2/trace/{run}/timeline?cursor={next}", run, anew.path("next").asString()))).containsExactly("b2");
        client.send(run, TestSpans.user(run, "b3", 3, 12));
        await().untilAsserted(() -> {
            var later = client.json("/v2/trace/{run}/events?since_seq={seen}", run, anew.path("latest_seq").longValue()).path("events");
            assertThat(later.valueStream().map(event -> event.path("text").asString())).containsExactly("b3");
        });
    }

    @Test
    void whoBeganToReadBeforeThereWasAnythingReadsOn() {
        FakeJobService.isLive(runId, "running");
        var nothing = client.json("/v2/trace/{run}/timeline", run).path("next").asString();

        FakeJobService.attempt(runId, 3);
        attempt(3).send(run, TestSpans.user(run, "a", 1, 0));

        await().untilAsserted(
                () -> assertThat(ids(client.json("/v2/trace/{run}/timeline?cursor={nothing}", run, nothing))).containsExactly("a"));
    }

    /** What is said to whoever reads on behind this page. */
    private String refusal(JsonNode page) {
        var answer = client.get("/v2/trace/{run}/timeline?cursor={next}", run, page.path("next").asString()).expectStatus().isEqualTo(409);
        return answer.returnResult(JsonNode.class).getResponseBody().path("detail").asString();
    }

    private TraceClient attempt(int number) {
        return new TraceClient(port, Tokens.run(new RunKey(team, runId, number, null)));
    }

    /** The last is of an earlier release, whose cursors knew no attempt. */
    @ParameterizedTest
    @ValueSource(strings = {"", "x", "1.2.3.4.5.6", "1.2.3.4.5.6.7.8", "9999999999.-1.1.1.1.1.1", "1.2.3.4.5"})
    void whatIsNoCursorIsRefused(String cursor) {
        client.send(run, TestSpans.user(run, "a", 1, 0));
        await().untilAsserted(() -> assertThat(client.events(run)).hasSize(1));
        client.get("/v2/trace/{run}/timeline?cursor={cursor}", run, cursor).expectStatus().isBadRequest();
    }

    @Test
    void aCursorThatNobodyGaveAsksTheDatabaseForNothingThatItCannotRead() {
        client.send(run, TestSpans.user(run, "a", 1, 0));
        await().untilAsserted(() -> assertThat(client.events(run)).hasSize(1));
        client.get("/v2/trace/{run}/timeline?cursor=0.-1.9999999999.999999999999999999.1.-999999999999999999.1", run).expectStatus().isOk();
    }

    private static List<String> ids(JsonNode page) {
        return page.path("entries").valueStream().map(entry -> entry.path("id").asString()).toList();
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
                runId, JobId.random(), team, null, "count-1", "letter-count", "m", status, "done", null, null, reward, evaluation, null, 1, revision,
                Instant.parse("2026-11-22T11:30:00Z"), null, null, null, null, null);
        try (var producer = new KafkaProducer<>(TestPlatform.kafkaAs("job-service"), new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(Topics.RUN_FINISHED, runId.toString(), Json.MAPPER.writeValueAsString(event)));
        }
    }
}
