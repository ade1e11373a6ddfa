// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.gateway.Client;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import dev.assay.testsupport.TestPlatform;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Viewers, members and administrators of a team: who becomes what, and what the gateway itself lets each do. */
@GatewayTest
class RoleTests {

    private static final String CHAT = "{\"model\": \"scripted/echo\", \"messages\": [{\"role\": \"user\", \"content\": \"hello\"}]}";

    @LocalServerPort
    int port;

    @Autowired
    JdbcClient jdbc;

    Client anybody;
    String team;

    @BeforeEach
    void clean() {
        FakeServices.reset();
        FakeServices.TRAINING.on("GET /internal/models/resolve", 200,
                "{\"id\": \"3b241101-e2bb-4255-8caf-4136c566a962\", \"modelName\": \"scripted/echo\", \"provider\": \"scripted\", "
                        + "\"upstreamModel\": \"echo\"}");
        anybody = new Client(port);
        team = "team " + UUID.randomUUID();
    }

    @Test
    void theFirstOfATeamIsItsAdministratorAndEveryOtherAMember() {
        assertThat(key("ada", null).path("role").asString()).isEqualTo("administrator");
        assertThat(key("bo", null).path("role").asString()).isEqualTo("member");
        assertThat(key("ada", null).path("role").asString()).isEqualTo("administrator");
        assertThat(roleOf(key("cy", "viewer"))).isEqualTo("viewer");
        assertThat(roleOf(key("cy", null))).isEqualTo("viewer");
    }

    @Test
    void theOperatorChangesWhatAUserIsWithEveryKey() {
        var old = holder(key("ada", null));
        assertThat(old.get("/v2/auth/me").json().path("role").asString()).isEqualTo("administrator");
        key("ada", "viewer");
        await().until(() -> old.get("/v2/auth/me").json().path("role").asString().equals("viewer"));
    }

    @ParameterizedTest
    @CsvSource({"owner", "ADMINISTRATOR", "service", "''", "operator"})
    void aRoleThatIsNoPersonsIsRefused(String role) {
        var refused = anybody.bearer(FakeServices.ADMIN_TOKEN)
                .post("/v2/admin/keys", "{\"team\": \"" + team + "\", \"name\": \"n\", \"role\": \"" + role + "\"}");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.detail()).isEqualTo("role: must be one of [viewer, member, administrator]");
    }

    @ParameterizedTest
    @CsvSource({"viewer, 403", "member, 200", "administrator, 200"})
    void aModelCallCostsMoneyAndIsNotForViewers(String role, int status) {
        var caller = holder(key("ada", role));
        for (var path : new String[] {"/inference/chat/completions", "/inference/v1/chat/completions"}) {
            var answer = caller.post(path, CHAT);
            assertThat(answer.status()).isEqualTo(status);
            if (status == 403) {
                assertThat(answer.json().path("error").path("message").asString()).contains("is viewer", "takes member");
            }
        }
        assertThat(caller.get("/inference/models").status()).isEqualTo(200);
    }

    @Test
    void aRefusalLooksLikeTheDialectOfThePath() {
        var refused = holder(key("ada", "viewer")).post("/inference/v1/messages", "{}");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.json().path("error").path("type").asString()).isEqualTo("permission_error");
    }

    @Test
    void aBrowserMayWhatItsKeyMay() {
        var key = key("ada", "viewer").path("key").asString();
        var page = anybody.with("X-Requested-With", "console");
        var signedIn = page.post("/v2/auth/session", "{\"key\": \"" + key + "\"}");
        assertThat(signedIn.json().path("role").asString()).isEqualTo("viewer");
        var cookie = signedIn.header("set-cookie").split(";")[0];
        var browser = anybody.with("X-Requested-With", "console", "Cookie", cookie);
        assertThat(browser.get("/v2/auth/me").json().path("role").asString()).isEqualTo("viewer");
    }

    @Test
    void everybodyRevokesKeysOfTheirOwnAndAnAdministratorThoseOfOthers() {
        var admin = key("ada", null);
        var member = key("bo", null);
        var viewer = key("cy", "viewer");
        for (var caller : new JsonNode[] {member, viewer}) {
            var refused = holder(caller).delete("/v2/keys/" + admin.path("id").asString());
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.detail()).contains("takes administrator");
            var own = key(caller.path("name").asString(), null);
            assertThat(holder(caller).delete("/v2/keys/" + own.path("id").asString()).status()).isEqualTo(204);
        }
        assertThat(holder(admin).delete("/v2/keys/" + member.path("id").asString()).status()).isEqualTo(204);
        var stranger = anybody.newKey("others " + team, "eve");
        assertThat(holder(admin).delete("/v2/keys/" + stranger.path("id").asString()).status()).isEqualTo(404);
    }

    @Test
    void theListOfKeysSaysWhoseTheyAre() {
        var admin = key("ada", null);
        key("cy", "viewer");
        var keys = holder(admin).get("/v2/keys").json().path("items");
        assertThat(keys.valueStream().map(item -> item.path("user").asString() + " " + item.path("role").asString()))
                .containsExactly("ada administrator", "cy viewer");
    }

    @Test
    void servicesAreToldTheRole() {
        holder(key("ada", "viewer")).get("/v2/jobs");
        var token = FakeServices.JOB.last().header("authorization").substring("Bearer ".length());
        var claims = new String(java.util.Base64.getUrlDecoder().decode(token.split("\\.")[1]), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(claims).contains("\"VIEWER\"");
    }

    @Test
    void whoCameFirstBeforeThereWereRolesIsAdministrator() {
        var schema = "gateway_before_roles";
        var flyway = Flyway.configure().dataSource(TestPlatform.databaseUrl(), "postgres", "postgres").schemas(schema)
                .locations("classpath:db/gateway").cleanDisabled(false);
        flyway.load().clean();
        flyway.target("2").load().migrate();
        jdbc.sql("insert into " + schema + ".teams values (gen_random_uuid(), 'a', now()), (gen_random_uuid(), 'b', now())").update();
        jdbc.sql("insert into " + schema + ".users select gen_random_uuid(), id, u.name, now() - u.age from " + schema
                + ".teams, (values ('old', interval '2 days'), ('young', interval '1 day')) u (name, age)").update();
        flyway.target("latest").load().migrate();
        assertThat(jdbc.sql("select name || ' ' || role from " + schema + ".users order by 1").query(String.class).list())
                .containsExactly("old ADMINISTRATOR", "old ADMINISTRATOR", "young MEMBER", "young MEMBER");
    }

    private JsonNode key(String name, String role) {
        var asked = role == null ? "" : ", \"role\": \"" + role + "\"";
        var answer = anybody.bearer(FakeServices.ADMIN_TOKEN)
                .post("/v2/admin/keys", "{\"team\": \"" + team + "\", \"name\": \"" + name + "\"" + asked + "}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer.json();
    }

    private Client holder(JsonNode key) {
        return anybody.bearer(key.path("key").asString());
    }

    private String roleOf(JsonNode key) {
        return holder(key).get("/v2/auth/me").json().path("role").asString();
    }
}
