// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.job.Calls;
import dev.assay.job.Calls.Reply;
import dev.assay.job.RunningJobService;
import dev.assay.job.Time;
import dev.assay.kit.identity.RunKeys.RunKey;
import dev.assay.kit.web.RunRef;
import dev.assay.testsupport.Tokens;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What the key of a hosted run, which strangers' code holds, tells of other runs. */
@RunningJobService
class NestedRunTests {

    private static final String GRADED = "{\"reward\": 1.0, \"evaluation_result\": {\"score\": 1.0}}";

    @Autowired
    Calls calls;

    @Autowired
    Time time;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    PlatformTransactionManager transactions;

    final TeamId team = TeamId.random();
    final UUID job = UUID.randomUUID();
    RunId root;
    String key;

    @BeforeEach
    void oneRunIsHeld() {
        root = calls.submit(team, job);
        calls.lease("w").expect(200);
        key = keyOf(1);
    }

    @Test
    void aRunThatIsBegunInsideAnotherNamesItAndIsNamedByIt() {
        var child = run();
        var itsJob = UUID.randomUUID();
        tell("/v2/trace/job/" + itsJob + "/enter", "{\"name\": \"specialist\", \"group\": 1}").expect(200);
        enter(child, root, itsJob).expect(200);
        enter(child, root, itsJob).expect(200);
        exit(child).expect(200);

        var told = calls.trace(team, child).body();
        assertThat(told.get("parent_trace_id").asString()).isEqualTo(root.toString());
        assertThat(told.get("hosted").asBoolean()).isFalse();
        assertThat(told.get("children")).isEmpty();
        var begun = calls.trace(team, root).body().get("children");
        assertThat(begun).singleElement().satisfies(one -> {
            assertThat(one.get("id").asString()).isEqualTo(child.toString());
            assertThat(one.get("task_slug").asString()).isEqualTo("count");
            assertThat(one.get("status").asString()).isEqualTo("completed");
            assertThat(one.get("reward").doubleValue()).isEqualTo(1.0);
        });
        assertThat(calls.get(team, "/v2/jobs/" + itsJob).expect(200).body().get("graded_count").asInt()).isEqualTo(1);
        assertThat(calls.get(team, "/v2/jobs/" + itsJob).body().get("begun_inside").asString()).isEqualTo(root.toString());
        assertThat(calls.get(team, "/v2/jobs/" + job).body().get("begun_inside").isNull()).isTrue();
    }

    @Test
    void anAttemptSpeaksForWhatWasBegunInsideAsLongAsItHoldsAndForWhatIsThenOnItsWay() {
        var child = run();
        enter(child, root, null).expect(200);
        assertThat(nested(child, root, 1)).isTrue();
        assertThat(nested(root, root, 1)).isFalse();
        assertThat(nested(child, run(), 1)).isFalse();
        assertThat(nested(child, root, 2)).isFalse();

        calls.release(root, "w", 1, "null").expect(204);
        assertThat(nested(child, root, 1)).isFalse();
        calls.lease("v").expect(200);
        assertThat(nested(child, root, 1)).isFalse();
        assertThat(nested(child, root, 2)).isTrue();
        calls.outcome(root, "v", 2, "completed", "{\"score\": 1}").expect(204);
        assertThat(nested(child, root, 2)).isTrue();
        time.pass(Duration.ofMinutes(2));
        assertThat(nested(child, root, 2)).isFalse();
    }

    /** Nobody waits with a connection in its hand. */
    @Test
    void whileOneIsToldOfAnotherIsToldToTryAgain() {
        var status = new TransactionTemplate(transactions).execute(unused -> {
            jdbc.sql("select id from run where id = :id for update").param("id", root.value()).query(row -> {});
            return enter(run(), root, null).status();
        });
        assertThat(status).isEqualTo(429);
    }

    @Test
    void whereNoParentIsToldItIsTheKeysOwnRun() {
        var child = run();
        tell("/v2/trace/" + child + "/enter", "{}").expect(200);
        assertThat(calls.trace(team, child).text("parent_trace_id")).isEqualTo(root.toString());
    }

    @Test
    void aRunIsBegunInsideOneThatWasBegunInsideButNotForEver() {
        var parent = root;
        for (var depth = 1; depth <= 5; depth++) {
            var child = run();
            enter(child, parent, null).expect(200);
            assertThat(calls.trace(team, child).text("parent_trace_id")).isEqualTo(parent.toString());
            parent = child;
        }
        var tooDeep = run();
        assertThat(enter(tooDeep, parent, null).expect(409).text("detail")).contains("5 deep");
        calls.get(team, "/v2/trace/" + tooDeep).expect(404);
    }

