// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.start;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.job.Calls;
import dev.assay.job.Ends;
import dev.assay.job.RunningJobService;
import dev.assay.job.WithNeighbours;
import dev.assay.kit.identity.Role;
import dev.assay.testsupport.Tokens;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;

@RunningJobService
class StartTests extends WithNeighbours {

    private static final String TASKSET = taskset(
            """
            {"name": "one", "version_id": "0b7d0c2e-7d3c-4f0a-9f29-2b1d8e6a5c11", "env": "My_Letters", "scenario": "count", "args": {"word": "a", "letter": 3.10}, "agent_config": null,
             "runtime_config": null, "verifier": null},
            {"name": "two", "env": "My_Letters", "scenario": "open", "args": {"any": null}, "agent_config": {"max_steps": 9, "timeout_seconds": 5},
             "runtime_config": {"limits": {"run_timeout_s": 44}}, "verifier": {"env": "My_Letters", "id": "count"}}""");

    private static final String EMPTY = taskset("");
    private static final String ELSEWHERE = taskset("{\"name\": \"far\", \"env\": \"nowhere\", \"scenario\": \"count\", \"args\": {}}");
    private static final String ODD = taskset(
            "{\"name\": \"odd\", \"env\": \"My_Letters\", \"scenario\": \"count\", \"args\": {}, \"agent_config\": {\"max_steps\": 1.5}}");

    @Autowired
    Calls calls;

    @Autowired
    Ends ends;

    final TeamId team = TeamId.random();
    final UUID job = UUID.randomUUID();

    @Test
    void aTasksetIsRunAsOneJob() {
        var started = start("\"group\": 3, \"priority\": 7, \"max_concurrent\": 2").expect(201);
        assertThat(started.text("job_id")).isEqualTo(job.toString());
        assertThat(started.body().path("runs").asInt()).isEqualTo(6);

        var read = calls.get(team, "/v2/jobs/" + job).expect(200).body();
        assertThat(read.path("name").asString()).isEqualTo("set " + TASKSET + " (2 tasks) (3 times)");
        assertThat(read.path("taskset_id").asString()).isEqualTo(TASKSET);
        assertThat(read.path("taskset_name").asString()).isEqualTo("set " + TASKSET);
        assertThat(List.of(read.path("group").asInt(), read.path("priority").asInt(), read.path("max_concurrent").asInt())).containsExactly(3, 7, 2);
        assertThat(read.path("queued_count").asInt()).isEqualTo(6);
        assertThat(read.path("estimated_end").isNull()).isTrue();

        var groups = calls.get(team, "/v2/jobs/" + job + "/groups").expect(200).body().path("items");
        assertThat(groups.valueStream().map(group -> group.path("task_slug").asString() + " " + group.path("run_count").asInt()))
                .containsExactly("one 3", "two 3");
        assertThat(groups.get(0).path("task_version_id").asString("")).isEqualTo("0b7d0c2e-7d3c-4f0a-9f29-2b1d8e6a5c11");
        assertThat(groups.get(1).path("task_version_id").isNull()).as("the taskset names none").isTrue();
    }

    @Test
    void aRunSaysWhichVersionOfItsTaskAndWhichModelOfTheCatalogItIs() {
        start("\"tasks\": [\"one\"]").expect(201);
        var started = calls.trace(team, RunId.parse(calls.lease("w").expect(200).text("run"))).body();
        assertThat(started.path("task_version_id").asString("")).isEqualTo("0b7d0c2e-7d3c-4f0a-9f29-2b1d8e6a5c11");
        assertThat(started.path("inference_llm_model_id").asString("")).isEqualTo(MODEL);

        var submitted = calls.trace(team, calls.submit(team, UUID.randomUUID())).body();
        assertThat(submitted.path("task_version_id").isNull()).as("nobody said so").isTrue();
        assertThat(submitted.path("inference_llm_model_id").asString("")).isEqualTo(MODEL);
        var own = UUID.randomUUID();
        calls.post(team, "/v2/trace/" + own + "/enter", "{\"model\": \"of-my-own\"}").expect(200);
        assertThat(calls.trace(team, new RunId(own)).body().path("inference_llm_model_id").isNull()).as("the catalog has no such model").isTrue();
    }

    @Test
    void theEndOfARunSaysWhichVersionOfItsTaskItIs() {
        start("\"tasks\": [\"one\"]").expect(201);
        calls.outcome(RunId.parse(calls.lease("w").expect(200).text("run")), "w", 1, "completed", "{\"score\": 1}").expect(204);
        assertThat(ends.told(team)).singleElement().satisfies(end -> {
            assertThat(end.taskVersion()).hasToString("0b7d0c2e-7d3c-4f0a-9f29-2b1d8e6a5c11");
            assertThat(end.agent()).isNotEmpty();
        });
    }

