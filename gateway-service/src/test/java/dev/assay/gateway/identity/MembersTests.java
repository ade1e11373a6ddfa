// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.gateway.Client;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import dev.assay.testsupport.TestPlatform;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** The members of a team: who is invited, changed and removed, by whom, and what never happens. */
@GatewayTest
class MembersTests {

    private static final String MEMBERS = "/v2/team/members";

    @LocalServerPort
    int port;

    @Autowired
    JdbcClient jdbc;

    String team;
    JsonNode ada;
    Client admin;

    @BeforeEach
    void aTeam() {
        FakeServices.reset();
        team = "team " + UUID.randomUUID();
        ada = new Client(port).newKey(team, "ada");
        admin = holder(ada);
    }

    @Test
    void whoWasInvitedIsInTheListUntilTheyCome() {
        var invited = admin.post(MEMBERS, "{\"email\": \" Bo@Example.NET \", \"name\": \"Bo\", \"role\": \"viewer\"}");
        assertThat(invited.status()).as(invited.text()).isEqualTo(201);
        assertThat(invited.json().path("email").asString()).isEqualTo("bo@example.net");
        var list = admin.get(MEMBERS).json();
        assertThat(list.path("total").asInt()).isEqualTo(2);
        assertThat(list.path("items").valueStream().map(item -> item.path("name").asString() + " " + item.path("role").asString() + " "
                + item.path("invited").asBoolean() + " " + item.path("keys").asInt())).containsExactly("ada administrator false 1", "Bo viewer true 0");
        assertThat(list.path("items").get(0).path("email").isNull()).isTrue();
        assertThat(list.path("items").get(1).path("last_sign_in").isNull()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{\"role\": \"member\"} | email: required",
        "{\"email\": \"bo@example.net\"} | role: required",
        "{\"email\": \"bo\", \"role\": \"member\"} | email: has to be",
        "{\"email\": \"b\u00F6@example.net\", \"role\": \"member\"} | email: has to be",
        "{\"email\": \"bo@example\", \"role\": \"member\"} | email: has to be",
        "{\"email\": \"bo@example.net\\u0000\", \"role\": \"member\"} | email: has to be",
        "{\"email\": \"bo@example.net\", \"role\": \"owner\"} | role: must be one of [viewer, member, administrator]",
        "{\"email\": \"bo@example.net\", \"role\": \"operator\"} | role: must be one of",
        "{\"email\": \"bo@example.net\", \"role\": \"member\", \"name\": \" \"} | name: has to be",
        "{\"email\": \"bo@example.net\", \"role\": \"member\", \"name\": \"a\\u0000b\"} | name: has to be",
    })
    void anInvitationThatCannotBeIsRefusedByField(String invitation, String detail) {
        var refused = admin.post(MEMBERS, invitation);
        assertThat(refused.status()).as(refused.text()).isEqualTo(400);
        assertThat(refused.detail()).startsWith(detail);
        assertThat(admin.get(MEMBERS).json().path("total").asInt()).isEqualTo(1);
    }

    @Test
    void nobodyIsInvitedTwiceButEverybodyByEveryTeam() {
        var bo = "{\"email\": \"bo@example.net\", \"role\": \"member\"}";
        assertThat(admin.post(MEMBERS, bo).status()).isEqualTo(201);
        assertThat(admin.post(MEMBERS, bo.replace("bo@", "BO@")).status()).isEqualTo(409);
        assertThat(admin.post(MEMBERS, "{\"email\": \"other@example.net\", \"name\": \"ada\", \"role\": \"member\"}").detail()).startsWith("name: ");
        assertThat(new Client(port).ofTeam("others " + team).post(MEMBERS, bo).status()).isEqualTo(201);
    }

    @ParameterizedTest
    @ValueSource(strings = {"viewer", "member"})
    void onlyAnAdministratorWrites(String role) {
        var other = holder(key("bo", role));
        var id = ada.path("user_id").asString();
        assertThat(other.get(MEMBERS).status()).isEqualTo(200);
        for (var refused : List.of(
                other.post(MEMBERS, "{\"email\": \"cy@example.net\", \"role\": \"administrator\"}"), patch(other, id, "{\"role\": \"viewer\"}"),
                other.delete(MEMBERS + "/" + id))) {
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.detail()).contains("is " + role, "takes administrator");
        }
    }

