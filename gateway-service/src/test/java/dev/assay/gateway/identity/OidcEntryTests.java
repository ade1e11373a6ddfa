// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.gateway.Client;
import dev.assay.gateway.FakeServices;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom the provider names: who enters, where, and who does not. */
class OidcEntryTests extends WithProvider {

    @Test
    void anEmailThatIsNotVerifiedOpensNothingAndIsNotKept() {
        invite(bo, "administrator");
        for (var verified : new Object[] {false, "no", 0}) {
            PROVIDER.knows(bo, Map.of("email", bo + "@elsewhere.net", "email_verified", verified));
            assertRefused(browser().signIn(bo), 403, "verified");
        }
        PROVIDER.knows(bo, Map.of("email", bo + "@elsewhere.net"));
        assertRefused(browser().signIn(bo), 403, "verified");
        PROVIDER.knows(bo, Map.of());
        assertRefused(browser().signIn(bo), 403, "what your e-mail is");
        assertThat(jdbc.sql("select count(*) from gateway.people").query(Integer.class).single()).isZero();
        assertThat(member(bo).path("invited").asBoolean()).isTrue();
    }

    @Test
    void whoWasNotInvitedIsRefusedInWords() {
        assertRefused(browser().signIn(bo), 403, "Nobody has invited " + bo + "@elsewhere.net here");
        assertThat(jdbc.sql("select count(*) from gateway.people").query(Integer.class).single()).isZero();
    }

    @Test
    void aPersonIsWhomTheProviderNamesAndNotWhoeverHasTheEmailLater() {
        invite(bo, "member");
        assertThat(browser().signIn(bo).status()).isEqualTo(200);
        var heir = "heir-" + UUID.randomUUID();
        knows(heir, bo + "@elsewhere.net", true);
        assertRefused(browser().signIn(heir), 403, "Nobody has invited");
        knows(bo, "renamed@elsewhere.net", true);
        var browser = browser();
        assertThat(browser.signIn(bo).status()).isEqualTo(200);
        assertThat(json(browser.send("GET", "/v2/auth/me", "")).path("team").asString()).isEqualTo(team);
    }

    @Test
    void theSameNameAtAnotherProviderIsSomebodyElse() {
        invite(bo, "member");
        var other = UUID.randomUUID();
        jdbc.sql("insert into gateway.people (id, issuer, subject, created_at) values (?, 'https://other.example', ?, now())")
                .param(other).param(bo).update();
        jdbc.sql("update gateway.users set person_id = ? where email = ?").param(other).param(bo + "@elsewhere.net").update();
        assertRefused(browser().signIn(bo), 403, "Nobody has invited");
    }

    @Test
    void capitalLettersAreNoOtherEmailAndOtherScriptsAreNone() {
        invite(bo, "member");
        knows(bo, bo.toUpperCase(java.util.Locale.ROOT) + "@ELSEWHERE.net", true);
        assertThat(browser().signIn(bo).status()).isEqualTo(200);
        invite("kim", "administrator");
        knows("kelvin", "\u212Aim@elsewhere.net", true); // becomes a k in small letters
        assertRefused(browser().signIn("kelvin"), 403, "Nobody has invited");
    }

    @Test
    void whoComesWithAnAllowedDomainJoinsTheTeamAndTheFirstOfItIsItsAdministrator() {
        jdbc.sql("update gateway.users set removed_at = now() where team_id = (select id from gateway.teams where name = 'newcomers')").update();
        var ada = "ada-" + UUID.randomUUID();
        knows(ada, ada + "@example.org", true);
        knows(bo, bo + "@example.org", true);
        var first = browser();
        assertThat(first.signIn(ada).status()).isEqualTo(200);
        var me = json(first.send("GET", "/v2/auth/me", ""));
        assertThat(me.path("team").asString() + " " + me.path("role").asString()).isEqualTo("newcomers administrator");
        var second = browser();
        assertThat(second.signIn(bo).status()).isEqualTo(200);
        assertThat(json(second.send("GET", "/v2/auth/me", "")).path("role").asString()).isEqualTo("member");
        assertThat(second.open(second.comesBackAgain()).status()).isEqualTo(200);
        assertThat(json(first.send("GET", MEMBERS, "")).path("total").asInt()).isEqualTo(2);
    }

    @Test
    void whoHasBeenNowhereYetEntersTheTeamOfTheirDomainFirst() {
        assertThat(admin.post(MEMBERS, "{\"email\": \"" + bo + "@example.org\", \"role\": \"member\"}").status()).isEqualTo(201);
        knows(bo, bo + "@example.org", true);
        var browser = browser();
        assertThat(browser.signIn(bo).status()).isEqualTo(200);
        assertThat(json(browser.send("GET", "/v2/auth/me", "")).path("team").asString()).isEqualTo("newcomers");
        assertThat(json(browser.send("GET", "/v2/auth/teams", "")).path("total").asInt()).isEqualTo(2);
    }

    @Test
    void whoeverLosesTheirPlaceWhileTheySignInIsNotSignedInThere() throws Exception {
        invite(bo, "member");
        assertThat(browser().signIn(bo).status()).isEqualTo(200);
        var late = browser();
        var back = late.comesBack(bo, "/");
        var page = whileTheirPlaceIsTakenAway(team, () -> late.open(back));
        assertRefused(page, 403, "You are a member of no team here");
    }