    @Test
    void itTellsOfNothingElse() {
        var other = run(); // the team's, that a client drives
        calls.post(team, "/v2/trace/" + other + "/enter", "{\"job_id\": \"" + UUID.randomUUID() + "\"}").expect(200);
        var hosted = calls.submit(team, job);
        var strangers = run();
        var stranger = TeamId.random();
        var strangersJob = UUID.randomUUID();
        calls.post(stranger, "/v2/trace/" + strangers + "/enter", "{\"job_id\": \"" + strangersJob + "\"}").expect(200);
        var nestedElsewhere = nestedElsewhere();

        for (var foreign : List.of(root, other, hosted, strangers, nestedElsewhere)) {
            enter(foreign, root, null).expect(404);
            exit(foreign).expect(404);
        }
        exit(run()).expect(404);
        for (var path : List.of(
                "/v2/trace/seeded-1/enter", "/v2/trace/job/nightly/enter", "/v2/trace/" + RunRef.ofRun("id", "seeded-1").id() + "/enter",
                "/v2/trace/job/" + RunRef.ofJob("id", "nightly").id() + "/enter")) {
            tell(path, "{}").expect(400);
        }
        tell("/v2/trace/" + run() + "/enter", "{\"job_id\": \"" + RunRef.ofJob("id", "nightly").id() + "\"}").expect(400);
        for (var foreign : List.of(other, hosted, strangers, nestedElsewhere, run())) {
            assertThat(enter(run(), foreign, null).expect(403).text("detail")).contains("parent_trace_id", foreign.toString());
        }
        for (var foreign : List.of(job, strangersJob)) {
            enter(run(), root, foreign).expect(404);
            tell("/v2/trace/job/" + foreign + "/enter", "{\"name\": \"mine now\"}").expect(404);
        }
        assertThat(tell("/v2/trace/job/" + UUID.randomUUID() + "/enter", "{\"taskset_id\": \"leaders\"}").expect(403).text("detail"))
                .contains("taskset_id");

        var untouched = calls.trace(team, other).body();
        assertThat(untouched.get("status").asString()).isEqualTo("running");
        assertThat(untouched.get("parent_trace_id").isNull()).isTrue();
        assertThat(calls.status(team, hosted)).isEqualTo("queued");
        assertThat(calls.status(team, root)).isEqualTo("initializing");
        assertThat(calls.status(stranger, strangers)).isEqualTo("running");
        assertThat(calls.trace(team, root).body().get("children")).isEmpty();
        assertThat(calls.get(team, "/v2/jobs/" + job).body().get("name").isNull()).isTrue();
    }

    @Test
    void itReadsAndSubmitsNothing() {
        for (var path : List.of("/v2/trace/" + root, "/v2/jobs", "/v2/jobs/" + job, "/v2/jobs/" + job + "/traces", "/v2/workers")) {
            assertThat(calls.as(key, "GET", path, null).status()).as(path).isEqualTo(403);
        }
        tell("/v2/rollouts/submit", Calls.submission(run(), job)).expect(403);
        tell("/v2/rollouts/cancel", "{\"trace_id\": \"" + root + "\"}").expect(403);
    }

    @Test
    void withTheAttemptItEnds() {
        var child = run();
        enter(child, root, null).expect(200);
        calls.release(root, "w", 1, "null").expect(204);
        assertThat(enter(run(), root, null).expect(403).text("detail")).contains("has ended");
        exit(child).expect(403);

        calls.lease("v").expect(200);
        exit(child).expect(403);
        key = keyOf(2);
        exit(child).expect(200);
        calls.outcome(root, "v", 2, "completed", "{\"score\": 1}").expect(204);
        enter(run(), root, null).expect(403);
        key = Tokens.run(new RunKey(TeamId.random(), root, 2, null));
        enter(run(), root, null).expect(403);
    }

    /** The service under test takes twenty. */
    @Test
    void itBeginsSoManyAndNoMoreAlsoAtTheSameTime() {
        var statuses = IntStream.range(0, 30)
                .mapToObj(number -> CompletableFuture.supplyAsync(() -> enterInTurn().status()))
                .toList().stream()
                .map(CompletableFuture::join)
                .toList();
        assertThat(statuses).filteredOn(status -> status == 200).hasSize(20);
        assertThat(statuses).filteredOn(status -> status == 409).hasSize(10);
        assertThat(calls.trace(team, root).body().get("children")).hasSize(20);

        var jobs = new ArrayList<Integer>();
        for (var number = 0; number < 21; number++) {
            jobs.add(tell("/v2/trace/job/" + UUID.randomUUID() + "/enter", "{}").status());
        }
        assertThat(jobs).endsWith(200, 409).filteredOn(status -> status == 200).hasSize(20);
    }

    private RunId nestedElsewhere() {
        var otherRoot = calls.submit(team, UUID.randomUUID());
        // its job holds nothing: it comes before what waits of another
        assertThat(calls.lease("w2").expect(200).text("run")).isEqualTo(otherRoot.toString());
        var child = run();
        calls.as(Tokens.run(new RunKey(team, otherRoot, 1, null)), "POST", "/v2/trace/" + child + "/enter", "{}").expect(200);
        return child;
    }

    private static RunId run() {
        return new RunId(UUID.randomUUID());
    }

    private String keyOf(int attempt) {
        return Tokens.run(new RunKey(team, root, attempt, "scripted/letters"));
    }

    private Reply enter(RunId run, RunId parent, UUID of) {
        var itsJob = of == null ? "null" : "\"" + of.toString().replace("-", "") + "\"";
        return tell("/v2/trace/" + run.hex() + "/enter",
                "{\"job_id\": %s, \"task_slug\": \"count\", \"parent_trace_id\": \"%s\"}".formatted(itsJob, parent.hex()));
    }

    private Reply enterInTurn() {
        var told = enter(run(), root, null);
        while (told.status() == 429) {
            told = enter(run(), root, null);
        }
        return told;
    }

    private Reply exit(RunId run) {
        return tell("/v2/trace/" + run.hex() + "/exit", GRADED);
    }

    private Reply tell(String path, String body) {
        return calls.as(key, "POST", path, body);
    }

    private boolean nested(RunId run, RunId in, int attempt) {
        return calls.ask("/internal/runs/" + run + "/nested?root=" + in + "&attempt=" + attempt).expect(200).body().get("nested").asBoolean();
    }
}
