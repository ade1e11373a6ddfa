// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.job.Calls;
import dev.assay.job.RunningJobService;
import dev.assay.kit.identity.Party;
import dev.assay.kit.identity.Role;
import dev.assay.testsupport.Tokens;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@RunningJobService
class ConcurrencyLimitTests {

    private static final String LIMITS = "/v2/admin/job-service/limits";

    @Autowired
    Calls calls;

    @Autowired
    WaitingRuns waiting;

    @Autowired
    JdbcClient jdbc;

    final TeamId team = TeamId.random();
    final UUID job = UUID.randomUUID();

    @AfterEach
    void nothingIsLimitedAnyMore() {
        jdbc.sql("delete from concurrency_limit").update();
        jdbc.sql("delete from team_limit").update();
    }

    @Test
    void aTeamIsLimitedFromNowOnAndToldSoAndAsConfiguredWhenThatIsTakenBack() {
        calls.submit(team, job);
        var next = calls.submit(team, job);
        assertThat(operator("PUT", "", "{\"team_id\": \"%s\", \"max_concurrent\": 1}".formatted(team)).expect(200).body().path("items").get(0).toString())
                .isEqualTo("{\"team_id\":\"%s\",\"model\":null,\"max_concurrent\":1}".formatted(team));
        calls.lease("w").expect(200);
        calls.lease("w").expect(204);
        assertThat(waits(next)).isEqualTo("team_limit: its team has as many runs and sessions going on as it may: 1");
        var others = calls.submit(TeamId.random(), UUID.randomUUID());
        assertThat(calls.lease("w").expect(200).text("run")).as("another team's is none of it").isEqualTo(others.toString());

        operator("PUT", "", "{\"team_id\": \"%s\", \"max_concurrent\": null}".formatted(team)).expect(200);
        assertThat(calls.lease("w").expect(200).text("run")).isEqualTo(next.toString());
        operator("DELETE", "?team_id=" + team, null).expect(204);
        operator("DELETE", "?team_id=" + team, null).expect(404);
    }

    @Test
    void aModelIsLimitedForAllTeams() {
        operator("PUT", "", "{\"model\": \"scripted/letters\", \"max_concurrent\": 1}").expect(200);
        calls.submit(team, job);
        calls.submit(TeamId.random(), UUID.randomUUID());
        calls.lease("w").expect(200);
        calls.lease("w").expect(204);
        operator("DELETE", "?model=scripted/letters", null).expect(204);
        calls.lease("w").expect(200);
    }

    @Test
    void aTeamsAdministratorLetsItHaveLessThanTheOperatorDoesAndNeverMore() {
        operator("PUT", "", "{\"team_id\": \"%s\", \"max_concurrent\": 2}".formatted(team)).expect(200);
        assertThat(limit("PUT", "{\"max_concurrent\": 1}").expect(200).body().toString())
                .isEqualTo("{\"max_concurrent\":1,\"own\":1}");
        for (var run = 0; run < 3; run++) {
            calls.submit(team, job);
        }
        calls.lease("w").expect(200);
        calls.lease("w").expect(204);

        assertThat(limit("PUT", "{\"max_concurrent\": 9}").expect(200).body().path("max_concurrent").asInt()).isEqualTo(2);
        calls.lease("w").expect(200);
        calls.lease("w").expect(204);
        operator("DELETE", "?team_id=" + team, null).expect(204);
        assertThat(limit("GET", null).expect(200).body().path("max_concurrent").asInt()).as("its own word stays").isEqualTo(9);
        assertThat(limit("PUT", "{\"max_concurrent\": null}").expect(200).body().path("max_concurrent").isNull()).isTrue();
        calls.lease("w").expect(200);

        assertThat(calls.get(team, "/v2/limits").expect(200).body().path("own").isNull()).isTrue();
        calls.as(Tokens.member(team), "PUT", "/v2/limits", "{\"max_concurrent\": 1}").expect(403);
        assertThat(limit("PUT", "{\"max_concurrent\": 0}").expect(400).text("detail")).startsWith("max_concurrent: must be a whole number from 1");
        assertThat(limit("PUT", "{}").expect(400).text("detail")).isEqualTo("max_concurrent: required");
    }

    private Calls.Reply limit(String method, String body) {
        return calls.as(Tokens.person(team, Role.ADMINISTRATOR), method, "/v2/limits", body);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{\"max_concurrent\": 1} | team_id: either this or model must be given",
        "{\"model\": \"m\"} | max_concurrent: required",
        "{\"model\": \"m\", \"max_concurrent\": 0} | max_concurrent: must be a whole number from 1",
        "{\"model\": \"m\", \"most\": 1, \"max_concurrent\": 1} | most: there is no such field",
    })
    void whatCannotBeIsRefusedByItsName(String body, String detail) {
        assertThat(operator("PUT", "", body).expect(400).text("detail")).startsWith(detail);
    }

    @Test
    void nobodyButTheOperatorLimits() {
        calls.as(Tokens.person(team, Role.ADMINISTRATOR), "GET", LIMITS, null).expect(404);
        calls.as(Tokens.person(team, Role.ADMINISTRATOR), "PUT", LIMITS, "{\"model\": \"m\", \"max_concurrent\": 1}").expect(404);
    }

    private String waits(RunId run) {
        jdbc.sql("insert into worker (name, isolation, seen_at) values ('worker/w', 'none', now()) on conflict (name) do update set seen_at = now(), told = null")
                .update();
        waiting.forget();
        var because = calls.trace(team, run).body().path("waiting_because");
        return because.path("reason").asString() + ": " + because.path("detail").asString();
    }

    private Calls.Reply operator(String method, String query, String body) {
        return calls.as(Tokens.claiming(Role.OPERATOR, Party.service("gateway-service")), method, LIMITS + query, body);
    }
}
