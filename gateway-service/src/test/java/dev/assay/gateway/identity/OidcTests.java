// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.gateway.Client;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import dev.assay.gateway.OidcStandIn;
import dev.assay.gateway.identity.BrowserOfTests.Page;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A browser signs in with a real authorization server: who enters, who does not, and what is not believed. */
@GatewayTest
@ExtendWith(OutputCaptureExtension.class)
class OidcTests {

    private static final OidcStandIn PROVIDER = OidcStandIn.SHARED;
    private static final String MEMBERS = "/v2/team/members";

    @LocalServerPort
    int port;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    OidcProvider provider;

    @Autowired
    TransactionTemplate transactions;

    Client admin;
    String team;
    String bo;

    @BeforeAll
    static void theProviderIsUp() {
        PROVIDER.start();
    }

    @BeforeEach
    void clean() {
        FakeServices.reset();
        PROVIDER.reset();
        jdbc.sql("delete from gateway.sign_ins where key_id is null").update();
        jdbc.sql("update gateway.users set person_id = null, removed_at = now() where email is not null").update();
        jdbc.sql("delete from gateway.people").update();
        team = "team " + UUID.randomUUID();
        admin = new Client(port).ofTeam(team);
        bo = "bo-" + UUID.randomUUID();
        knows(bo, bo + "@elsewhere.net", true);
    }

    @AfterEach
    void wellAgain() {
        PROVIDER.reset();
    }

    @Test
    void whoWasInvitedSignsInAndIsThatMember() {
        invite(bo, "member");
        var browser = browser();
        var page = browser.open(browser.comesBack(bo, "/jobs?status=running"));
        assertThat(page.status()).as(page.text()).isEqualTo(200);
        assertThat(page.text()).contains("<meta http-equiv=\"refresh\" content=\"0;url=/jobs?status=running\">").doesNotContain("<script");
        assertThat(page.header("content-security-policy")).contains("default-src 'none'").doesNotContain("unsafe");
        assertThat(page.header("cache-control")).isEqualTo("no-store");
        assertThat(page.answer().headers().allValues("set-cookie")).anySatisfy(cookie -> assertThat(cookie).matches(
                "assay-sign-in=asn_[A-Za-z0-9_-]{43}; Path=/; Max-Age=43[0-9]{3}; Expires=[^;]+; HttpOnly; SameSite=Strict"));
        var me = json(browser.send("GET", "/v2/auth/me", ""));
        assertThat(me.path("team").asString()).isEqualTo(team);
        assertThat(me.path("role").asString()).isEqualTo("member");
        assertThat(me.path("email").asString()).isEqualTo(bo + "@elsewhere.net");
        assertThat(member(bo).path("invited").asBoolean()).isFalse();
        assertThat(member(bo).path("last_sign_in").asString("")).isNotEmpty();
        assertThat(audited()).contains("member.invite", "member.bind");
        assertThat(browser.send("DELETE", "/v2/auth/session", "").statusCode()).isEqualTo(204);
        assertThat(browser.send("GET", "/v2/auth/me", "").statusCode()).isEqualTo(401);
    }

    @Test
    void theProviderIsAskedWithStateNonceAndAProofKeyAndTheBrowserKeepsThemSealed() {
        invite(bo, "member");
        var browser = browser();
        var back = browser.comesBack(bo, "/");
        var asked = PROVIDER.asked.stream().filter(one -> one.startsWith("/oauth2/authorize")).findFirst().orElseThrow();
        assertThat(asked).contains("code_challenge=", "code_challenge_method=S256", "nonce=", "state=", "scope=openid%20email%20profile",
                "redirect_uri=http://127.0.0.1:" + port + "/v2/auth/oidc/callback");
        var kept = browser.cookie("assay-oidc").orElseThrow();
        assertThat(browser.open(back).status()).isEqualTo(200);
        var verifier = PROVIDER.asked.stream().filter(one -> one.startsWith("token:code_verifier=")).findFirst().orElseThrow();
        assertThat(verifier).hasSizeGreaterThan(40);
        assertThat(kept).doesNotContain(verifier.substring(20));
        assertThat(browser.cookie("assay-oidc")).isEmpty();
    }

