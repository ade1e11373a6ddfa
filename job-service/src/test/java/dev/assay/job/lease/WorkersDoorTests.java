// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.job.Calls;
import dev.assay.job.RunningJobService;
import dev.assay.job.Time;
import dev.assay.job.run.Queue;
import dev.assay.kit.identity.Party;
import dev.assay.kit.identity.Role;
import dev.assay.kit.identity.RunKeys.RunKey;
import dev.assay.testsupport.Tokens;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** What a worker's credential opens here: what it holds itself. */
@RunningJobService
class WorkersDoorTests {

    @Autowired
    Calls calls;

    @Autowired
    Time time;

    @Autowired
    Queue queue;

    final TeamId team = TeamId.random();
    RunId run;

    @BeforeEach
    void oneRunIsHeld() {
        run = calls.submit(team, UUID.randomUUID());
        calls.lease("one").expect(200);
    }

    @Test
    void anotherWorkerSaysNothingOfIt() {
        calls.renew(run, "two", 1, "running").expect(409);
        calls.outcome(run, "two", 1, "completed", "{\"score\": 1}").expect(409);
        calls.renew(run, "one", 1, "running").expect(200);
    }

    @Test
    void nobodyWithOtherKeysSpeaksInItsName() {
        var path = "/internal/leases/renew";
        var body = "{\"leases\": [{\"run\": \"" + run + "\", \"attempt\": 1, \"phase\": \"running\"}]}";
        var key = new RunKey(team, run, 1, null);
        for (var credential : List.of(
                Tokens.claiming(Role.WORKER, new Party("worker-b", "worker/one")),
                Tokens.claiming(Role.WORKER, Party.service("trace-service")),
                Tokens.claiming(Role.WORKER, Party.service("gateway-service")),
                Tokens.claiming(Role.SERVICE, Party.worker("worker", "one")),
                Tokens.claiming(Role.MEMBER, Party.worker("worker", "one")),
                Tokens.service(),
                Tokens.serviceFor("trace-service"),
                Tokens.member(team),
                Tokens.person(team, Role.ADMINISTRATOR),
                Tokens.grant(),
                Tokens.run(key),
                "Bearer " + Tokens.runKey(key, Instant.parse("2999-01-01T00:00:00Z")),
                "Bearer nonsense")) {
            assertThat(calls.as(credential, "POST", path, body).status()).as(credential).isBetween(401, 404);
            assertThat(calls.as(credential, "POST", "/internal/leases", "{\"waitMillis\": 0}").status()).as(credential).isBetween(401, 404);
        }
        calls.renew(run, "one", 1, "running").expect(200);
    }

    @Test
    void servicesAreToldWhichEnvironmentsAWorkerHolds() {
        // more often than there are connections to the database
        for (int i = 0; i < 15; i++) {
            assertThat(held("one", team)).containsExactly("my-letters");
        }
        assertThat(held("two", team)).isEmpty();
        assertThat(held("one", TeamId.random())).isEmpty();
        assertThat(calls.as(Tokens.worker("one"), "GET", path("one", team), null).status()).isEqualTo(403);
        time.pass(Duration.ofMinutes(1));
        assertThat(held("one", team)).isEmpty();
    }

    @Test
    void whatAnAttemptSaysThatLostItsLeaseCountsNoMore() {
        assertThat(latest(1)).isTrue();
        time.pass(Duration.ofMinutes(1));
        queue.sweepLeases();
        assertThat(latest(1)).isFalse();
        calls.lease("two").expect(200);
        assertThat(latest(1)).isFalse();
        assertThat(latest(2)).isTrue();
        calls.outcome(run, "two", 2, "completed", "{\"score\": 1}").expect(204);
        assertThat(latest(2)).isTrue();
        assertThat(latest(1)).isFalse();
    }

    @Test
    void ofOutcomesThatAreToldTogetherThoseAreTakenThatWouldBeTakenAlone() {
        var others = calls.submit(team, UUID.randomUUID());
        calls.lease("two").expect(200);
        var wrong = calls.submit(team, UUID.randomUUID());
        calls.lease("one").expect(200);
        var told = Calls.together(
                Calls.ended(run, 1, "completed"), Calls.ended(others, 1, "completed"), Calls.ended(wrong, 1, "splendid"),
                Calls.ended(new RunId(UUID.randomUUID()), 1, "completed"));
        for (var time = 0; time < 2; time++) {
            var taken = calls.work("one", "/internal/leases/outcomes", told).expect(200).body().get("taken");
            assertThat(taken.valueStream().map(one -> one.stringValue())).containsExactly(run.toString());
        }
        assertThat(List.of(calls.status(team, run), calls.status(team, others), calls.status(team, wrong)))
                .containsExactly("completed", "initializing", "initializing");
    }

    @Test
    void whatIsToldTogetherNamesEachRunOnceAndIsNotTooMuch() {
        var end = Calls.ended(run, 1, "completed");
        assertThat(refused(Calls.together(end, end))).isEqualTo("outcomes[1].run: run " + run + " is named twice");
        assertThat(refused(Calls.together(Collections.nCopies(101, end).toArray(String[]::new)))).isEqualTo("outcomes: at most 100, these are 101");
        assertThat(refused("{\"outcomes\": [{\"run\": \"" + run + "\"}]}")).isEqualTo("outcomes[0].outcome: required");
        assertThat(refused("{}")).isEqualTo("outcomes: required");
    }

    private String refused(String told) {
        return calls.work("one", "/internal/leases/outcomes", told).expect(400).text("detail");
    }

    private boolean latest(int attempt) {
        return calls.ask("/internal/runs/" + run + "/live?attempt=" + attempt).expect(200).body().get("latest").asBoolean();
    }

    private List<String> held(String worker, TeamId of) {
        return calls.ask(path(worker, of)).expect(200).body().get("names").valueStream().map(name -> name.asString()).toList();
    }

    private static String path(String worker, TeamId team) {
        return "/internal/work/environments?worker=worker%2F" + worker + "&team=" + team;
    }
}
