// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.job.Calls;
import dev.assay.job.Calls.Reply;
import dev.assay.job.RunningJobService;
import dev.assay.kit.identity.Role;
import dev.assay.testsupport.Tokens;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@RunningJobService
class RuntimeCredentialTests {

    static final String PATH = "/v2/runtimes/e2b/credential";
    static final String SECRET = "e2b_0123456789abcdef";

    @Autowired
    Calls calls;

    @Autowired
    JdbcClient jdbc;

    final TeamId team = TeamId.random();

    @Test
    void oneThatIsEnteredIsShownNowhereAndLiesSealed() {
        assertThat(as(Role.ADMINISTRATOR, "GET", PATH, null).expect(404).text("detail")).contains("no credential for 'e2b'");
        assertThat(enter(SECRET).expect(200).text("hint")).isEqualTo("…cdef");
        assertThat(as(Role.ADMINISTRATOR, "GET", "/v2/runtimes/credentials", null).expect(200).body().toString())
                .contains("\"runtime\":\"e2b\"").doesNotContain(SECRET);
        assertThat(jdbc.sql("select to_jsonb(c)::text from runtime_credential c where team_id = ?").param(team.value()).query(String.class).single())
                .doesNotContain(SECRET).doesNotContain("0123456789");
        assertThat(enter(SECRET + "0000").expect(200).text("hint")).as("the later one replaces the first").isEqualTo("…0000");
        as(Role.ADMINISTRATOR, "DELETE", PATH, null).expect(204);
        as(Role.ADMINISTRATOR, "DELETE", PATH, null).expect(404);
    }

    @Test
    void whatIsNoCredentialIsRefusedByNameAndOnlyAdministratorsComeNear() {
        assertThat(enter("short").expect(400).text("detail")).contains("credential").contains("16 to 4096").doesNotContain("short");
        enter("with a space in the middle").expect(400);
        assertThat(as(Role.ADMINISTRATOR, "PUT", PATH, "{}").expect(400).text("detail")).contains("credential");
        assertThat(as(Role.ADMINISTRATOR, "PUT", "/v2/runtimes/docker/credential", "{}").expect(404).text("detail")).contains("e2b");
        var modal = "/v2/runtimes/modal/credential";
        assertThat(as(Role.ADMINISTRATOR, "PUT", modal, "{\"credential\": \"ak-0123456789abcdef\"}").expect(400).text("detail")).contains("ak-…:as-…");
        as(Role.ADMINISTRATOR, "PUT", modal, "{\"credential\": \"ak-01234567:as-89abcdef\"}").expect(200);
        for (var method : new String[] {"GET", "PUT", "DELETE"}) {
            as(Role.MEMBER, method, PATH, "{\"credential\": \"" + SECRET + "\"}").expect(403);
        }
    }

    @Test
    void aRunThatNeedsOneIsRefusedWithoutIt() {
        assertThat(submit("\"runtime_config\": {\"image\": \"acme/letters\", \"runtime\": \"e2b\"}").expect(400).text("detail"))
                .contains("runtime_config.runtime").contains("no credential for 'e2b'").contains("PUT /v2/runtimes/e2b/credential");
        assertThat(submit("\"verifier\": {\"env\": \"judge\", \"id\": \"verify\", \"runtime_config\": {\"image\": \"acme/judge\", \"runtime\": \"e2b\"}}")
                        .expect(400).text("detail"))
                .contains("verifier.runtime_config.runtime");
        assertThat(submit("\"runtime_config\": {\"image\": \"acme/letters\", \"runtime\": \"podman\"}").expect(400).text("detail"))
                .contains("runtime_config.runtime must be one of process, docker, kubernetes, e2b, daytona, modal");
    }

    @Test
    void onlyWhoHoldsARunOfTheTeamIsToldIt() {
        enter(SECRET).expect(200);
        var run = RunId.parse(submit("\"runtime_config\": {\"image\": \"acme/letters\", \"runtime\": \"e2b\"}").expect(201).text("trace_id"));
        ask("w1", run, 1).expect(409);
        take("w1", run);

        assertThat(ask("w1", run, 1).expect(200).text("secret")).isEqualTo(SECRET);
        ask("w2", run, 1).expect(409);
        ask("w1", run, 2).expect(409);
        for (var nobody : List.of(Tokens.person(team, Role.ADMINISTRATOR), Tokens.service())) {
            assertThat(calls.as(nobody, "POST", "/internal/leases/" + run + "/credential", question(1)).status()).isIn(403, 404);
        }

        as(Role.ADMINISTRATOR, "DELETE", PATH, null).expect(204);
        var answer = ask("w1", run, 1).expect(200);
        assertThat(answer.body().path("secret").isNull()).isTrue();
        assertThat(answer.text("reason")).contains("any more");

        calls.outcome(run, "w1", 1, "completed", "null").expect(204);
        ask("w1", run, 1).expect(409);
    }