    @Test
    void theCookieOfABeginningIsForThisPathAloneAndUnderHttpsForThisHostAlone() {
        var plain = new Client(port).get("/v2/auth/oidc").header("set-cookie");
        assertThat(plain).contains("assay-oidc=", "; Path=/v2/auth/oidc;", "; Max-Age=600;", "; HttpOnly;", "SameSite=Lax");
        var secure = new Client(port, "X-Forwarded-Proto", "https", "X-Forwarded-Host", "assay.example.org").get("/v2/auth/oidc");
        assertThat(secure.header("set-cookie")).startsWith("__Host-assay-oidc=").contains("; Path=/;", "; Secure;", "SameSite=Lax");
        assertThat(secure.header("location")).contains("redirect_uri=https://assay.example.org/v2/auth/oidc/callback");
    }

    @ParameterizedTest
    @ValueSource(strings = {"signature", "iss", "aud", "another aud without azp", "azp", "nonce", "no nonce", "exp", "iat", "no sub"})
    void anIdTokenThatIsWrongInOnePlaceSignsNobodyIn(String wrong) {
        invite(bo, "member");
        PROVIDER.forges = wrong.equals("signature");
        PROVIDER.otherwise = claims -> {
            switch (wrong) {
                case "iss" -> claims.issuer("https://elsewhere.net");
                case "aud" -> claims.audience(List.of("another-client"));
                case "another aud without azp" -> claims.claims(all -> {
                    all.put("aud", List.of(OidcStandIn.CLIENT, "another-client"));
                    all.remove("azp");
                });
                case "azp" -> claims.claim("azp", "another-client");
                case "nonce" -> claims.claim("nonce", "of-another-sign-in");
                case "no nonce" -> claims.claims(all -> all.remove("nonce"));
                case "exp" -> claims.issuedAt(Instant.now().minusSeconds(7200)).expiresAt(Instant.now().minusSeconds(3600));
                case "iat" -> claims.issuedAt(Instant.now().plusSeconds(3600)).expiresAt(Instant.now().plusSeconds(7200));
                case "no sub" -> claims.claims(all -> all.remove("sub"));
                default -> { }
            }
        };
        var page = browser().signIn(bo);
        assertThat(page.status()).as(page.text()).isEqualTo(502);
        assertThat(page.text()).contains("did not stand the check");
        assertRefused(page);
        assertThat(jdbc.sql("select count(*) from gateway.sign_ins where key_id is null").query(Integer.class).single()).isZero();
    }

    @Test
    void aRightIdTokenIsTakenSoThatTheWrongOnesAreRefusedForWhatIsWrongInThem() {
        invite(bo, "member");
        PROVIDER.otherwise = claims -> claims.claim("azp", OidcStandIn.CLIENT);
        assertThat(browser().signIn(bo).status()).isEqualTo(200);
    }

    @Test
    void whatComesBackWithAnotherStateIsRefusedAndLeavesTheSignInThatIsUnderWay() {
        invite(bo, "member");
        var browser = browser();
        var back = browser.comesBack(bo, "/");
        var forged = browser.open(URI.create(back.toString().replaceFirst("state=[^&]+", "state=of-somebody-else")));
        assertThat(forged.status()).isEqualTo(400);
        assertThat(forged.text()).contains("not begun in this browser");
        assertRefused(forged);
        assertThat(browser.open(back).status()).isEqualTo(200);
    }

    @Test
    void whoeverHasTheLinkButNotTheCookieIsNotSignedIn() {
        invite(bo, "member");
        var back = browser().comesBack(bo, "/");
        var victim = browser();
        assertRefused(victim.open(back), 400, "not begun in this browser");
        victim.comesBack(bo, "/"); // has begun one of its own
        assertRefused(victim.open(back), 400, "not begun in this browser");
        var planted = new Client(port, "Cookie", "assay-oidc=of-somebody:c29tZWJvZHk=").get(back.getRawPath() + "?" + back.getRawQuery());
        assertThat(planted.status()).isEqualTo(400);
    }

