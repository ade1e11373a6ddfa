// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.contracts.JobId;
import dev.assay.contracts.TasksetId;
import dev.assay.contracts.TeamId;
import dev.assay.grading.Calls;
import dev.assay.grading.FakeJobService;
import dev.assay.grading.RunningGradingService;
import dev.assay.testsupport.Tokens;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** What the database adds up, and who hears of it. */
@RunningGradingService
class StatisticsTests {

    @Autowired
    private Calls calls;

    @Autowired
    private JdbcClient jdbc;

    private final TeamId team = TeamId.random();
    private final JobId job = JobId.random();

    @Test
    void whatAJobAddsUpToIsToldWithWhatIsLeftOutAndWhy() {
        graded(job, "a", 1.0, 2);
        graded(job, "a", 0.0, 1);
        graded(job, "b", 1.0, 2);
        graded(job, "c", 0.5, 1);
        ended(job, "c", "error", null, "infrastructure", "provisioning");
        ended(job, "c", "error", 1.0, "agent", "agent_loop"); // what its environment said counts for nothing
        ended(job, "c", "error", null, null, null);
        ended(job, "b", "cancelled", null, null, null);
        ended(job, "b", "completed", null, null, null);
        known(job, "running", 14, 3, 6);
        FakeJobService.answers(team, "/v2/usage?job=" + job, """
                {"items": [{"calls": 7, "unpriced_calls": 1, "cost_usd": 0.25, "input_tokens": 100, "output_tokens": 20}], "more": false}""");

        var told = get("/v2/jobs/" + job + "/statistics");

        assertThat(told.path("run_count").intValue()).isEqualTo(14);
        assertThat(told.path("graded_count").intValue()).isEqualTo(6);
        assertThat(told.path("left_out_count").intValue()).isEqualTo(5);
        assertThat(told.path("open_count").intValue()).isEqualTo(3);
        assertThat(told.path("complete").booleanValue()).isFalse();
        assertThat(told.path("left_out_because")).hasToString("{\"agent\":1,\"infrastructure\":1,\"unknown\":1,\"cancelled\":1,\"no_grade\":1}");
        assertThat(told.path("errors")).hasSize(3);
        assertThat(told.path("task_count").intValue()).isEqualTo(3);
        var byHand = Estimate.of(new SimulatedJob(List.of(new double[] {1, 1, 0}, new double[] {1, 1}, new double[] {0.5})).sample());
        assertThat(told.at("/mean_reward/mean").doubleValue()).isCloseTo(4.5 / 6, within(1e-12));
        assertThat(told.at("/mean_reward/low").doubleValue()).isEqualTo(byHand.low());
        assertThat(told.at("/mean_reward/formula").stringValue()).contains("arXiv 2411.00640");
        assertThat(told.at("/pass_rates/passed_count").intValue()).isEqualTo(4);
        assertThat(told.at("/pass_rates/items/0/pass_at_k").doubleValue()).isCloseTo((2.0 / 3 + 1 + 0) / 3, within(1e-12));
        assertThat(told.at("/within_tasks/tasks").intValue()).isEqualTo(2);
        assertThat(told.at("/within_tasks/without_spread").intValue()).isEqualTo(1);
        assertThat(told.at("/within_tasks/mean_standard_deviation").doubleValue()).isCloseTo(Math.sqrt(1.0 / 3) / 2, within(1e-9));
        assertThat(told.at("/cost/cost_usd").doubleValue()).isEqualTo(0.25);
        assertThat(told.at("/cost/input_tokens").intValue()).isEqualTo(100);
        assertThat(told.at("/time/runs").intValue()).isEqualTo(6);
        assertThat(told.at("/time/median_s").doubleValue()).isEqualTo(60);

        var lenient = get("/v2/jobs/" + job + "/statistics?passes_at=0.5");
        assertThat(lenient.at("/pass_rates/passed_count").intValue()).isEqualTo(5);
    }

