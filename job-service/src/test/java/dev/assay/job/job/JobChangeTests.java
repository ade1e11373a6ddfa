// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.job.Calls;
import dev.assay.job.RunningJobService;
import dev.assay.kit.identity.Role;
import dev.assay.testsupport.Tokens;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;

@RunningJobService
class JobChangeTests {

    @Autowired
    Calls calls;

    final TeamId team = TeamId.random();
    final UUID job = UUID.randomUUID();

    private static final String MODEL_FAILED = """
            {"attempt": 1, "status": "error", "evaluation": null, "failure": {"kind": "model", "detail": "no"}, "timings": {}}""";

    @Test
    void aJobThatAClientBeganIsLimitedAndLimitedNoMoreWhileItGoesOn() {
        calls.submit(team, job);
        calls.submit(team, job);
        assertThat(patch("{\"max_concurrent\": 1.0}").expect(200).body().path("max_concurrent").asInt()).isEqualTo(1);
        calls.lease("w").expect(200);
        calls.lease("w").expect(204);
        assertThat(patch("{\"priority\": 7}").expect(200).body().path("max_concurrent").asInt()).as("what is left out stays").isEqualTo(1);
        calls.lease("w").expect(204);
        assertThat(patch("{\"max_concurrent\": null}").expect(200).body().path("max_concurrent").isNull()).isTrue();
        calls.lease("w").expect(200);
    }

    @Test
    void whoeverReadsAJobSeesWhatWasDoneWithItAndWhatWasToldTwiceOnce() {
        calls.submit(team, job);
        for (var twice = 0; twice < 2; twice++) {
            calls.post(team, "/v2/jobs/" + job + "/pause", "").expect(200);
            patch("{\"priority\": 7, \"max_concurrent\": 3}").expect(200);
        }
        calls.post(team, "/v2/jobs/" + job + "/resume", "").expect(200);
        calls.post(team, "/v2/rollouts/cancel_job", "{\"job_id\": \"" + job + "\"}").expect(200);
        calls.post(team, "/v2/jobs/" + job + "/rerun", "{}").expect(200);
        calls.post(team, "/v2/rollouts/cancel_user_jobs", "{}").expect(200);

        var changes = calls.get(team, "/v2/jobs/" + job + "/changes").expect(200).body().path("items");

        assertThat(changes.valueStream().map(change -> change.path("what").asString()))
                .containsExactly("cancelled", "reopened", "cancelled", "resumed", "limited", "paused");
        assertThat(changes.get(4).path("detail").asString()).isEqualTo("priority 7, max_concurrent 3");
        assertThat(changes.findValuesAsString("user_id")).hasSize(6).containsOnly(changes.get(0).path("user_id").asString()).doesNotContain("");
        calls.get(TeamId.random(), "/v2/jobs/" + job + "/changes").expect(404);
    }

    @Test
    void aJobThatAClientBeganIsTriedAgainAsItIsToldLaterAndItsRunsAsTheySayThemselves() {
        var run = calls.submit(team, job);
        var own = new RunId(UUID.randomUUID());
        var asked = Calls.submission(own, job).replace("\"group_id\"", "\"retry\": {\"model\": 0}, \"group_id\"");
        calls.post(team, "/v2/rollouts/submit", asked).expect(201);
        assertThat(patch("{\"retry\": {\"model\": 2}}").expect(200).body().path("retry").path("model").asInt()).isEqualTo(2);
        for (var each : List.of(run, own)) {
            calls.lease("w").expect(200);
            calls.work("w", "/internal/leases/" + each + "/outcome", MODEL_FAILED).expect(204);
        }
        assertThat(calls.status(team, run)).isEqualTo("queued");
        assertThat(calls.status(team, own)).isEqualTo("error");
        assertThat(patch("{\"retry\": null}").expect(200).body().path("retry").isNull()).isTrue();
        assertThat(calls.get(team, "/v2/jobs/" + job + "/changes").body().path("items").valueStream().map(change -> change.path("detail").asString()))
                .containsExactly("as usual", "{\"model\":2}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{\"max_concurrent\": 0} | max_concurrent: must be a whole number from 1",
        "{\"priority\": 1.5} | priority: must be a whole number from -1000",
        "{\"retry\": {\"luck\": 1}} | retry: 'luck' is no kind of failure",
        "{\"concurrency\": 3} | concurrency: there is no such field",
    })
    void whatCannotBeIsRefusedByItsName(String body, String detail) {
        calls.submit(team, job);
        assertThat(patch(body).expect(400).text("detail")).startsWith(detail);
    }

    @Test
    void onlyMembersOfItsTeamChangeIt() {
        calls.submit(team, job);
        calls.as(Tokens.person(team, Role.VIEWER), "PATCH", "/v2/jobs/" + job, "{\"priority\": 1}").expect(403);
        calls.as(Tokens.member(TeamId.random()), "PATCH", "/v2/jobs/" + job, "{\"priority\": 1}").expect(404);
    }

    private Calls.Reply patch(String body) {
        return calls.as(Tokens.member(team), "PATCH", "/v2/jobs/" + job, body);
    }
}