    @Test
    void aTaskIsRunAsItWasUploadedWithWhatTheJobAsksForOverIt() {
        start("\"timeouts\": {\"agent_s\": 8, \"startup_s\": 11}").expect(201);
        var one = calls.lease("w").expect(200).body();
        assertThat(one.path("args").path("letter").toString()).isEqualTo("3.10");
        assertThat(one.path("agent").path("config").path("timeout_seconds").asInt()).isEqualTo(8);
        assertThat(one.path("runtimeConfig").path("limits").toString()).isEqualTo("{\"startup_timeout_s\":11,\"run_timeout_s\":77}");
        assertThat(one.path("version").asString()).isEqualTo(VERSION);
        assertThat(one.path("groupId").asString()).isNotEmpty();

        var two = calls.lease("w").expect(200).body();
        assertThat(two.path("args").toString()).isEqualTo("{\"any\":null}");
        assertThat(two.path("agent").path("config").path("max_steps").asInt()).isEqualTo(9);
        assertThat(two.path("agent").path("config").path("timeout_seconds").asInt()).isEqualTo(8);
        assertThat(two.path("runtimeConfig").path("limits").toString()).isEqualTo("{\"run_timeout_s\":44,\"startup_timeout_s\":11}");
        assertThat(two.path("runTimeoutMillis").asLong()).isEqualTo(44_000);
        assertThat(two.path("verifier").path("id").asString()).isEqualTo("count");
    }

    @Test
    void whereItsRunsRunIsTheJobsWordMemberByMember() {
        start("\"runtime_config\": {\"runtime\": \"process\", \"resources\": {\"memory_mb\": 512}}").expect(201);
        assertThat(calls.lease("w").expect(200).body().path("runtimeConfig").path("runtime").asString()).isEqualTo("process");
        var two = calls.lease("w").expect(200).body().path("runtimeConfig");
        assertThat(two.path("resources").toString()).isEqualTo("{\"memory_mb\":512}");
        assertThat(two.path("limits").toString()).as("the task's own").isEqualTo("{\"run_timeout_s\":44}");
    }

    @Test
    void whichFailuresAreTriedAgainIsTheJobsWord() {
        start("\"retry\": {\"model\": 1}, \"tasks\": [\"one\"]").expect(201);
        for (var attempt = 1; attempt <= 2; attempt++) {
            var run = calls.lease("w").expect(200).text("run");
            calls.work("w", "/internal/leases/" + run + "/outcome", """
                    {"attempt": %d, "status": "error", "evaluation": null, "timings": {},
                     "failure": {"kind": "model", "phase": "agent_loop", "detail": "no answer"}}""".formatted(attempt)).expect(204);
        }
        calls.lease("w").expect(204);
    }

    @Test
    void someTasksAreChosenByTheirNamesAndTheTasksetByItsOwn() {
        var body = body("\"tasks\": [\"two\", \"two\"]").replace(TASKSET, "set " + TASKSET);
        assertThat(calls.post(team, "/v2/jobs", body).expect(201).body().path("runs").asInt()).isEqualTo(1);
        assertThat(calls.get(team, "/v2/jobs/" + job + "/traces").body().path("items").path(0).path("task_slug").asString()).isEqualTo("two");
    }

    @Test
    void toldAgainItIsTheSameJobAndWithAnotherBodyItIsRefused() {
        var first = start("\"group\": 2").expect(201);
        assertThat(start("\"group\": 2").expect(200).body()).isEqualTo(first.body());
        assertThat(start("\"group\": 3").expect(409).text("detail")).startsWith("job_id:");
        calls.post(TeamId.random(), "/v2/jobs", body("\"group\": 2")).expect(404);
        assertThat(runs()).isEqualTo(4);

        var other = UUID.randomUUID();
        calls.submit(team, other);
        assertThat(calls.post(team, "/v2/jobs", body("").replace(job.toString(), other.toString())).expect(409).text("detail"))
                .startsWith("job_id:");
    }