    @Test
    void aJobWithoutEndsHasStatisticsOfNothing() {
        known(job, "pending", 0, 0, 0);
        var told = get("/v2/jobs/" + job + "/statistics");
        assertThat(told.at("/mean_reward/mean").isNull()).isTrue();
        assertThat(told.at("/pass_rates/items")).isEmpty();
        assertThat(told.path("cost").isNull()).as("the gateway says nothing of it").isTrue();
    }

    @Test
    void aLargeJobIsAddedUpWhole() {
        jdbc.sql("""
                insert into grade (run, revision, team, job, task_slug, environment, status, reward, attempt, finished_at, started_at)
                select gen_random_uuid(), 1, :team, :job, 'task ' || n % 1000, 'letters', 'completed', case when n % 4 = 0 then 0 else 1 end, 1,
                    now(), now() - make_interval(secs => n % 100)
                from generate_series(1, 10000) as n""")
                .param("team", team.value()).param("job", job.value()).update();
        known(job, "completed", 10_000, 0, 10_000);

        var told = get("/v2/jobs/" + job + "/statistics");
        assertThat(told.path("complete").booleanValue()).isTrue();
        assertThat(told.at("/mean_reward/mean").doubleValue()).isEqualTo(0.75);
        assertThat(told.path("task_count").intValue()).isEqualTo(1000);
        assertThat(told.at("/time/p90_s").doubleValue()).isBetween(89.0, 90.5);

        var read = 0;
        String next = "";
        while (next != null) {
            var page = get("/v2/jobs/" + job + "/statistics/tasks?limit=300" + (next.isEmpty() ? "" : "&cursor=" + next));
            read += page.path("items").size();
            next = page.path("next").stringValue(null);
        }
        assertThat(read).isEqualTo(1000);
    }

    @Test
    void jobsAreComparedTaskByTask() {
        var other = JobId.random();
        for (var task : new String[] {"a", "b", "c"}) {
            graded(job, task, 1.0, 2);
            graded(other, task, task.equals("a") ? 1.0 : 0.0, 2);
        }
        graded(job, "mine", 1.0, 1);
        graded(other, "theirs", 1.0, 1);
        known(job, "completed", 7, 0, 7);
        known(other, "completed", 7, 0, 7);

        var told = get("/v2/jobs/" + job + "/compare?with=" + other + "&limit=2");

        var comparison = told.path("comparisons").path(0);
        assertThat(comparison.path("paired_count").intValue()).isEqualTo(3);
        assertThat(comparison.at("/difference/mean").doubleValue()).isCloseTo(2.0 / 3, within(1e-12));
        assertThat(comparison.path("wins").intValue()).isEqualTo(2);
        assertThat(comparison.path("ties").intValue()).isEqualTo(1);
        assertThat(comparison.path("unpaired_because")).hasToString("{\"only_here\":1,\"only_there\":1}");
        assertThat(comparison.path("unpaired")).extracting(task -> task.path("task_slug").stringValue()).containsExactly("mine", "theirs");
        assertThat(told.path("items")).extracting(task -> task.path("task_slug").stringValue()).containsExactly("a", "b");
        assertThat(told.at("/items/1/others/0/outcome").stringValue()).isEqualTo("win");
        var rest = get("/v2/jobs/" + job + "/compare?with=" + other + "&limit=2&cursor=" + told.path("next").stringValue());
        assertThat(rest.path("items")).extracting(task -> task.path("task_slug").stringValue()).containsExactly("c", "mine");
        assertThat(rest.path("next").isNull()).isTrue();

        var both = get("/v2/jobs/" + job + "/compare?with=" + other + "&with=" + job);
        assertThat(both.path("comparisons")).hasSize(2);
        assertThat(both.at("/comparisons/1/difference/mean").doubleValue()).isZero();
    }