    @Test
    void aRunThatIsForAnotherRuntimeOpensNoneAndOneWhoseVerifierNeedsItDoes() {
        enter(SECRET).expect(200);
        var docker = RunId.parse(submit("\"runtime_config\": {\"image\": \"acme/letters\", \"runtime\": \"docker\"}").expect(201).text("trace_id"));
        var verified = RunId.parse(submit("\"runtime_config\": {\"image\": \"acme/letters\", \"runtime\": \"docker\"}, \"verifier\": "
                        + "{\"env\": \"judge\", \"id\": \"verify\", \"runtime_config\": {\"image\": \"acme/judge\", \"runtime\": \"e2b\"}}")
                .expect(201).text("trace_id"));
        hold("w1", docker);
        hold("w1", verified);

        var answer = ask("w1", docker, 1).expect(200);
        assertThat(answer.body().path("secret").isNull()).isTrue();
        assertThat(answer.text("reason")).contains("neither the run nor its verifier is for 'e2b'");
        assertThat(ask("w1", verified, 1).expect(200).text("secret")).isEqualTo(SECRET);
        for (var run : List.of(docker, verified)) {
            calls.outcome(run, "w1", 1, "completed", "null").expect(204);
        }
    }

    /** Whatever else waits for workers of that runtime. */
    private void hold(String worker, RunId run) {
        jdbc.sql("""
                update run set state = 'held', status = 'initializing', worker = ?, attempt = attempt + 1,
                    lease_expires_at = now() + interval '1 hour', deadline = now() + interval '2 hours'
                where id = ?""").params("worker/" + worker, run.value()).update();
    }

    @Test
    void oneThatWasSealedForAnotherTeamDoesNotOpen() {
        enter(SECRET).expect(200);
        var other = TeamId.random();
        jdbc.sql("""
                insert into runtime_credential select :other, runtime, sealed, hint, entered_at from runtime_credential
                where team_id = :team""").param("other", other.value()).param("team", team.value()).update();
        var run = new RunId(UUID.randomUUID());
        calls.post(other, "/v2/rollouts/submit", submission(run, "\"runtime_config\": {\"image\": \"acme/letters\", \"runtime\": \"e2b\"}")).expect(201);
        take("w1", run);
        var answer = ask("w1", run, 1).expect(200);
        assertThat(answer.body().path("secret").isNull()).isTrue();
        assertThat(answer.text("reason")).contains("PUT /v2/runtimes/<runtime>/credential");
        calls.outcome(run, "w1", 1, "completed", "null").expect(204);
    }

    /** Other tests of this JVM may have left runs for other runtimes. */
    private void take(String worker, RunId run) {
        var lease = calls.work(worker, "/internal/leases", "{\"free\": 1, \"waitMillis\": 0, \"runtimes\": [\"e2b\"]}").first().expect(200);
        assertThat(lease.text("run")).isEqualTo(run.toString());
    }

    private Reply ask(String worker, RunId run, int attempt) {
        return calls.work(worker, "/internal/leases/" + run + "/credential", question(attempt));
    }

    private static String question(int attempt) {
        return "{\"attempt\": " + attempt + ", \"runtime\": \"e2b\"}";
    }

    private Reply enter(String secret) {
        return as(Role.ADMINISTRATOR, "PUT", PATH, "{\"credential\": \"" + secret + "\"}");
    }

    private Reply as(Role role, String method, String path, String body) {
        return calls.as(Tokens.person(team, role), method, path, body);
    }

    private Reply submit(String more) {
        return calls.post(team, "/v2/rollouts/submit", submission(new RunId(UUID.randomUUID()), more));
    }

    private static String submission(RunId run, String more) {
        return Calls.submission(run, UUID.randomUUID()).replace("\"group_id\"", more + ", \"group_id\"");
    }
}
