// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.job.Calls;
import dev.assay.job.RunningJobService;
import dev.assay.job.Time;
import dev.assay.job.run.WaitingRuns;
import dev.assay.job.WithNeighbours;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** To whom, in which order, and what their keys open. */
@RunningJobService
class SessionsAreDealtTests extends WithNeighbours {

    private static final String LARGE = environment("\"runtimeConfig\": {\"resources\": {\"memory_mb\": 10000}}");

    @Autowired
    Calls calls;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    Time time;

    @Autowired
    WaitingRuns waiting;

    final TeamId team = TeamId.random();
    final TeamId small = TeamId.random();

    @BeforeEach
    void noWorkerIsHere() {
        jdbc.sql("delete from worker").update();
    }

    @Test
    void aTeamThatOpensManyKeepsNobodyWaiting() {
        var plain = environment("\"runtimeConfig\": null");
        for (var number = 0; number < 20; number++) {
            open(team, plain);
        }
        var one = open(small, plain);
        assertThat(given("w", 2)).extracting(lease -> lease.path("session").asString()).contains(one).hasSize(2);
    }

    @Test
    void whatATeamHoldsOfRunsCountsWhereSessionsAreDealtAndTheOtherWayRound() {
        calls.submit(team, UUID.randomUUID());
        calls.lease("w").expect(200);
        open(team, "My_Letters");
        var first = open(small, "My_Letters");
        assertThat(given("w", 1)).extracting(lease -> lease.path("session").asString()).containsExactly(first);

        given("w", 1);
        calls.submit(team, UUID.randomUUID());
        var next = calls.submit(small, UUID.randomUUID());
        assertThat(calls.lease("w").expect(200).text("run")).as("the other team holds a run and a session").isEqualTo(next.toString());
    }

    @Test
    void aSessionGoesToAWorkerThatHasItsRuntimeAndIsOpenedWithTheVersionOfThen() {
        var members = "\"runtimeConfig\": null, \"image\": {\"reference\": \"sha256:1\", \"engine\": \"e1\"}";
        open(team, environment(members));
        assertThat(given("w", 1, "process", "docker@e2")).isEmpty();
        var lease = given("w", 1, "process", "docker@e1").getFirst();
        assertThat(lease.path("version").asString()).isEqualTo(UUID.nameUUIDFromBytes(members.getBytes(StandardCharsets.UTF_8)).toString());
    }

    @Test
    void aSessionThatAsksForMemoryGoesWhereThereIsSoMuchLeftBesideRunsAndOtherSessions() {
        has("w", 16_000);
        open(team, LARGE);
        open(team, LARGE);
        assertThat(given("w", 2)).hasSize(1);
        var run = Calls.submission(new RunId(UUID.randomUUID()), UUID.randomUUID());
        calls.post(small, "/v2/rollouts/submit", run.replace("\"group_id\"", "\"runtime_config\": {\"resources\": {\"memory_mb\": 8000}}, \"group_id\"")).expect(201);
        calls.lease("w").expect(204);
        has("v", 16_000);
        assertThat(given("v", 2)).hasSize(1);
    }

    @Test
    void whatFindsNoRoomKeepsNothingOfAnotherEnvironmentWaiting() {
        has("w", 16_000);
        open(team, LARGE);
        open(team, LARGE);
        var other = open(team, environment("\"runtimeConfig\": null"));
        assertThat(Stream.of(given("w", 1), given("w", 1)).flatMap(List::stream)).extracting(lease -> lease.path("session").asString())
                .contains(other).hasSize(2);
        assertThat(given("w", 1)).isEmpty();
    }

    @Test
    void aQueuedSessionSaysWhatItWaitsFor() {
        assertThat(waits(open(team, "My_Letters"))).isEqualTo("no_worker");
        has("w", 16_000);
        open(team, LARGE);
        given("w", 2);
        assertThat(waits(open(team, LARGE))).isEqualTo("no_room");
        var members = "\"runtimeConfig\": null, \"image\": {\"reference\": \"sha256:1\", \"engine\": \"e1\"}";
        tells("w", "process");
        assertThat(waits(open(team, environment(members)))).isEqualTo("no_runtime");
    }

    private String waits(String session) {
        waiting.forget();
        return calls.get(team, "/runtime/sessions/" + session).expect(200).body().path("waiting_because").path("reason").asString("");
    }

    private void tells(String worker, String kind) {
        jdbc.sql("update worker set told = :told where name = :name")
                .param("name", "worker/" + worker)
                .param("told", """
                        {"state": "working", "version": "1", "isolation": "none", "kinds": ["%s"],
                         "capacity": {"runs": 1, "sessions": 9, "cpus": 4, "memoryMb": 16000, "gpus": 0},
                         "holds": {"runs": 0, "sessions": 0, "builds": 0}, "spans": {"waitingBytes": 0, "lost": 0}, "folders": {}}""".formatted(kind))
                .update();
    }

    @Test
    void whatNoWorkerCouldHoldIsRefusedWithTheReason() {
        has("w", 8_000);
        assertThat(refusal(LARGE))
                .isEqualTo("environment: its runtime_config.resources.memory_mb: no worker that is here has 10000, the largest has 8000");
        assertThat(refusal(environment("\"runtimeConfig\": {\"image\": \"letters\", \"runtime\": \"e2b\"}")))
                .isEqualTo("environment: it runs by 'e2b' in its team's account, which only submitted runs have");
        assertThat(refusal(environment("\"runtimeConfig\": {\"resources\": {\"tpu\": {\"type\": \"v5e\"}}}")))
                .startsWith("environment: its runtime_config.resources.tpu: ");
    }