    @Test
    void aGateFailsPassesOrIsUndecided() {
        var before = JobId.random();
        for (var task = 0; task < 8; task++) {
            graded(job, "t" + task, task < 2 ? 1.0 : 0.0, 2);
            graded(before, "t" + task, 1.0, 2);
        }
        known(job, "completed", 16, 0, 16);
        known(before, "completed", 16, 0, 16);
        var gate = "/v2/jobs/" + job + "/gate?against=" + before;

        assertThat(get(gate).path("verdict").stringValue()).isEqualTo("failed");
        assertThat(get(gate).path("passed").booleanValue()).isFalse();
        assertThat(get(gate + "&allowed=0.9").path("verdict").stringValue()).isEqualTo("passed");
        assertThat(get("/v2/jobs/" + before + "/gate?against=" + job).path("passed").booleanValue()).isTrue();
        assertThat(get("/v2/jobs/" + job + "/gate?min=0.5").path("verdict").stringValue()).isEqualTo("failed");
        assertThat(get(gate + "&min_tasks=9").path("verdict").stringValue()).isEqualTo("undecided");
        known(job, "running", 17, 1, 16);
        assertThat(get(gate).path("verdict").stringValue()).as("it goes on").isEqualTo("undecided");
        known(job, "completed", 17, 0, 17);
        assertThat(get(gate).path("verdict").stringValue()).as("an end is not here yet").isEqualTo("undecided");
    }

    @Test
    void aTasksetHasALeaderboardOfAgentsWithTheirModels() {
        var taskset = new TasksetId(UUID.randomUUID());
        var other = JobId.random();
        graded(job, "a", 1.0, 2);
        graded(job, "b", 0.0, 2);
        graded(other, "a", 1.0, 1);
        jdbc.sql("update grade set model = 'the-better', agent = 'claude' where job = :job").param("job", other.value()).update();
        FakeJobService.answers(team, "/v2/tasksets/" + taskset, "{}");
        FakeJobService.answers(team, "/v2/jobs?limit=1000&taskset_id=" + taskset,
                "{\"items\": [{\"id\": \"" + job + "\"}, {\"id\": \"" + other + "\"}], \"total\": 2}");
        FakeJobService.answers(team, "/v2/usage?by=job", """
                {"items": [{"job": "%s", "calls": 3, "unpriced_calls": 0, "cost_usd": 0.5, "input_tokens": 1, "output_tokens": 1}], "more": false}"""
                .formatted(job));

        var told = get("/v2/tasksets/" + taskset + "/leaderboard");

        assertThat(told.path("items")).extracting(row -> row.path("model").stringValue()).containsExactly("the-better", "m");
        assertThat(told.at("/items/0/agent").stringValue()).isEqualTo("claude");
        assertThat(told.at("/items/1/mean_reward/mean").doubleValue()).isEqualTo(0.5);
        assertThat(told.at("/items/1/task_count").intValue()).isEqualTo(2);
        assertThat(told.at("/items/1/cost/cost_usd").doubleValue()).isEqualTo(0.5);
        ask(TeamId.random(), "/v2/tasksets/" + taskset + "/leaderboard", HttpStatus.NOT_FOUND);

        FakeJobService.answers(team, "/v2/tasksets/" + taskset + "/export", """
                {"tasks": [{"name": "a", "columns": {"size": 2.0, "tags": ["short", "old"]}}, {"name": "b", "columns": {"size": "large"}},
                    {"name": "c", "columns": null}]}""");
        for (var ofTaskA : new String[] {"size=2", "tags=old"}) {
            var some = get("/v2/tasksets/" + taskset + "/leaderboard?where=" + ofTaskA);
            assertThat(some.path("items")).extracting(row -> row.at("/mean_reward/mean").doubleValue()).as(ofTaskA).containsExactly(1.0, 1.0);
            assertThat(some.at("/items/0/cost").isNull()).as("it is that of all tasks").isTrue();
        }
        assertThat(get("/v2/tasksets/" + taskset + "/leaderboard?where=size=large").path("items")).hasSize(1);
        assertThat(get("/v2/tasksets/" + taskset + "/leaderboard?where=odd=large").path("items")).isEmpty();
        assertThat(ask(team, "/v2/tasksets/" + taskset + "/leaderboard?where=size", HttpStatus.BAD_REQUEST).path("detail").stringValue())
                .startsWith("where:");
    }

