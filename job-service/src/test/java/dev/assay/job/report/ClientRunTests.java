// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.job.Calls;
import dev.assay.job.RunningJobService;
import dev.assay.job.Time;
import dev.assay.job.run.Queue;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

@RunningJobService
class ClientRunTests {

    @Autowired
    Calls calls;

    @Autowired
    Time time;

    @Autowired
    Queue queue;

    @Autowired
    SpanActivity activity;

    @Autowired
    JdbcClient jdbc;

    final TeamId team = TeamId.random();
    final RunId run = new RunId(UUID.randomUUID());
    final String job = UUID.randomUUID().toString();

    @Test
    void aRunIsEnteredAndExitedByHexIds() {
        calls.post(team, "/v2/trace/job/" + job.replace("-", "") + "/enter", "{\"name\": \"letters (3 tasks)\", \"group\": 3}").expect(200);
        enter("{\"job_id\": \"%s\", \"group_id\": \"g\", \"task_slug\": \"count-1\", \"model\": \"unknown\"}"
                .formatted(job.replace("-", "")));
        assertThat(trace().get("status").asString()).isEqualTo("running");
        assertThat(trace().get("model").isNull()).isTrue();
        assertThat(trace().get("hosted").asBoolean()).isFalse();
        exit("{\"status\": \"completed\", \"reward\": 1.0, \"evaluation_result\": {\"score\": 1.0}, \"stop_reason\": \"done\"}");

        assertThat(trace().get("reward").doubleValue()).isEqualTo(1.0);
        assertThat(trace().get("evaluation_result").get("score").doubleValue()).isEqualTo(1.0);
        assertThat(trace().get("job_id").asString()).isEqualTo(job);
        var listed = calls.get(team, "/v2/jobs/" + job).expect(200).body();
        assertThat(listed.get("name").asString()).isEqualTo("letters (3 tasks)");
        assertThat(listed.get("group").asInt()).isEqualTo(3);
        assertThat(listed.get("status").asString()).isEqualTo("completed");
    }

    @Test
    void aRewardWithoutAnEvaluationIsNoGrade() {
        exit("{\"status\": \"error\", \"reward\": 0.0, \"error\": \"[provisioning] no\\u0000pe\"}");
        assertThat(trace().get("reward").isNull()).isTrue();
        assertThat(trace().get("error").asString()).startsWith("[provisioning] no");

        var notFinite = new RunId(UUID.randomUUID());
        calls.post(team, "/v2/trace/" + notFinite + "/exit", "{\"reward\": NaN, \"evaluation_result\": {\"score\": NaN}}").expect(200);
        var trace = calls.get(team, "/v2/trace/" + notFinite).body();
        assertThat(trace.get("status").asString()).isEqualTo("completed");
        assertThat(trace.get("reward").isNull()).isTrue();
        assertThat(trace.get("evaluation_result").isNull()).isTrue();
    }

    @Test
    void reportsMayBeRepeatedAndTheFirstEndHolds() {
        enter("{}");
        enter("{}");
        exit("{\"reward\": 0.5, \"evaluation_result\": {\"score\": 0.5}}");
        exit("{\"reward\": 0.7, \"evaluation_result\": {\"score\": 0.7}}");
        assertThat(trace().get("reward").doubleValue()).isEqualTo(0.5);
    }

    @Test
    void aRunThatIsEnteredAgainIsOpenAndACancelledOneIsNot() {
        exit("{\"reward\": 0.5, \"evaluation_result\": {\"score\": 0.5}}");
        enter("{}");
        assertThat(trace().get("status").asString()).isEqualTo("running");
        assertThat(trace().get("reward").isNull()).isTrue();
        exit("{\"status\": \"cancelled\", \"reward\": 0.0}");
        enter("{}");
        assertThat(trace().get("status").asString()).isEqualTo("cancelled");
    }

    @Test
    void aSilentRunIsAbandonedAndALateExitOverrides() {
        enter("{}");
        time.pass(Duration.ofMinutes(59));
        activity.received(List.of(new ConsumerRecord<>("assay.spans", 0, 0, run.toString(), new byte[0])));
        time.pass(Duration.ofMinutes(2));
        queue.sweepSilent();
        assertThat(trace().get("status").asString()).isEqualTo("running");
        time.pass(Duration.ofMinutes(58));
        queue.sweepSilent();
        assertThat(trace().get("status").asString()).isEqualTo("error");
        assertThat(trace().get("error").asString()).isEqualTo("abandoned");
        exit("{\"reward\": 1.0, \"evaluation_result\": {\"score\": 1.0}}");
        assertThat(trace().get("status").asString()).isEqualTo("completed");
        assertThat(trace().get("error").isNull()).isTrue();
    }

    @Test
    void aSignOfLifeThatTheDatabaseLostCountsWhenItComesAgain() {
        enter("{}");
        time.pass(Duration.ofMinutes(59));
        var spans = List.of(new ConsumerRecord<>("assay.spans", 0, 0, run.toString(), new byte[0]));
        jdbc.sql("alter table run add constraint broken check (id <> '" + run + "') not valid").update();
        try {
            assertThatThrownBy(() -> activity.received(spans)).hasMessageContaining("broken");
        } finally {
            jdbc.sql("alter table run drop constraint broken").update();
        }
        activity.received(spans);
        time.pass(Duration.ofMinutes(2));
        queue.sweepSilent();
        assertThat(trace().get("status").asString()).isEqualTo("running");
    }

