// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.gateway.Client;
import dev.assay.testsupport.OidcStandIn;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A browser signs in with a real authorization server: what is asked, and what is not believed. */
@ExtendWith(OutputCaptureExtension.class)
class OidcTests extends WithProvider {

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
}