    @Test
    void whoeverStartsTheSameAtTheSameMomentHearsTheSame() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Calls.Reply> start = () -> start("\"group\": 20");
            var replies = threads.invokeAll(List.of(start, start, start, start)).stream().map(reply -> reply.resultNow()).toList();
            assertThat(replies).extracting(Calls.Reply::status).containsExactlyInAnyOrder(201, 200, 200, 200);
            assertThat(replies).extracting(Calls.Reply::body).containsOnly(replies.getFirst().body());
        }
        assertThat(runs()).isEqualTo(40);
    }

    @Test
    void anIdempotencyKeyStandsForAnId() {
        var body = body("").replace("\"job_id\": \"" + job + "\",", "");
        var first = calls.post(team, "/v2/jobs", body, "Idempotency-Key", "mine").expect(201);
        assertThat(calls.post(team, "/v2/jobs", body, "Idempotency-Key", "mine").expect(200).body()).isEqualTo(first.body());
        calls.post(TeamId.random(), "/v2/jobs", body, "Idempotency-Key", "mine").expect(201);
        assertThat(calls.post(team, "/v2/jobs", body).expect(201).text("job_id")).isNotEqualTo(first.text("job_id"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"group\": 0 | 400 | group:",
                "\"group\": 1001 | 400 | group:",
                "\"max_concurrent\": 0 | 400 | max_concurrent:",
                "\"priority\": 1.5 | 400 | priority:",
                "\"tasks\": [] | 400 | tasks:",
                "\"tasks\": [\"three\"] | 400 | tasks: taskset",
                "\"tasks\": [null] | 400 | tasks: required",
                "\"timeouts\": {\"run_s\": -1} | 400 | timeouts.run_s:",
                "\"timeouts\": {\"agent_s\": 0} | 400 | timeouts.agent_s:",
                "\"timeouts\": {\"run_s\": 86401} | 400 | timeouts.run_s:",
                "\"timeouts\": {\"run_s\": 60, \"agent_s\": 60} | 400 | timeouts.agent_s: must be less than timeouts.run_s (60)",
                "\"timeouts\": {\"rollout_s\": 60, \"run_s\": 61} | 400 | timeouts.run_s: must be less than timeouts.rollout_s (60)",
                "\"timeouts\": {\"rollout_s\": 40} | 400 | task 'two': timeouts.rollout_s: actor runtime_config.limits.run_timeout_s (44s) must be",
                "\"timeouts\": {\"agent_s\": 50} | 400 | task 'two': timeouts.agent_s: agent timeout (50s) must be",
                "\"timeouts\": {\"stop_s\": 1} | 400 | timeouts.stop_s: there is no such field",
                "\"runtime_config\": 3 | 400 | runtime_config:",
                "\"retry\": {\"model\": -1} | 400 | retry.model:",
                "\"concurrency\": 3 | 400 | concurrency: there is no such field",
            })
    void whatCannotBeIsRefusedByItsName(String field, int status, String detail) {
        assertThat(start(field).expect(status).text("detail")).startsWith(detail);
        nothingIsThere();
    }

    @Test
    void aJobOfWhatIsNotThereIsRefusedAndNothingOfItIsKept() {
        var other = UUID.randomUUID().toString();
        assertThat(refused(body("").replace(TASKSET, other), 404)).startsWith("taskset:").contains(other);
        assertThat(refused(body("").replace(TASKSET, EMPTY), 400)).startsWith("taskset:").contains("no tasks");
        assertThat(refused(body("").replace(TASKSET, ELSEWHERE), 400)).startsWith("task 'far': env:").contains("'nowhere'");
        assertThat(refused(body("").replace(TASKSET, ODD), 400)).startsWith("task 'odd': agent.config.max_steps:");
        assertThat(refused(body("").replace("scripted/letters", "scripted/litters"), 400))
                .startsWith("agent.config.model:")
                .contains("'scripted/litters'", "near it: scripted/letters");
        assertThat(refused(body("").replace("openai_compatible", "mind-reader"), 400)).startsWith("agent.type:");
        assertThat(refused(body("").replace("\"agent\"", "\"agents\""), 400)).startsWith("agents:");
        assertThat(refused(body("").replace("\"max_steps\": 3", "\"any\": [0" + ",0".repeat(32_000) + "]"), 400))
                .startsWith("agent: at most 64000 characters");
        assertThat(refused("{\"taskset\": \"" + TASKSET + "\"}", 400)).startsWith("agent: required");
        assertThat(refused("{}", 400)).startsWith("taskset: required");
        nothingIsThere();
    }

    @Test
    void aViewerStartsNone() {
        calls.as(Tokens.person(team, Role.VIEWER), "POST", "/v2/jobs", body("")).expect(403);
        nothingIsThere();
    }

    private String refused(String body, int status) {
        return calls.post(team, "/v2/jobs", body).expect(status).text("detail");
    }

    private void nothingIsThere() {
        assertThat(calls.get(team, "/v2/jobs").expect(200).body().path("total").asInt()).isZero();
    }

    private int runs() {
        return calls.get(team, "/v2/jobs/" + job + "/traces").expect(200).body().path("total").asInt();
    }

    private Calls.Reply start(String further) {
        return calls.post(team, "/v2/jobs", body(further));
    }

    private String body(String further) {
        return """
               {"job_id": "%s", "taskset": "%s", %s
                "agent": {"type": "openai_compatible", "config": {"model": "scripted/letters", "max_steps": 3}}}"""
                .formatted(job, TASKSET, further.isEmpty() ? "" : further + ",");
    }
}
