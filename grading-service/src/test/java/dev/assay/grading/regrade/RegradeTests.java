// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.regrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.grading.Calls;
import dev.assay.grading.FakeJobService;
import dev.assay.grading.RunningGradingService;
import dev.assay.grading.regrade.Grader.ByRule;
import dev.assay.grading.regrade.Grader.Rule;
import dev.assay.grading.regrade.RegradeRows.Asked;
import dev.assay.kit.identity.Role;
import dev.assay.testsupport.Tokens;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Jobs that are graded once more from what their runs left. */
@RunningGradingService
class RegradeTests {

    private static final String DOOR = "/inference/chat/completions";

    @Autowired
    private Calls calls;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private RegradeRows rows;

    private final TeamId team = TeamId.random();
    private final JobId job = JobId.random();
    private final String path = "/v2/jobs/" + job + "/regrades";

    @Test
    void aChangedRuleGradesWhatWasAnsweredBesideTheGradesThatThereAre() {
        var right = ended("count-r", "completed", 0.0, "There are 3.");
        var wrong = ended("count-s", "completed", 1.0, "There are 3.");
        var silent = ended("count-r", "completed", 0.0, null);
        var strange = ended("count-x", "completed", 0.0, "3");
        ended("count-r", "error", null, "3");

        var asked = Map.of("regrade_id", UUID.randomUUID().toString(), "rule", "numeric_match", "expected", Map.of("count-r", 3, "count-s", "2"));
        var first = ask(asked, HttpStatus.ACCEPTED);
        assertThat(ask(asked, HttpStatus.ACCEPTED).at("/regrade/id")).as("said again").isEqualTo(first.at("/regrade/id"));

        var over = over(first);
        assertThat(over.at("/regrade/runs").intValue()).as("one did not complete").isEqualTo(4);
        assertThat(over.at("/regrade/graded").intValue()).isEqualTo(2);
        assertThat(over.at("/regrade/failed").intValue()).isEqualTo(2);
        assertThat(over.at("/regrade/mean_before").doubleValue()).isEqualTo(0.5);
        assertThat(over.at("/regrade/mean_after").doubleValue()).isEqualTo(0.5);
        assertThat(over.path("errors")).extracting(one -> one.path("run_id").stringValue() + " " + one.path("error").stringValue()).containsExactlyInAnyOrder(
                silent + " The run's timeline tells of no answer.", strange + " Nothing is expected of task 'count-x'.");
        assertThat(told(right)).containsExactly("rule numeric_match 1.0 false", "environment letters 0.0 true");
        assertThat(told(wrong)).containsExactly("rule numeric_match 0.0 false", "environment letters 1.0 true");
        assertThat(told(silent)).as("a failure is no 0").containsExactly("environment letters 0.0 true");
        assertThat(get(path).path("items")).hasSize(1);

        ask(Map.of("regrade_id", asked.get("regrade_id"), "rule", "contains", "expected", "3"), HttpStatus.CONFLICT);
    }

    @Test
    void aJudgeIsAskedOfEachCriterionAtTheTeamsExpenseAndItsGradeMayBeOfRecord() {
        var run = ended("count-r", "completed", 0.0, "There are three.");
        FakeJobService.answers(team, DOOR, """
                {"choices": [{"message": {"content": "{\\"criterion_status\\": \\"MET\\", \\"explanation\\": \\"It says three.\\"}"}}]}""");

        var over = over(ask(
                Map.of(
                        "model", "a-judge", "criteria", List.of(Map.of("requirement", "says three"), Map.of("requirement", "is rude", "weight", -1)),
                        "make_of_record", true),
                HttpStatus.ACCEPTED));

        assertThat(over.at("/regrade/graded").intValue()).isEqualTo(1);
        assertThat(told(run)).as("one met, one mistake made").containsExactly("judge a-judge 0.0 true", "environment letters 0.0 false");
        var details = get("/v2/trace/" + run + "/grades").at("/items/0/details");
        assertThat(details.at("/children/0/info/reason").stringValue()).isEqualTo("It says three.");
        assertThat(details.at("/children/1/weight").doubleValue()).isEqualTo(-1);
        assertThat(FakeJobService.asked(team, DOOR)).hasSize(2).allSatisfy(
                body -> assertThat(body).contains("\"model\":\"a-judge\"", "There are three.", "How many r in strawberry?"));
    }

    @Test
    void whatIsNoVerdictIsAnErrorAndNoGrade() {
        var run = ended("count-r", "completed", 1.0, "3");
        FakeJobService.answers(team, DOOR, "{\"choices\": [{\"message\": {\"content\": \"Who knows?\"}}]}");

        var over = over(ask(
                Map.of("model", "a-judge", "shown", "timeline", "criteria", List.of(Map.of("requirement", "is right"))), HttpStatus.ACCEPTED));

        assertThat(over.at("/regrade/failed").intValue()).isEqualTo(1);
        assertThat(over.at("/regrade/mean_after").isNull()).isTrue();
        assertThat(told(run)).containsExactly("environment letters 1.0 true");
        assertThat(FakeJobService.asked(team, DOOR).getFirst()).contains("[s1] user");
    }