    @Test
    void itsKeyLivesWhileItsAttemptHoldsItAndSpeaksOfNoRunButItsOwn() {
        var own = UUID.randomUUID();
        calls.post(team, "/v2/trace/" + own + "/enter", "{}").expect(200);
        var id = calls.post(team, "/runtime/sessions", "{\"environment\": \"My_Letters\", \"trace_id\": \"" + own + "\"}").expect(201).text("id");
        assertThat(given("w", 1).getFirst().path("key").asString()).startsWith("ark_");

        assertThat(live(id, 1)).isTrue();
        assertThat(live(id, 2)).isFalse();
        assertThat(nested(own, id)).isTrue();
        assertThat(nested(UUID.randomUUID(), id)).isFalse();
        calls.delete(team, "/runtime/sessions/" + id).expect(204);
        assertThat(live(id, 1)).isFalse();
        assertThat(nested(own, id)).as("its last spans are on their way").isTrue();
        time.pass(Duration.ofMinutes(1));
        assertThat(nested(own, id)).isFalse();
    }

    @Test
    void itsEnvironmentMakesNoRunOfItsIdAndWhatItAsksIsOfTheJobOfItsRun() {
        var own = UUID.randomUUID();
        var job = UUID.randomUUID();
        calls.post(team, "/v2/trace/job/" + job + "/enter", "{}").expect(200);
        calls.post(team, "/v2/trace/" + own + "/enter", "{\"job_id\": \"" + job + "\"}").expect(200);
        var id = calls.post(team, "/runtime/sessions", "{\"environment\": \"My_Letters\", \"trace_id\": \"" + own + "\"}").expect(201).text("id");
        given("w", 1);

        var owner = calls.ask("/internal/runs/" + id + "/claim", "{\"team\": \"" + team + "\"}").expect(200);
        assertThat(owner.text("team")).isNotEqualTo(team.toString());
        calls.get(team, "/v2/trace/" + id).expect(404);
        assertThat(live(id, 1)).isTrue();
        assertThat(calls.ask("/internal/runs/" + id + "/live?attempt=1").expect(200).body().path("latest").asBoolean()).as("spans of it are taken").isFalse();
        var place = calls.ask("/internal/runs/" + id + "/place").expect(200);
        assertThat(place.text("team")).isEqualTo(team.toString());
        assertThat(place.text("job")).isEqualTo(job.toString());
    }

    @Test
    void aSessionThatNamesAnotherTeamsRunHasAKeyThatSaysNothingOfIt() {
        var foreign = UUID.randomUUID();
        calls.post(small, "/v2/trace/" + foreign + "/enter", "{}").expect(200);
        var id = calls.post(team, "/runtime/sessions", "{\"environment\": \"My_Letters\", \"trace_id\": \"" + foreign + "\"}").expect(201).text("id");
        given("w", 1);
        assertThat(live(id, 1)).isTrue();
        assertThat(nested(foreign, id)).isFalse();
    }

    @Test
    void whoeverCancelsAllThatIsTheirsEndsTheirSessionsToo() {
        var queued = open(team, "My_Letters");
        var others = open(small, "My_Letters");
        assertThat(calls.post(team, "/v2/rollouts/cancel_user_jobs", "{}").expect(200).body().path("sessions_ended").asInt()).isEqualTo(1);
        assertThat(calls.get(team, "/runtime/sessions/" + queued).text("cause")).isEqualTo("deleted");
        assertThat(calls.get(small, "/runtime/sessions/" + others).text("state")).isEqualTo("queued");
    }

    private String open(TeamId who, String environment) {
        return calls.post(who, "/runtime/sessions", "{\"environment\": \"" + environment + "\"}").expect(201).text("id");
    }

    private String refusal(String environment) {
        return calls.post(team, "/runtime/sessions", "{\"environment\": \"" + environment + "\"}").expect(400).text("detail");
    }

    private boolean live(String session, int attempt) {
        return calls.ask("/internal/runs/" + session + "/live?attempt=" + attempt).expect(200).body().path("live").asBoolean();
    }

    private boolean nested(UUID run, String session) {
        return calls.ask("/internal/runs/" + run + "/nested?root=" + session + "&attempt=1").expect(200).body().path("nested").asBoolean();
    }

    private List<JsonNode> given(String worker, int free, String... kinds) {
        var told = kinds.length == 0 ? "null" : "[\"" + String.join("\", \"", kinds) + "\"]";
        var question = "{\"free\": %d, \"waitMillis\": 0, \"kinds\": %s}".formatted(free, told);
        return calls.work(worker, "/internal/sessions/leases", question).expect(200).body().path("leases").valueStream().toList();
    }

    private void has(String worker, int memoryMb) {
        jdbc.sql("insert into worker (name, isolation, seen_at, cpus, memory_mb, gpus) values (:name, 'bubblewrap', now(), 4, :memory, 0)")
                .param("name", "worker/" + worker)
                .param("memory", memoryMb)
                .update();
    }
}