    @Test
    void anEnterThatWasOnlyLateLeavesTheGradeAsItWas() {
        exit("{\"reward\": 0.5, \"evaluation_result\": {\"score\": 0.5, \"content\": \"half\"}}");
        var before = trace();
        enter("{}");
        assertThat(trace().get("status").asString()).isEqualTo("running");
        assertThat(trace().get("reward").isNull()).isTrue();
        time.pass(Duration.ofMinutes(61));
        queue.sweepSilent();
        assertThat(trace().get("status").asString()).isEqualTo("completed");
        assertThat(trace().get("reward")).isEqualTo(before.get("reward"));
        assertThat(trace().get("evaluation_result")).isEqualTo(before.get("evaluation_result"));
        assertThat(trace().get("ended_at")).isEqualTo(before.get("ended_at"));
        assertThat(told()).as("ends told").isEqualTo(1);
        exit("{\"reward\": 1.0, \"evaluation_result\": {\"score\": 1.0}}");
        assertThat(trace().get("reward").doubleValue()).isEqualTo(0.5);
    }

    @Test
    void anIdMayBeAnyText() {
        var id = "my%20run-7";
        calls.post(team, "/v2/trace/" + id + "/enter", "{\"job_id\": \"my job\", \"parent_trace_id\": \"parent\"}").expect(200);
        calls.post(team, "/v2/trace/" + id + "/exit", "{}").expect(200);
        var trace = calls.get(team, "/v2/trace/" + id).expect(200).body();
        assertThat(trace.get("ref").asString()).isEqualTo("my run-7");
        assertThat(calls.get(team, "/v2/trace/" + trace.get("id").asString()).expect(200).body()).isEqualTo(trace);
        assertThat(calls.get(team, "/v2/jobs/my%20job/traces").expect(200).body().get("total").asInt()).isEqualTo(1);
        calls.post(team, "/v2/trace/" + "x".repeat(201) + "/enter", "{}").expect(400);
    }

    @Test
    void textsThatTheDatabaseCannotHoldAreTakenAllTheSame() {
        enter("{\"job_id\": \"%s\", \"task_slug\": \"a\\u0000b\", \"model\": \"\\ud800\", \"group_id\": \"\\u0000\"}".formatted(job));
        exit("{\"status\": \"error\", \"error\": \"\\u0000\", \"metadata\": {\"\\u0000\": \"\\udfff\\u0000\"}}");
        assertThat(trace().get("task_slug").asString()).isEqualTo("a\uFFFDb");
        calls.get(team, "/v2/jobs/" + job + "/traces").expect(200);
    }

    @Test
    void metadataMayBeLarge() {
        exit("{\"metadata\": {\"stderr\": \"" + "x".repeat(3_000_000) + "\"}}");
        assertThat(trace().get("metadata").get("stderr").asString()).hasSize(3_000_000);
    }

    @Test
    void aBodyThatIsTooLargeIsRefusedAndNothingIsWritten() {
        var large = "{\"metadata\": {\"stderr\": \"" + "x".repeat(4_200_000) + "\"}}";
        assertThat(calls.post(team, path("exit"), large).expect(413).text("detail")).startsWith("body: larger than the 4194304 bytes");
        assertThat(calls.postUnmeasured(team, path("exit"), large)).isEqualTo(413);
        calls.get(team, "/v2/trace/" + run).expect(404);
    }

    @Test
    void badReportsAreRefusedWithTheFieldsName() {
        assertThat(calls.post(team, path("exit"), "{\"status\": \"done\"}").expect(400).text("detail")).startsWith("status: 'done'");
        assertThat(calls.post(team, path("exit"), "{\"reward\": \"high\"}").expect(400).text("detail")).startsWith("reward:");
        assertThat(calls.post(team, path("exit"), "{\"evaluation_result\": 1}").expect(400).text("detail"))
                .startsWith("evaluation_result:");
        assertThat(calls.post(team, "/v2/trace/job/" + job + "/enter", "{\"group\": 0}").expect(400).text("detail")).startsWith("group:");
        calls.get(team, "/v2/trace/" + run).expect(404);
        calls.get(team, "/v2/jobs/" + job).expect(404);
    }

    @Test
    void aRunOfThePlatformIsNotTheClientsToEnd() {
        calls.post(team, "/v2/rollouts/submit", Calls.submission(run, UUID.fromString(job))).expect(201);
        enter("{\"model\": \"other\"}");
        calls.post(team, path("exit"), "{}").expect(409);
        assertThat(trace().get("status").asString()).isEqualTo("queued");
        assertThat(trace().get("model").asString()).isEqualTo("scripted/letters");
    }

    /** How many ends of the run were told; what was told to the broker already is still counted by its revision. */
    private int told() {
        return jdbc.sql("select revision from run where id = :run").param("run", run.value()).query(Integer.class).single();
    }

    private void enter(String body) {
        calls.post(team, path("enter"), body).expect(200);
    }

    private void exit(String body) {
        calls.post(team, path("exit"), body).expect(200);
    }

    private String path(String what) {
        return "/v2/trace/" + run.hex() + "/" + what;
    }

    private JsonNode trace() {
        return calls.get(team, "/v2/trace/" + run).expect(200).body();
    }
}