    @Test
    void whoeverLosesAPlaceWhileTheyGoThereStaysWhereTheyAre() throws Exception {
        invite(bo, "member");
        var browser = browser();
        assertThat(browser.signIn(bo).status()).isEqualTo(200);
        var others = "others " + UUID.randomUUID();
        var otherAdmin = new Client(port).ofTeam(others);
        assertThat(otherAdmin.post(MEMBERS, "{\"email\": \"" + bo + "@elsewhere.net\", \"role\": \"viewer\"}").status()).isEqualTo(201);
        assertThat(browser.open(browser.comesBackAgain()).status()).isEqualTo(200);
        var there = json(otherAdmin.get("/v2/auth/me").response()).path("team_id").asString();
        var moved = whileTheirPlaceIsTakenAway(others, () -> browser.send("POST", "/v2/auth/team", "{\"team_id\": \"" + there + "\"}"));
        assertThat(moved.statusCode()).isEqualTo(404);
        assertThat(json(browser.send("GET", "/v2/auth/me", "")).path("team").asString()).isEqualTo(team);
    }

    /** Does something while somebody else has opened their place anew and not yet said so. */
    private <T> T whileTheirPlaceIsTakenAway(String whose, Callable<T> what) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var result = transactions.execute(transaction -> {
                var user = jdbc.sql("update gateway.users set person_id = null, email = 'heir@elsewhere.net' where email = ?"
                                + " and removed_at is null and team_id = (select id from gateway.teams where name = ?) returning id")
                        .param(bo + "@elsewhere.net")
                        .param(whose)
                        .query(UUID.class)
                        .single();
                jdbc.sql("delete from gateway.sign_ins where user_id = ?").param(user).update();
                var doing = threads.submit(what);
                await().until(() -> jdbc.sql("select count(*) from pg_locks where not granted").query(Integer.class).single() > 0);
                return doing;
            });
            return result.get();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bo@example.org.evil.net", "bo@evil-example.org", "bo@mail.example.org", "bo@example.org@evil.net", "example.org",
        "bo@example.org\u0000", "bo@EXAMPLE.ORG.", "<bo@example.org>"})
    void anotherDomainThatLooksAllowedIsNot(String email) {
        knows(bo, email, true);
        assertRefused(browser().signIn(bo), 403, "invite");
    }

    @Test
    void whoWasRemovedDoesNotComeBackByTheDomainButByAnInvitation() {
        knows(bo, bo + "@example.org", true);
        var browser = browser();
        assertThat(browser.signIn(bo).status()).isEqualTo(200);
        var newcomers = new Client(port).bearer(new Client(port).bearer(FakeServices.ADMIN_TOKEN)
                .post("/v2/admin/keys", "{\"team\": \"newcomers\", \"name\": \"operator\", \"role\": \"administrator\"}").json().path("key").asString());
        var id = json(browser.send("GET", "/v2/auth/me", "")).path("user_id").asString();
        assertThat(newcomers.delete(MEMBERS + "/" + id).status()).isEqualTo(204);
        await().until(() -> browser.send("GET", "/v2/auth/me", "").statusCode() == 401);
        assertRefused(browser().signIn(bo), 403, "An administrator of your team can invite you");
        assertThat(newcomers.post(MEMBERS, "{\"email\": \"" + bo + "@example.org\", \"role\": \"viewer\"}").status()).isEqualTo(201);
        var again = browser();
        assertThat(again.signIn(bo).status()).isEqualTo(200);
        assertThat(json(again.send("GET", "/v2/auth/me", "")).path("role").asString()).isEqualTo("viewer");
    }

    @Test
    void aPersonOfTwoTeamsGoesFromOneToTheOther() {
        invite(bo, "member");
        var others = "others " + UUID.randomUUID();
        var otherAdmin = new Client(port).ofTeam(others);
        assertThat(otherAdmin.post(MEMBERS, "{\"email\": \"" + bo + "@elsewhere.net\", \"role\": \"viewer\"}").status()).isEqualTo(201);
        var browser = browser();
        assertThat(browser.signIn(bo).status()).isEqualTo(200);
        var teams = json(browser.send("GET", "/v2/auth/teams", ""));
        assertThat(teams.path("items").valueStream().map(item -> item.path("team").asString())).containsExactlyInAnyOrder(team, others);
        var there = teams.path("items").valueStream().filter(item -> !item.path("current").asBoolean()).findFirst().orElseThrow();
        var before = browser.cookie("assay-sign-in").orElseThrow();
        var moved = browser.send("POST", "/v2/auth/team", "{\"team_id\": \"" + there.path("team_id").asString() + "\"}");
        assertThat(moved.statusCode()).as(moved.body()).isEqualTo(200);
        assertThat(json(moved).path("role").asString()).isEqualTo(there.path("role").asString());
        assertThat(json(browser.send("GET", "/v2/auth/me", "")).path("team").asString()).isEqualTo(there.path("team").asString());
        assertThat(new Client(port, "Cookie", "assay-sign-in=" + before).get("/v2/auth/me").status()).isEqualTo(401);
        assertThat(audited(there.path("team").asString().equals(team) ? others : team)).endsWith("session.open", "session.close");
        assertThat(audited(there.path("team").asString())).endsWith("session.open");
        var strangers = json(new Client(port).ofTeam("strangers " + team).get("/v2/auth/me").response()).path("team_id").asString();
        assertThat(browser.send("POST", "/v2/auth/team", "{\"team_id\": \"" + strangers + "\"}").statusCode()).isEqualTo(404);
        assertThat(json(browser.send("GET", "/v2/auth/me", "")).path("team").asString()).isEqualTo(there.path("team").asString());
        assertThat(new Client(port, "Cookie", "assay-sign-in=" + browser.cookie("assay-sign-in").orElseThrow())
                .post("/v2/auth/team", "{\"team_id\": \"" + strangers + "\"}").status()).isEqualTo(403);
    }
}
