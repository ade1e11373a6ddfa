// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.submit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.job.Calls;
import dev.assay.job.RunningJobService;
import dev.assay.job.WithNeighbours;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;

@RunningJobService
class EnvironmentCheckTests extends WithNeighbours {

    @Autowired
    Calls calls;

    @Autowired
    EnvironmentCheck environments;

    final TeamId team = TeamId.random();
    final String body = Calls.submission(new RunId(UUID.randomUUID()), UUID.randomUUID());

    @Test
    void anEnvironmentThatIsNotThereIsRefusedByName() {
        assertThat(calls.post(team, "/v2/rollouts/submit", body.replace("My_Letters", "nowhere")).expect(400).text("detail"))
                .startsWith("env:")
                .contains("'nowhere'");
    }

    @Test
    void aTaskThatIsNotThereIsRefusedByName() {
        var misspelt = body.replace("\"task\": \"count\"", "\"task\": \"cuont\"");
        assertThat(calls.post(team, "/v2/rollouts/submit", misspelt).expect(400).text("detail"))
                .startsWith("task:")
                .contains("'cuont'");
        calls.post(team, "/v2/rollouts/submit", body).expect(201);
    }

    @Test
    void anArgumentThatTheTaskDoesNotTakeIsRefusedByName() {
        var misspelt = body.replace("\"word\":", "\"wurd\":");
        assertThat(misspelt).contains("wurd");
        assertThat(calls.post(team, "/v2/rollouts/submit", misspelt).expect(400).text("detail")).startsWith("args.wurd:").contains("'count'");
        calls.post(team, "/v2/rollouts/submit", misspelt.replace("\"task\": \"count\"", "\"task\": \"open\"")).expect(201);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{\"env\": \"nowhere\", \"id\": \"count\"} | verifier.env: there is no environment 'nowhere'",
        "{\"env\": \"My_Letters\", \"id\": \"cuont\"} | verifier.id: environment 'My_Letters' has no task 'cuont'",
        "{\"env\": \"My_Letters\", \"id\": \"count\", \"args\": {\"wurd\": 1}} | verifier.args.wurd: task 'count' has no such argument",
    })
    void aVerifierThatCannotBeIsRefusedBeforeTheAgentHasWorked(String verifier, String detail) {
        var asked = body.replace("\"group_id\"", "\"verifier\": " + verifier + ", \"group_id\"");
        assertThat(calls.post(team, "/v2/rollouts/submit", asked).expect(400).text("detail")).startsWith(detail);
    }

    @Test
    void anAgentOfAnUnknownTypeIsRefusedByName() {
        assertThat(calls.post(team, "/v2/rollouts/submit", body.replace("openai_compatible", "mind-reader")).expect(400).text("detail"))
                .startsWith("agent.type:")
                .contains("'mind-reader'");
    }

    @Test
    void whatTheNameStandsForIsSettledWhenTheRunIsSubmitted() {
        var run = submit(body);
        assertThat(calls.get(team, "/v2/trace/" + run).body().path("environment_version").asInt()).isEqualTo(1);
        assertThat(lease(run).text("version")).isEqualTo(VERSION);
        calls.work("w", "/internal/leases/" + run + "/release", "{\"attempt\": 1, \"failure\": null}").expect(204);
        assertThat(lease(run).text("version")).isEqualTo(VERSION);
    }

    @Test
    void whatIsDeployedWhileManyRunsAreLookedAtHasNoSay() {
        var first = environments.asOfNow(team);
        var found = first.apply("Ever_New");
        assertThat(environments.asOfNow(team).apply("Ever_New")).isNotEqualTo(found);
        assertThat(first.apply("Ever_New")).isEqualTo(found);
    }

    @Test
    void theEnvironmentsOwnTimeLimitHoldsUnlessTheRunNamesOne() {
        var usual = submit(body);
        assertThat(lease(usual).body().path("runTimeoutMillis").asLong()).isEqualTo(77_000);
        var own = submit(body.replace("\"group_id\"", "\"runtime_config\": {\"limits\": {\"run_timeout_s\": 5}}, \"group_id\"")
                .replaceFirst("\"trace_id\": \"[^\"]*\"", "\"trace_id\": \"" + UUID.randomUUID() + "\""));
        assertThat(lease(own).body().path("runTimeoutMillis").asLong()).isEqualTo(5_000);
    }

    private String submit(String what) {
        return calls.post(team, "/v2/rollouts/submit", what).expect(201).text("trace_id");
    }

    private Calls.Reply lease(String run) {
        var lease = calls.lease("w").expect(200);
        assertThat(lease.text("run")).isEqualTo(run);
        return lease;
    }
}