    @Test
    void aCodeIsGoodOnce() {
        invite(bo, "member");
        var browser = browser();
        var back = browser.comesBack(bo, "/");
        var kept = "assay-oidc=" + browser.cookie("assay-oidc").orElseThrow();
        assertThat(browser.open(back).status()).isEqualTo(200);
        var again = new Client(port, "Cookie", kept).get(back.getRawPath() + "?" + back.getRawQuery());
        assertThat(again.status()).isEqualTo(400);
        assertThat(again.text()).contains("is over already");
        assertThat(traded()).as("the provider is not asked again").isEqualTo(1);
        assertThat(again.response().headers().allValues("set-cookie")).noneMatch(cookie -> cookie.startsWith("assay-sign-in"));
    }

    @Test
    void whoDeclinesAtTheProviderIsToldSo() {
        var browser = browser();
        var back = browser.comesBack(bo, "/");
        var declined = URI.create(back.toString().replaceFirst("code=[^&]+", "error=access_denied&error_description=<script>alert(1)</script>"
                .replace("<", "%3C").replace(">", "%3E")));
        assertRefused(browser.open(declined), 403, "was declined there");
        var another = browser();
        var odd = URI.create(another.comesBack(bo, "/").toString().replaceFirst("code=[^&]+", "error=%3Cscript%3E"));
        assertThat(another.open(odd).text()).doesNotContain("<script");
    }

    @Test
    void aProviderThatIsAwayIsSaidInWords() {
        invite(bo, "member");
        var browser = browser();
        var back = browser.comesBack(bo, "/");
        PROVIDER.away = true;
        var page = browser.open(back);
        assertRefused(page, 503, "does not answer just now");
        assertThat(page.header("retry-after")).isNotEmpty();
        providerIsUnknown();
        assertRefused(browser().open("/v2/auth/oidc"), 503, "does not answer just now");
        var elsewhere = browser();
        PROVIDER.away = false;
        providerIsUnknown();
        var late = elsewhere.comesBack(bo, "/");
        PROVIDER.away = true;
        providerIsUnknown();
        assertRefused(elsewhere.open(late), 503, "does not answer just now");
        PROVIDER.away = false;
        providerIsUnknown();
        assertThat(browser().signIn(bo).status()).isEqualTo(200);
    }

    @Test
    void aProviderThatTakesTooLongIsNotWaitedFor() {
        invite(bo, "member");
        var browser = browser();
        var back = browser.comesBack(bo, "/");
        PROVIDER.until = new CountDownLatch(1);
        try {
            assertRefused(browser.open(back), 503, "does not answer just now");
        } finally {
            PROVIDER.until.countDown();
        }
    }

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

    @Test
    void theSignInOfBeforeEndsWithTheNewOne() {
        invite(bo, "member");
        var browser = browser();
        assertThat(browser.signIn(bo).status()).isEqualTo(200);
        var before = browser.cookie("assay-sign-in").orElseThrow();
        assertThat(browser.open(browser.comesBackAgain()).status()).isEqualTo(200);
        assertThat(browser.cookie("assay-sign-in").orElseThrow()).isNotEqualTo(before);
        assertThat(audited()).endsWith("session.open", "session.open", "session.close");
        assertThat(new Client(port, "Cookie", "assay-sign-in=" + before).get("/v2/auth/me").status()).isEqualTo(401);
    }

