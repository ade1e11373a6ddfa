// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.event.RunFinished;
import dev.assay.contracts.event.Topics;
import dev.assay.job.Calls;
import dev.assay.job.Ends;
import dev.assay.job.RunningJobService;
import dev.assay.job.Time;
import dev.assay.kit.identity.Party;
import dev.assay.kit.identity.Role;
import dev.assay.testsupport.Tokens;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

@RunningJobService
class RunFinishedTests {

    @Autowired
    Calls calls;

    @Autowired
    Queue queue;

    @Autowired
    Time time;

    @Autowired
    JsonMapper json;

    @Autowired
    Ends ends;

    @Autowired
    JdbcClient jdbc;

    final TeamId team = TeamId.random();

    @Test
    void theEndOfARunIsToldOnceAndACorrectionWithAGreaterRevision() {
        var job = UUID.randomUUID();
        var hosted = calls.submit(team, job);
        calls.lease("w").expect(200);
        calls.outcome(hosted, "w", 1, "completed", "{\"score\": 0.5, \"content\": \"half a \\ud83d\"}").expect(204);
        calls.outcome(hosted, "w", 1, "completed", "{\"score\": 0.5, \"content\": \"half a \\ud83d\"}").expect(204);

        var driven = new RunId(UUID.randomUUID());
        calls.post(team, "/v2/trace/" + driven + "/enter", "{\"job_id\": \"" + job + "\", \"task_slug\": \"t\"}").expect(200);
        time.pass(Duration.ofHours(1));
        queue.sweepSilent();
        calls.post(team, "/v2/trace/" + driven + "/exit", "{\"reward\": 0.25, \"evaluation_result\": {\"score\": 0.25}}").expect(200);

        var last = calls.submit(team, job);
        calls.post(team, "/v2/rollouts/cancel", "{\"trace_id\": \"" + last + "\"}").expect(200);

        var told = ends.told(team);
        assertThat(told).hasSize(4);
        assertThat(told).filteredOn(end -> end.run().equals(hosted)).singleElement().satisfies(end -> {
            assertThat(end.job().value()).isEqualTo(job);
            assertThat(end.status()).isEqualTo("completed");
            assertThat(end.reward()).isEqualTo(0.5);
            assertThat(end.evaluation()).isEqualTo(json.readTree("{\"score\": 0.5, \"content\": \"half a \\ud83d\"}"));
            assertThat(end.environment()).isEqualTo("My_Letters");
            assertThat(end.taskSlug()).isEqualTo("count-1");
            assertThat(end.groupId()).isEqualTo("g1");
            assertThat(end.attempt()).isEqualTo(1);
            assertThat(end.revision()).isEqualTo(1);
            assertThat(end.agent()).isEqualTo(jdbc.sql("select agent from run where id = :id").param("id", hosted.value()).query(String.class).single());
            assertThat(end.startedAt()).isNotNull().isBeforeOrEqualTo(end.finishedAt());
            assertThat(end.taskVersion()).as("of what is submitted nobody knows it").isNull();
            assertThat(end.verifier()).isNull();
        });
        assertThat(told).filteredOn(end -> end.run().equals(driven)).extracting(RunFinished::revision).containsExactly(1, 2);
        assertThat(told).filteredOn(end -> end.run().equals(driven)).extracting(RunFinished::error).containsExactly("abandoned", null);
        assertThat(told).filteredOn(end -> end.run().equals(last)).extracting(RunFinished::status).containsExactly("cancelled");
    }

    @Test
    void anEvaluationThatIsTooLargeForARecordIsToldByReference() {
        var job = UUID.randomUUID();
        var hosted = calls.submit(team, job);
        calls.lease("w").expect(200);
        var evaluation = "{\"score\": 0.5, \"content\": \"" + "ж".repeat(400_000) + "\"}";
        calls.outcome(hosted, "w", 1, "completed", evaluation).expect(204);

        assertThat(ends.told(team)).singleElement().satisfies(end -> {
            assertThat(end.reward()).isEqualTo(0.5);
            assertThat(end.evaluation()).isNull();
            assertThat(end.largeEvaluation()).isBetween(800_000, 3_000_000);
            var asked = calls.ask("/internal/runs/" + hosted + "/evaluation?revision=" + end.revision()).expect(200).body();
            assertThat(asked).isEqualTo(json.readTree(evaluation));
            calls.ask("/internal/runs/" + hosted + "/evaluation?revision=" + (end.revision() + 1)).expect(404);
            calls.as(Tokens.worker(), "GET", "/internal/runs/" + hosted + "/evaluation?revision=1", null).expect(403);
        });
    }

    @Test
    void anEndThatAnEarlierReleaseToldInFullIsToldByReferenceWhenItIsSentAgain() {
        var hosted = calls.submit(team, UUID.randomUUID());
        calls.lease("w").expect(200);
        var evaluation = "{\"score\": 0.5, \"content\": \"" + "ж".repeat(400_000) + "\"}";
        calls.outcome(hosted, "w", 1, "completed", evaluation).expect(204);
        var end = (ObjectNode) json.valueToTree(ends.told(team).getFirst());
        var letter = jdbc.sql("""
                insert into dead_letter (id, queue, key, reason, payload, at)
                values (gen_random_uuid(), 'outbox ' || :topic, :key, 'too large', :payload, now()) returning id""")
                .param("topic", Topics.RUN_FINISHED)
                .param("key", hosted.toString())
                .param("payload", json.writeValueAsBytes(end.putNull("largeEvaluation").set("evaluation", json.readTree(evaluation))))
                .query(UUID.class)
                .single();

        var path = "/v2/admin/job-service/dead-letters/" + letter + "/resend";
        calls.as(Tokens.claiming(Role.OPERATOR, Party.service("gateway-service")), "POST", path, null).expect(204);

        assertThat(ends.told(team)).hasSize(2).allSatisfy(told -> {
            assertThat(told.run().toString()).isEqualTo(hosted.toString());
            assertThat(told.evaluation()).isNull();
            assertThat(told.largeEvaluation()).isGreaterThan(800_000);
        });
    }

    @Test
    void anErrorOfAnyLengthFitsIntoARecord() {
        var driven = new RunId(UUID.randomUUID());
        calls.post(team, "/v2/trace/" + driven + "/enter", "{}").expect(200);
        calls.post(team, "/v2/trace/" + driven + "/exit", "{\"status\": \"error\", \"error\": \"" + "😀".repeat(900_000) + "\"}").expect(200);

        assertThat(ends.told(team)).singleElement().satisfies(end -> assertThat(end.error()).endsWith("… (1800000 characters in all)"));
    }
}