    @Test
    void whatAnotherTeamHasIsNotThere() {
        var stranger = new Client(port).ofTeam("others " + team);
        var id = ada.path("user_id").asString();
        assertThat(patch(stranger, id, "{\"role\": \"viewer\"}").status()).isEqualTo(404);
        assertThat(patch(stranger, id, "{}").status()).isEqualTo(404);
        assertThat(stranger.delete(MEMBERS + "/" + id).status()).isEqualTo(404);
        assertThat(patch(admin, id, "{}").status()).isEqualTo(400);
        assertThat(patch(admin, "x", "{}").status()).isIn(400, 404);
    }

    @Test
    void theLastAdministratorNeitherLeavesNorIsDegradedNorLocksThemselvesOut() {
        var id = ada.path("user_id").asString();
        assertThat(admin.delete(MEMBERS + "/" + id).status()).isEqualTo(409);
        var refused = patch(admin, id, "{\"role\": \"member\"}");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.detail()).contains("without an administrator");
        // whoever was only invited could not come in without a provider
        assertThat(admin.post(MEMBERS, "{\"email\": \"bo@example.net\", \"role\": \"administrator\"}").status()).isEqualTo(201);
        assertThat(admin.delete(MEMBERS + "/" + id).status()).isEqualTo(409);
        assertThat(admin.get("/v2/auth/me").json().path("role").asString()).isEqualTo("administrator");
        key("cy", "administrator");
        assertThat(admin.delete(MEMBERS + "/" + id).status()).isEqualTo(204);
    }

    @Test
    void ofTwoAdministratorsWhoRemoveEachOtherAtOnceOneStays() throws Exception {
        var bo = key("bo", "administrator");
        try (var both = Executors.newVirtualThreadPerTaskExecutor()) {
            var one = both.submit(() -> admin.delete(MEMBERS + "/" + bo.path("user_id").asString()).status());
            var other = both.submit(() -> patch(holder(bo), ada.path("user_id").asString(), "{\"role\": \"viewer\"}").status());
            assertThat(List.of(one.get(), other.get())).containsAnyOf(204, 200).containsAnyOf(401, 403, 409);
        }
        assertThat(jdbc.sql("select count(*) from gateway.users u join gateway.teams t on t.id = u.team_id where t.name = ? and removed_at is null"
                + " and role = 'ADMINISTRATOR'").param(team).query(Integer.class).single()).isEqualTo(1);
    }

    @Test
    void whoIsRemovedHasNeitherKeysNorBrowsers() {
        var bo = key("bo", "member");
        var second = key("bo", null);
        var page = new Client(port, "X-Requested-With", "tests");
        var cookie = page.post("/v2/auth/session", "{\"key\": \"" + bo.path("key").asString() + "\"}").header("set-cookie").split(";")[0];
        var browser = new Client(port, "Cookie", cookie);
        assertThat(browser.get("/v2/auth/me").status()).isEqualTo(200);
        assertThat(admin.delete(MEMBERS + "/" + bo.path("user_id").asString()).status()).isEqualTo(204);
        await().until(() -> browser.get("/v2/auth/me").status() == 401 && holder(bo).get("/v2/auth/me").status() == 401
                && holder(second).get("/v2/auth/me").status() == 401);
        assertThat(admin.get("/v2/keys").json().path("total").asInt()).isEqualTo(1);
        assertThat(admin.get(MEMBERS).json().path("total").asInt()).isEqualTo(1);
        assertThat(admin.delete(MEMBERS + "/" + bo.path("user_id").asString()).status()).isEqualTo(404);
        assertThat(key("bo", null).path("user_id").asString()).as("the name is free").isNotEqualTo(bo.path("user_id").asString());
    }

    @Test
    void aKeyThatIsMadeWhileItsHolderIsRemovedOpensNothing() {
        var bo = key("bo", "member");
        jdbc.sql("update gateway.users set removed_at = now() where id = ?::uuid").param(bo.path("user_id").asString()).update();
        await().until(() -> holder(bo).get("/v2/auth/me").status() == 401);
    }

    @Test
    void everyChangeIsToldToTheAudit() {
        var bo = admin.post(MEMBERS, "{\"email\": \"bo@example.net\", \"role\": \"member\"}").json().path("id").asString();
        assertThat(patch(admin, bo, "{\"role\": \"viewer\"}").status()).isEqualTo(200);
        assertThat(admin.delete(MEMBERS + "/" + bo).status()).isEqualTo(204);
        assertThat(patch(admin, ada.path("user_id").asString(), "{\"role\": \"viewer\"}").status()).isEqualTo(409);
        assertThat(jdbc.sql("select action || ' ' || coalesce(before ->> 'role', '-') || ' ' || coalesce(after ->> 'role', '-') from gateway.audit"
                + " where object_kind = 'member' and actor_id = ?::uuid order by id").param(ada.path("user_id").asString()).query(String.class).list())
                .containsExactly("member.invite - member", "member.change member viewer", "member.remove viewer -");
    }

    @Test
    void aKeyIsForItsOwnTeamAlone() {
        var teams = admin.get("/v2/auth/teams").json();
        assertThat(teams.path("total").asInt()).isEqualTo(1);
        assertThat(teams.path("items").get(0).path("team").asString()).isEqualTo(team);
        assertThat(teams.path("items").get(0).path("current").asBoolean()).isTrue();
        var id = teams.path("items").get(0).path("team_id").asString();
        assertThat(admin.post("/v2/auth/team", "{\"team_id\": \"" + id + "\"}").status()).isEqualTo(409);
        assertThat(admin.post("/v2/auth/team", "{}").detail()).isEqualTo("team_id: required");
    }

    @Test
    void browsersOfBeforeThereWerePeopleGoOn() {
        var schema = "gateway_before_people";
        var flyway = Flyway.configure().dataSource(TestPlatform.databaseUrl(), "postgres", "postgres").schemas(schema)
                .locations("classpath:db/gateway").cleanDisabled(false);
        flyway.load().clean();
        flyway.target("8").load().migrate();
        jdbc.sql("insert into " + schema + ".teams values (gen_random_uuid(), 'a', now())").update();
        jdbc.sql("insert into " + schema + ".users (id, team_id, name, role, created_at) select gen_random_uuid(), id, 'ada', 'MEMBER', now() from "
                + schema + ".teams").update();
        jdbc.sql("insert into " + schema + ".api_keys (id, team_id, user_id, name, hash, hint, created_at) select gen_random_uuid(), team_id, id, 'k', 'h',"
                + " 'x', now() from " + schema + ".users").update();
        jdbc.sql("insert into " + schema + ".sign_ins (hash, key_id, created_at, expires_at) select 'h', id, now(), now() from " + schema
                + ".api_keys").update();
        flyway.target("latest").load().migrate();
        assertThat(jdbc.sql("select u.name from " + schema + ".sign_ins s join " + schema + ".users u on u.id = s.user_id").query(String.class).list())
                .containsExactly("ada");
    }

    private JsonNode key(String name, String role) {
        var asked = role == null ? "" : ", \"role\": \"" + role + "\"";
        var answer = new Client(port).bearer(FakeServices.ADMIN_TOKEN)
                .post("/v2/admin/keys", "{\"team\": \"" + team + "\", \"name\": \"" + name + "\"" + asked + "}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer.json();
    }

    private Client holder(JsonNode key) {
        return new Client(port).bearer(key.path("key").asString());
    }

    private static Client.Answer patch(Client client, String id, String change) {
        return client.send("PATCH", MEMBERS + "/" + id, java.net.http.HttpRequest.BodyPublishers.ofString(change), "Content-Type", "application/json");
    }
}