    @Test
    void neitherTokensNorSecretsAreInTheLogOrInWhatBrowsersSee(CapturedOutput log) {
        invite(bo, "member");
        var seen = new StringBuilder();
        var browser = browser();
        var back = browser.comesBack(bo, "/");
        seen.append(page(browser.open(back)));
        PROVIDER.forges = true;
        seen.append(page(browser().signIn(bo)));
        PROVIDER.forges = false;
        PROVIDER.otherwise = claims -> claims.claim("nonce", "of-another-sign-in");
        seen.append(page(browser().signIn(bo)));
        var secrets = Stream.concat(
                        Stream.of(OidcStandIn.SECRET, back.getQuery().replaceFirst(".*code=([^&]+).*", "$1")),
                        Stream.concat(
                                PROVIDER.gave.stream(),
                                PROVIDER.asked.stream().filter(one -> one.matches("token:(code|code_verifier)=.*")).map(one -> one.split("=", 2)[1])))
                .collect(Collectors.toSet());
        assertThat(secrets).hasSizeGreaterThan(5);
        assertThat(secrets).noneMatch(secret -> log.getAll().contains(secret) || seen.indexOf(secret) >= 0);
        assertThat(log.getAll()).contains("nobody was signed in with the provider");
    }

    @ParameterizedTest
    @CsvSource({"POST, /v2/auth/oidc", "POST, /v2/auth/oidc/callback", "GET, /v2/auth/oidc/other", "GET, /v2/auth/oidc/callback/x",
        "GET, /login", "GET, /login/oauth2/code/oidc", "GET, /oauth2/authorization/oidc", "GET, /logout"})
    void thereIsNoOtherDoor(String method, String path) {
        assertThat(new Client(port).send(method, path, java.net.http.HttpRequest.BodyPublishers.noBody()).status()).isIn(401, 404, 405);
    }

    @Test
    void everybodyMayAskHowOneSignsIn() {
        var ways = new Client(port).get("/v2/auth/ways");
        assertThat(ways.status()).isEqualTo(200);
        assertThat(ways.json().path("key").asBoolean()).isTrue();
        assertThat(ways.json().path("oidc").path("name").asString()).isEqualTo("Example");
        assertThat(ways.json().path("oidc").path("path").asString()).isEqualTo("/v2/auth/oidc");
    }

    private static long traded() {
        return PROVIDER.asked.stream().filter(one -> one.startsWith("token:code=")).count();
    }

    /** As a replica that has not asked the provider yet. */
    private void providerIsUnknown() {
        ReflectionTestUtils.setField(provider, "known", null);
        ReflectionTestUtils.setField(provider, "failure", null);
    }

    private static String page(Page page) {
        return page.text() + page.answer().headers().map();
    }

    private void knows(String subject, String email, boolean verified) {
        PROVIDER.knows(subject, Map.of("email", email, "email_verified", verified, "name", subject));
    }

    private void invite(String name, String role) {
        var answer = admin.post(MEMBERS, "{\"email\": \"" + name + "@elsewhere.net\", \"role\": \"" + role + "\"}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    }

    private JsonNode member(String name) {
        return admin.get(MEMBERS).json().path("items").valueStream()
                .filter(item -> item.path("email").asString("").equals(name + "@elsewhere.net")).findFirst().orElseThrow();
    }

    private List<String> audited() {
        return audited(team);
    }

    private List<String> audited(String team) {
        return jdbc.sql("select a.action from gateway.audit a join gateway.teams t on t.id = a.team_id where t.name = ? order by a.id").param(team)
                .query(String.class).list();
    }

    private void assertRefused(Page page, int status, String words) {
        assertThat(page.status()).as(page.text()).isEqualTo(status);
        assertThat(page.text()).contains(words);
        assertRefused(page);
    }

    private void assertRefused(Page page) {
        assertThat(page.header("content-type")).startsWith("text/html");
        assertThat(page.answer().headers().allValues("set-cookie")).noneMatch(cookie -> cookie.startsWith("assay-sign-in"));
    }

    private BrowserOfTests browser() {
        return new BrowserOfTests(port);
    }

    private static JsonNode json(java.net.http.HttpResponse<String> answer) {
        return JsonMapper.shared().readTree(answer.body());
    }
}
