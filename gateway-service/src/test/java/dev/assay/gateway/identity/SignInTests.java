// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.gateway.Client;
import dev.assay.gateway.Client.Answer;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A browser signs in with a key and from then on holds a cookie: what it opens, what it does not, and when it ends. */
@GatewayTest
class SignInTests {

    private static final String SUBMIT = "/v2/rollouts/submit";
    private static final String SESSION = "/v2/auth/session";

    @LocalServerPort
    int port;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    SignIns signIns;

    Client anybody;
    String key;

    @BeforeEach
    void clean() {
        FakeServices.reset();
        anybody = new Client(port);
        key = anybody.newKey("browsers", "ada").path("key").asString();
    }

    @Test
    void theCookieIsForThisOriginAloneAndForNoScript() {
        var answer = signIn(ourPage(), key);
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.header("set-cookie")).matches(
                "assay-sign-in=asn_[A-Za-z0-9_-]{43}; Path=/; Max-Age=43200; Expires=[^;]+; HttpOnly; SameSite=Strict");
        assertThat(answer.header("cache-control")).isEqualTo("no-store");
        assertThat(answer.text()).doesNotContain(key).doesNotContain("asn_");
    }

    @Test
    void underHttpsTheCookieIsSecureAndNobodyElseOnTheDomainCanSetIt() {
        var https = anybody.with("X-Requested-With", "tests", "Origin", "https://assay.example.org",
                "X-Forwarded-Proto", "https", "X-Forwarded-Host", "assay.example.org");
        var cookie = signIn(https, key).header("set-cookie");
        assertThat(cookie).startsWith("__Host-assay-sign-in=asn_").contains("; Path=/;", "; Secure;", "; HttpOnly;", "SameSite=Strict");
        var forwarded = new String[] {"X-Forwarded-Proto", "https", "X-Forwarded-Host", "assay.example.org"};
        assertThat(with(forwarded, "Cookie", pair(cookie)).get("/v2/auth/me").status()).isEqualTo(200);
        var tossed = pair(cookie).replace("__Host-", "");
        assertThat(with(forwarded, "Cookie", tossed).get("/v2/auth/me").status()).isEqualTo(401);
    }

    @Test
    void aSignedInBrowserIsWhoeverHoldsTheKey() {
        var me = browser(key).get("/v2/auth/me");
        assertThat(me.status()).isEqualTo(200);
        assertThat(me.json().path("team").asString()).isEqualTo("browsers");
        assertThat(browser(key).get("/v2/jobs").status()).isEqualTo(200);
        assertThat(FakeServices.JOB.last().header("cookie")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ask_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "nonsense", "the-operator-of-these-tests", "ark_a.b.c"})
    void whatIsNoKeySignsNobodyIn(String wrong) {
        var refused = signIn(ourPage(), wrong);
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.detail()).contains("not valid here");
        assertThat(refused.header("set-cookie")).isNull();
    }

    @Test
    void aFormWithoutAKeySaysSo() {
        assertThat(ourPage().post(SESSION, "{}").detail()).isEqualTo("key: required");
        assertThat(ourPage().post(SESSION, "{\"key\": \" \"}").detail()).isEqualTo("key: required");
        assertThat(ourPage().post(SESSION, "nonsense").status()).isEqualTo(400);
        assertThat(ourPage().post(SESSION, "{\"key\": \"a\\u0000b\"}").status()).isEqualTo(401);
    }

    @Test
    void neitherKeyNorTokenIsStored() {
        var token = pair(signIn(ourPage(), key).header("set-cookie")).split("=")[1];
        var rows = jdbc.sql("select sign_ins::text from gateway.sign_ins").query(String.class).list();
        assertThat(rows).isNotEmpty().noneMatch(row -> row.contains(token) || row.contains(key));
    }

    @Test
    void aPageOfAnotherOriginSignsNobodyIn() {
        var body = "{\"key\": \"" + key + "\"}";
        assertThat(signIn(anybody.with("X-Requested-With", "x", "Origin", "https://evil.example"), key).status()).isEqualTo(403);
        assertThat(signIn(anybody.with("X-Requested-With", "x", "Origin", "null"), key).status()).isEqualTo(403);
        assertThat(signIn(anybody.with("Origin", origin()), key).status()).isEqualTo(403);
        assertThat(anybody.with("Origin", "https://evil.example").send("POST", SESSION, BodyPublishers.ofString(body), "Content-Type",
                "text/plain").status()).isIn(403, 415);
        assertThat(ourPage().send("POST", SESSION, BodyPublishers.ofString(body), "Content-Type", "text/plain").status()).isEqualTo(415);
        assertThat(ourPage().send("POST", SESSION, BodyPublishers.ofString("key=" + key), "Content-Type",
                "application/x-www-form-urlencoded").status()).isEqualTo(415);
        assertThat(ourPage().get(SESSION + "?key=" + key).status()).isIn(401, 405);
    }

    @ParameterizedTest(name = "{0} {1} from {2} ({3})")
    @CsvSource(nullValues = "-", value = {
        "POST,   /v2/rollouts/submit, https://evil.example, -",
        "POST,   /v2/rollouts/submit, null,                 -",
        "POST,   /v2/rollouts/submit, ours,                 cross-site",
        "POST,   /v2/rollouts/submit, ours,                 same-site",
        "POST,   /v2/rollouts/submit, http://127.0.0.1:1,   same-site",
        "POST,   /v2/rollouts/submit, not a URL,            -",
        "PUT,    /v2/models/x/head,   https://evil.example, -",
        "PATCH,  /v2/models/x,        https://evil.example, -",
        "DELETE, /v2/registry/x/variables/y, https://evil.example, -",
        "DELETE, /v2/keys/x,          https://evil.example, -",
        "DELETE, /v2/auth/session,    https://evil.example, -",
    })
    void anotherSitesPageChangesNothingWithTheCookie(String method, String path, String origin, String site) {
        var headers = new ArrayList<>(List.of("Cookie", cookie(key), "X-Requested-With", "x", "Content-Type", "application/json"));
        if (origin != null) {
            headers.addAll(List.of("Origin", origin.equals("ours") ? origin() : origin));
        }
        if (site != null) {
            headers.addAll(List.of("Sec-Fetch-Site", site));
        }
        var refused = anybody.with(headers.toArray(String[]::new)).send(method, path, BodyPublishers.ofString("{}"));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.detail()).contains("another origin");
        assertThat(FakeServices.JOB.seen).isEmpty();
        assertThat(FakeServices.TRAINING.seen).isEmpty();
        assertThat(FakeServices.ENVIRONMENT.seen).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"})
    void whatAFormCanSendLacksTheHeader(String type) {
        var refused = anybody.with("Cookie", cookie(key), "Content-Type", type).send("POST", SUBMIT, BodyPublishers.ofString("{}"));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.detail()).contains("X-Requested-With");
        assertThat(FakeServices.JOB.seen).isEmpty();
    }

    @Test
    void ourOwnPagesChangeThings() {
        assertThat(browser(key).post(SUBMIT, "{}").status()).isEqualTo(200);
        assertThat(FakeServices.JOB.last().header("authorization")).startsWith("Bearer ");
    }

    @Test
    void nobodyIsGivenLeaveToAskFromElsewhere() {
        var asked = anybody.with("Origin", "https://evil.example", "Access-Control-Request-Method", "POST",
                "Access-Control-Request-Headers", "x-requested-with").send("OPTIONS", SESSION, BodyPublishers.noBody());
        assertThat(asked.header("access-control-allow-origin")).isNull();
        asked = anybody.with("Origin", "https://evil.example", "Access-Control-Request-Method", "POST")
                .send("OPTIONS", SUBMIT, BodyPublishers.noBody());
        assertThat(asked.header("access-control-allow-origin")).isNull();
    }

    @Test
    void aKeyInTheRequestGoesFirstAndNeedsNoHeader() {
        var other = anybody.newKey("others", "bo").path("key").asString();
        var both = anybody.with("Cookie", cookie(key), "Authorization", "Bearer " + other, "Origin", "https://evil.example");
        assertThat(both.get("/v2/auth/me").json().path("team").asString()).isEqualTo("others");
        assertThat(both.post(SUBMIT, "{}").status()).isEqualTo(200);
        var wrong = anybody.with("Cookie", cookie(key), "Authorization", "Bearer ask_wrong");
        assertThat(wrong.get("/v2/auth/me").status()).isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /inference/models", "POST, /inference/chat/completions", "POST, /runtime/sessions",
        "POST, /telemetry/v3/api/trace/0f8fad5bd9cb469fa16570867728950e/telemetry-upload", "POST, /v2/admin/keys"
    })
    void theCookieOpensNothingWhereBrowsersHaveNoBusiness(String method, String path) {
        var refused = browser(key).send(method, path, BodyPublishers.ofString("{}"));
        assertThat(refused.status()).isEqualTo(401);
        assertThat(FakeServices.JOB.seen).isEmpty();
        assertThat(FakeServices.TRACE.seen).isEmpty();
        assertThat(FakeServices.TRAINING.seen).isEmpty();
    }

    @Test
    void theCookieOpensWhatDescribesTheApi() {
        assertThat(browser(key).get("/v3/api-docs").status()).isEqualTo(200);
        assertThat(ourPage().get("/v3/api-docs").status()).isEqualTo(401);
    }

    @Test
    void theTokenIsNoKey() {
        var token = cookie(key).split("=")[1];
        assertThat(anybody.bearer(token).get("/v2/auth/me").status()).isEqualTo(401);
        assertThat(signIn(ourPage(), token).status()).isEqualTo(401);
        assertThat(anybody.with("Cookie", "assay-sign-in=" + key).get("/v2/auth/me").status()).isEqualTo(401);
    }

    @Test
    void whoeverSignsOutLeavesACookieThatOpensNothing() {
        var browser = browser(key);
        assertThat(browser.get("/v2/auth/me").status()).isEqualTo(200);
        var out = browser.delete(SESSION);
        assertThat(out.status()).isEqualTo(204);
        assertThat(out.header("set-cookie")).startsWith("assay-sign-in=; Path=/; Max-Age=0;");
        var refused = browser.get("/v2/auth/me");
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.detail()).contains("Sign in again");
        assertThat(browser.delete(SESSION).status()).isEqualTo(204);
        assertThat(ourPage().delete(SESSION).status()).isEqualTo(204);
    }

    @Test
    void twoBrowsersOfOneKeySignOutEachForItself() {
        var one = browser(key);
        var other = browser(key);
        assertThat(one.delete(SESSION).status()).isEqualTo(204);
        assertThat(one.get("/v2/auth/me").status()).isEqualTo(401);
        assertThat(other.get("/v2/auth/me").status()).isEqualTo(200);
        assertThat(anybody.bearer(key).get("/v2/auth/me").status()).isEqualTo(200);
    }

    @Test
    void signingInMakesANewTokenAndEndsTheOneThatTheBrowserHeld() {
        var before = cookie(key);
        var other = anybody.newKey("others", "bo").path("key").asString();
        var after = pair(signIn(ourPage("Cookie", before), other).header("set-cookie"));
        assertThat(after).isNotEqualTo(before);
        assertThat(anybody.with("Cookie", before).get("/v2/auth/me").status()).isEqualTo(401);
        assertThat(jdbc.sql("select action || ' ' || t.name from gateway.audit a join gateway.teams t on t.id = a.team_id"
                        + " order by a.id desc limit 2")
                .query(String.class).list()).containsExactly("session.open others", "session.close browsers");
        assertThat(anybody.with("Cookie", after).get("/v2/auth/me").json().path("team").asString()).isEqualTo("others");
        var chosen = "assay-sign-in=asn_" + "x".repeat(43);
        assertThat(pair(signIn(ourPage("Cookie", chosen), key).header("set-cookie"))).isNotEqualTo(chosen);
        assertThat(anybody.with("Cookie", chosen).get("/v2/auth/me").status()).isEqualTo(401);
    }

    @Test
    void aRefusedSignInLeavesTheOldOneAlone() {
        var before = cookie(key);
        assertThat(signIn(ourPage("Cookie", before), "ask_wrong").status()).isEqualTo(401);
        assertThat(anybody.with("Cookie", before).get("/v2/auth/me").status()).isEqualTo(200);
    }

    @Test
    void revokingTheKeySignsItsBrowsersOut() {
        var doomed = anybody.newKey("browsers", "leaver");
        var browser = browser(doomed.path("key").asString());
        assertThat(browser.get("/v2/auth/me").status()).isEqualTo(200);
        assertThat(anybody.bearer(key).delete("/v2/keys/" + doomed.path("id").asString()).status()).isEqualTo(204);
        await().until(() -> browser.get("/v2/auth/me").status() == 401);
        assertThat(signIn(ourPage(), doomed.path("key").asString()).status()).isEqualTo(401);
    }

    @Test
    void aKeyThatALaterReleaseNarrowedOpensNothingAndHarmsNobodyElse() {
        var later = anybody.newKey("browsers", "later");
        var browser = browser(later.path("key").asString());
        jdbc.sql("alter table gateway.api_keys drop constraint api_keys_scopes_check").update();
        try {
            jdbc.sql("update gateway.api_keys set scopes = '{later}' where id = ?::uuid").param(later.path("id").asString()).update();
            await().until(() -> browser.get("/v2/auth/me").status() == 401);
        } finally {
            jdbc.sql("update gateway.api_keys set scopes = '{}' where scopes = '{later}'").update();
            jdbc.sql("alter table gateway.api_keys add constraint api_keys_scopes_check"
                    + " check (scopes <@ '{models,telemetry,read,write,admin}')").update();
        }
    }

    @Test
    void aSignInRunsOut() {
        var browser = browser(key);
        assertThat(browser.get("/v2/auth/me").status()).isEqualTo(200);
        jdbc.sql("update gateway.sign_ins set expires_at = created_at").update();
        await().until(() -> browser.get("/v2/auth/me").status() == 401);
        var other = browser(key);
        signIns.sweep();
        assertThat(jdbc.sql("select count(*) from gateway.sign_ins where expires_at = created_at").query(Integer.class).single()).isZero();
        assertThat(other.get("/v2/auth/me").status()).isEqualTo(200);
    }

    @Test
    void aKeyHasABoundedNumberOfBrowsers() {
        var mine = anybody.newKey("browsers", "restless");
        var first = browser(mine.path("key").asString());
        for (int i = 0; i < SignIns.MOST_PER_KEY; i++) {
            cookie(mine.path("key").asString());
        }
        assertThat(jdbc.sql("select count(*) from gateway.sign_ins where key_id = ?::uuid").param(mine.path("id").asString())
                .query(Integer.class).single()).isEqualTo(SignIns.MOST_PER_KEY);
        assertThat(first.get("/v2/auth/me").status()).isEqualTo(401);
    }

    private Answer signIn(Client from, String key) {
        return from.post(SESSION, "{\"key\": \"" + key + "\"}");
    }

    private String cookie(String key) {
        var answer = signIn(ourPage(), key);
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return pair(answer.header("set-cookie"));
    }

    /** A browser with a cookie, as our own pages ask. */
    private Client browser(String key) {
        return ourPage("Cookie", cookie(key));
    }

    private Client ourPage(String... more) {
        return with(new String[] {"X-Requested-With", "console", "Origin", origin(), "Sec-Fetch-Site", "same-origin"}, more);
    }

    private Client with(String[] headers, String... more) {
        var all = new ArrayList<>(List.of(headers));
        all.addAll(List.of(more));
        return anybody.with(all.toArray(String[]::new));
    }

    private String origin() {
        return "http://127.0.0.1:" + port;
    }

    private static String pair(String setCookie) {
        return setCookie.substring(0, setCookie.indexOf(';'));
    }
}