    @Test
    void whoIsOfAnotherTeamFindsNothing() {
        var own = JobId.random();
        known(job, "completed", 0, 0, 0);
        var stranger = TeamId.random();
        FakeJobService.answers(stranger, "/v2/jobs/" + own, jobOf(own, "completed", 0, 0, 0));
        for (var path : new String[] {"/statistics", "/statistics/tasks", "/compare?with=" + own, "/gate?against=" + own}) {
            ask(stranger, "/v2/jobs/" + job + path, HttpStatus.NOT_FOUND);
        }
        for (var path : new String[] {"/compare?with=" + job, "/gate?against=" + job}) {
            ask(stranger, "/v2/jobs/" + own + path, HttpStatus.NOT_FOUND);
        }
        calls.as(Tokens.worker()).get().uri("/v2/jobs/" + job + "/statistics").exchange().expectStatus().isForbidden();
    }

    @Test
    void whatCannotBeReadIsRefusedByItsName() {
        known(job, "completed", 0, 0, 0);
        for (var refused : new String[] {
            "statistics?passes_at=many", "statistics?passes_at=NaN", "statistics/tasks?limit=0", "statistics/tasks?cursor=zz", "compare", "compare?with=",
            "gate", "gate?min=0.5&allowed=-1", "gate?min=NaN", "gate?min=0.5&min_tasks=1", "gate?min=0.5&max_left_out=2", "statistics?pass_at=1"
        }) {
            var detail = ask(team, "/v2/jobs/" + job + "/" + refused, HttpStatus.BAD_REQUEST).path("detail").stringValue();
            var field = refused.replaceAll(".*[?&/]", "").replaceAll("=.*", "");
            assertThat(detail).as(refused).startsWith((refused.equals("gate") ? "against" : refused.equals("compare") ? "with" : field) + ":");
        }
    }

    private void graded(JobId of, String task, double reward, int runs) {
        for (var run = 0; run < runs; run++) {
            ended(of, task, "completed", reward, null, null);
        }
    }

    private void ended(JobId of, String task, String status, @Nullable Double reward, @Nullable String kind, @Nullable String phase) {
        jdbc.sql("""
                insert into grade (run, revision, team, job, task_slug, environment, model, status, reward, failure_kind, failure_phase, attempt,
                    finished_at, started_at)
                values (gen_random_uuid(), 1, :team, :job, :task, 'letters', 'm', :status, :reward, :kind, :phase, 1, now(),
                    now() - interval '1 minute')""")
                .param("team", team.value()).param("job", of.value()).param("task", task).param("status", status).param("reward", reward)
                .param("kind", kind).param("phase", phase)
                .update();
    }

    private void known(JobId of, String status, int runs, int open, int graded) {
        FakeJobService.answers(team, "/v2/jobs/" + of, jobOf(of, status, runs, open, graded));
    }

    private static String jobOf(JobId of, String status, int runs, int open, int graded) {
        return "{\"id\": \"%s\", \"name\": null, \"status\": \"%s\", \"run_count\": %d, \"queued_count\": 0, \"running_count\": %d, \"graded_count\": %d}"
                .formatted(of, status, runs, open, graded);
    }

    private JsonNode get(String path) {
        return ask(team, path, HttpStatus.OK);
    }

    private JsonNode ask(TeamId who, String path, HttpStatus expected) {
        return calls.as(Tokens.member(who)).get().uri(path).exchange().expectStatus().isEqualTo(expected)
                .returnResult(JsonNode.class).getResponseBody();
    }
}
