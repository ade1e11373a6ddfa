// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import static dev.assay.trace.TestSpans.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.kit.identity.RunKeys.RunKey;
import dev.assay.sdk.protocol.Json;
import dev.assay.testsupport.Tokens;
import dev.assay.trace.FakeJobService;
import dev.assay.trace.TraceClient;
import dev.assay.trace.TraceServiceTest;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.node.ObjectNode;

/** The attempt is the fence of a hosted run's spans. */
@TraceServiceTest
class AttemptTests {

    /** In seconds. */
    private static final int YEARS = 400_000_000;

    @LocalServerPort
    int port;

    private final TeamId team = TeamId.random();
    private final RunId run = new RunId(UUID.randomUUID());

    @Test
    void whatAStalledWorkerStillSaysIsNoPartOfTheNextAttempt() {
        FakeJobService.attempt(run, 1);
        attempt(1).send(run.hex(), step("1a", 1, 0), step("1b", 2, 1));
        awaitTold("1a", "1b");

        // its lease ran out, another worker began; the first one wakes up and has the later clock
        FakeJobService.attempt(run, 2);
        attempt(2).send(run.hex(), step("2a", 1, 10));
        await().until(() -> refused(1, step("1c", 3, 12)));
        attempt(2).send(run.hex(), step("2b", 2, 11), step("2c", 3, 14));

        awaitTold("2a", "2b", "2c");
        assertThat(member().json("/v2/trace/{run}/timeline", run.hex()).path("entries").valueStream())
                .extracting(entry -> entry.path("id").asString())
                .contains("2a")
                .doesNotContain("1c");
    }

    @Test
    void whatWasTakenBeforeAnybodyKnewIsToldAsTheOldAttemptsOnly() {
        FakeJobService.attempt(run, 1);
        attempt(1).send(run.hex(), step("1a", 1, 0));
        attempt(2).send(run.hex(), step("2a", 1, 10), step("2b", 2, 11));
        attempt(1).send(run.hex(), step("1b", 2, 12), step("1c", 3, 13));

        awaitTold("2a", "2b");
    }

    @Test
    void anAttemptIsToldByItsNumberHoweverFarOffTheWorkersClocksAre() {
        attempt(1).send(run.hex(), step("1a", 1, YEARS), step("1b", 2, YEARS + 1));
        attempt(2).send(run.hex(), step("2a", 1, 5), step("2b", 2, -YEARS), step("2c", 3, 3));

        awaitTold("2a", "2b", "2c");
    }

    @Test
    void theLastSpansOfAnAttemptThatEndedStillArrive() {
        FakeJobService.attempt(run, 1);
        attempt(1).send(run.hex(), step("1a", 1, 0));
        FakeJobService.ended(run);
        attempt(1).send(run.hex(), step("1b", 2, 1));
        awaitTold("1a", "1b");
    }

    @Test
    void whoseTheRunOfAnAttemptIsItsKeySaysAndNobodyIsAsked() {
        FakeJobService.attempt(run, 1);
        attempt(1).send(run.hex(), step("1a", 1, 0));
        awaitTold("1a");
        assertThat(FakeJobService.knowsOwner(run)).isFalse();
    }

    @Test
    void aClientsOwnRunHasNoAttempts() {
        member().send(run.hex(), step("a", 1, 0), step("b", 2, 1));
        awaitTold("a", "b");
    }

    @Test
    void aRunsKeyIsForThatRun() {
        FakeJobService.attempt(run, 1);
        var other = new RunId(UUID.randomUUID()).hex();
        attempt(1).upload(other, body(user(other, "x", 1, 0))).expectStatus().isNotFound();
    }

    @Test
    void aRefusalSaysThatTheLeaseIsLost() {
        FakeJobService.attempt(run, 3);
        assertThat(attempt(2).refusal(run.hex(), body(step("x", 1, 0)), 409)).contains("Attempt 2").contains("lost its lease");
    }

    private boolean refused(int attempt, ObjectNode span) {
        return attempt(attempt).upload(run.hex(), body(span)).returnResult(String.class).getStatus().value() == 409;
    }

    private void awaitTold(String... ids) {
        await().untilAsserted(() -> {
            var told = member().events(run.hex()).valueStream().map(event -> event.path("text").asString()).toList();
            assertThat(told).isEqualTo(List.of(ids));
        });
    }

    private TraceClient member() {
        return new TraceClient(port, team);
    }

    private TraceClient attempt(int number) {
        return new TraceClient(port, Tokens.run(new RunKey(team, run, number, null)));
    }

    private ObjectNode step(String id, int number, int secondsIn) {
        return user(run.hex(), id, number, secondsIn);
    }

    private static String body(ObjectNode span) {
        return Json.object().set("telemetry", Json.array().add(span)).toString();
    }
}