    @Test
    void whatWasCancelledOrTakenByAnotherComesToNothing() {
        var run = ended("count-r", "completed", 1.0, "3");
        var id = UUID.randomUUID();
        // later than the service's own workers look
        var tomorrow = Instant.now().plus(Duration.ofDays(1));
        var rule = new ByRule(Rule.CONTAINS, List.of("3"), Map.of());
        rows.ask(team, UserId.random(), new Asked(id, job, rule, false), tomorrow);
        var lease = Duration.ofDays(1);
        var lost = mine(rows.take(1000, lease, tomorrow));
        var again = mine(rows.take(1000, lease, tomorrow.plus(lease)));
        rows.finish(lost, "rule", 0, "{}", tomorrow);
        assertThat(told(run)).as("whoever lost it has nothing to say").hasSize(1);

        send(HttpMethod.DELETE, path + "/" + id, Role.MEMBER, Map.of(), HttpStatus.OK);
        rows.finish(again, "rule", 1, "{}", tomorrow);

        assertThat(told(run)).hasSize(1);
        assertThat(get(path + "/" + id).at("/regrade/status").stringValue()).isEqualTo("cancelled");
    }

    @Test
    void whoMayNotOrAsksForWhatIsNotThereIsRefusedByName() {
        ended("count-r", "completed", 1.0, "3");
        var good = Map.of("rule", "contains", "expected", "3");
        send(HttpMethod.POST, path, Role.VIEWER, good, HttpStatus.FORBIDDEN);
        send(HttpMethod.POST, "/v2/jobs/" + UUID.randomUUID() + "/regrades", Role.MEMBER, good, HttpStatus.NOT_FOUND);
        var mine = ask(good, HttpStatus.ACCEPTED).at("/regrade/id").stringValue();
        calls.as(Tokens.member(TeamId.random())).get().uri(path + "/" + mine).exchange().expectStatus().isNotFound();
        calls.as(Tokens.member(TeamId.random())).post().uri(path).contentType(MediaType.APPLICATION_JSON).body(good).exchange().expectStatus().isNotFound();
        calls.as(Tokens.member(TeamId.random())).get().uri(path).exchange().expectStatus().isNotFound();
        Map<String, Map<String, ?>> wrong = Map.ofEntries(
                Map.entry("criteria: either", Map.of()),
                Map.entry("criteria: must be 1 to 50", Map.of("model", "m", "criteria", List.of())),
                Map.entry("criteria[0].requirement", Map.of("model", "m", "criteria", List.of(Map.of("weight", 1)))),
                Map.entry("criteria[0].weight", Map.of("model", "m", "criteria", List.of(Map.of("requirement", "r", "weight", 0)))),
                Map.entry("model: must", Map.of("criteria", List.of(Map.of("requirement", "r")))),
                Map.entry("shown:", Map.of("model", "m", "shown", "all", "criteria", List.of(Map.of("requirement", "r")))),
                Map.entry("rule:", Map.of("rule", "bash", "expected", "3")),
                Map.entry("model: does not", Map.of("rule", "contains", "expected", "3", "model", "m")),
                Map.entry("expected: must be one", Map.of("rule", "contains", "expected", List.of("3", "4"))),
                Map.entry("expected: must be a number", Map.of("rule", "numeric_match", "expected", "three")),
                Map.entry("expected.count-r:", Map.of("rule", "contains", "expected", Map.of("count-r", Map.of()))),
                Map.entry("regrade_id:", Map.of("rule", "contains", "expected", "3", "regrade_id", "x")));
        wrong.forEach((why, body) -> assertThat(ask(body, HttpStatus.BAD_REQUEST).path("detail").stringValue()).startsWith(why));
    }

    private static RegradeRows.Taken mine(List<RegradeRows.Taken> taken) {
        return taken.getLast();
    }

    private RunId ended(String task, String status, @Nullable Double reward, @Nullable String answer) {
        var run = new RunId(UUID.randomUUID());
        jdbc.sql("""
                with given as (
                    insert into given_grade (id, run, team, source, evaluator, reward, revision, given_at)
                    values (gen_random_uuid(), :run, :team, 'environment', 'letters', :reward, 1, now()))
                insert into grade (run, revision, team, job, task_slug, status, reward, attempt, finished_at)
                values (:run, 1, :team, :job, :task, :status, :reward, 1, now())""")
                .param("run", run.value()).param("team", team.value()).param("job", job.value()).param("task", task).param("status", status)
                .param("reward", reward)
                .update();
        var entries = new ArrayList<>(List.of("{\"id\": \"s1\", \"kind\": \"user\", \"text\": \"How many r in strawberry?\"}"));
        if (answer != null) {
            entries.add("{\"id\": \"s2\", \"kind\": \"agent\", \"text\": \"%s\"}".formatted(answer));
        }
        FakeJobService.answers(team, "/v2/trace/" + run + "/timeline?limit=100",
                "{\"entries\": [" + String.join(", ", entries) + "], \"more\": false, \"next\": \"x\", \"cleared_at\": null}");
        return run;
    }

    private List<String> told(RunId run) {
        return get("/v2/trace/" + run + "/grades").path("items").valueStream()
                .map(grade -> grade.path("source").stringValue() + " " + grade.path("evaluator").stringValue() + " " + grade.path("reward") + " "
                        + grade.path("of_record"))
                .toList();
    }

    private JsonNode over(JsonNode asked) {
        var address = path + "/" + asked.at("/regrade/id").stringValue();
        return await().atMost(Duration.ofMinutes(1)).until(() -> get(address), one -> one.at("/regrade/waiting").intValue() == 0);
    }

    private JsonNode get(String address) {
        return send(HttpMethod.GET, address, Role.VIEWER, Map.of(), HttpStatus.OK);
    }

    private JsonNode ask(Map<String, ?> body, HttpStatus expected) {
        return send(HttpMethod.POST, path, Role.MEMBER, body, expected);
    }

    private JsonNode send(HttpMethod method, String address, Role role, Map<String, ?> body, HttpStatus expected) {
        return calls.as(Tokens.person(team, role)).method(method).uri(address).contentType(MediaType.APPLICATION_JSON).body(body)
                .exchange().expectStatus().isEqualTo(expected).returnResult(JsonNode.class).getResponseBody();
    }
}
