// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.gateway.Client;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The provider is asked again whether those whom it signed in are still there. */
@ExtendWith(OutputCaptureExtension.class)
class RenewalTests extends WithProvider {

    private static final String ME = "/v2/auth/me";

    @Autowired
    Renewals renewals;

    BrowserOfTests browser;

    @BeforeEach
    void boIsInvited() {
        invite(bo, "member");
        browser = browser();
    }

    @Test
    void whoeverIsStillThereStaysSignedInByATokenThatIsGoodOnce() {
        signIn();
        var before = sealed();
        jdbc.sql("update gateway.sign_ins set expires_at = now() + interval '1 minute' where key_id is null").update();
        for (var times = 0; times < 2; times++) {
            askNow();
            assertThat(renewals()).hasSize(times + 1);
        }
        assertThat(renewals()).doesNotHaveDuplicates();
        assertThat(sealed()).isNotEqualTo(before);
        assertThat(count("key_id is null and expires_at > now() + interval '50 minutes' and ask_at > now() + interval '5 minutes'"
                + " and expires_at <= ends_at")).isEqualTo(1);
        assertThat(browser.send("GET", ME, "").statusCode()).isEqualTo(200);
    }

    @Test
    void whoeverIsDisabledAtTheProviderIsSignedOutEverywhere() {
        signIn();
        var another = browser();
        assertThat(another.signIn(bo).status()).isEqualTo(200);
        var colleague = browser();
        invite("ada", "member");
        knows("ada", "ada@elsewhere.net", true);
        assertThat(colleague.signIn("ada").status()).isEqualTo(200);
        PROVIDER.forgets(bo);
        askNow();
        for (var ended : List.of(browser, another)) {
            await().until(() -> ended.send("GET", ME, "").statusCode() == 401);
        }
        assertThat(colleague.send("GET", ME, "").statusCode()).isEqualTo(200);
        assertThat(audited()).filteredOn("session.close"::equals).hasSize(2);
    }

    /** OAuth wants 400. */
    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void aNoIsHeardWithWhicheverStatusItIsSaid(int status) {
        signIn();
        PROVIDER.no = status;
        PROVIDER.forgets(bo);
        askNow();
        await().until(() -> browser.send("GET", ME, "").statusCode() == 401);
    }

    @Test
    void aNoAfterAnAnswerThatNobodyHeardEndsNoSignInBeforeItsTime() {
        signIn();
        PROVIDER.away = true;
        askNow();
        await().until(() -> count("in_doubt") == 1);
        PROVIDER.away = false;
        PROVIDER.forgets(bo); // it may as well have given another token then
        askNow();
        assertThat(browser.send("GET", ME, "").statusCode()).isEqualTo(200);
        assertThat(count("key_id is null and renewal is null and ask_at is null")).isEqualTo(1);
    }

    @Test
    void anAnswerFindsTheBrowserThatIsJustGoingElsewhere() throws Exception {
        signIn();
        var before = sealed();
        PROVIDER.asked.clear();
        PROVIDER.until = new CountDownLatch(1);
        due();
        var asking = Thread.ofVirtual().start(renewals::ask);
        await().until(() -> renewals().size() == 1);
        transactions.executeWithoutResult(transaction -> {
            jdbc.sql("""
                            with gone as (delete from gateway.sign_ins where renewal is not null returning *)
                            insert into gateway.sign_ins (hash, user_id, created_at, expires_at, ends_at, renewal, ask_at, in_doubt)
                            select decode(md5('elsewhere'), 'hex'), user_id, created_at, expires_at, ends_at, renewal, ask_at, in_doubt from gone
                            """)
                    .update();
            PROVIDER.until.countDown();
            await().until(() -> jdbc.sql("select count(*) from pg_locks where not granted").query(Integer.class).single() > 0);
        });
        asking.join();
        await().until(() -> count("in_doubt") == 0);
        assertThat(sealed()).isNotEqualTo(before);
    }

    @Test
    void aProviderThatIsAwayEndsNoSignInUntilItsTimeIsOver(CapturedOutput log) {
        signIn();
        PROVIDER.away = true;
        askNow();
        assertThat(browser.send("GET", ME, "").statusCode()).isEqualTo(200);
        await().until(() -> log.getAll().contains("does not say whether somebody is still there"));
        PROVIDER.away = false;
        askNow();
        assertThat(browser.send("GET", ME, "").statusCode()).isEqualTo(200);
        jdbc.sql("update gateway.sign_ins set expires_at = now() where key_id is null").update();
        await().until(() -> browser.send("GET", ME, "").statusCode() == 401);
        askNow();
        assertThat(browser.send("GET", ME, "").statusCode()).isEqualTo(401);
    }

    @Test
    void whereTheProviderGivesNothingToAskWithASignInStandsForAnHour() {
        PROVIDER.renews = false;
        var page = browser.signIn(bo);
        assertThat(page.answer().headers().allValues("set-cookie")).anySatisfy(cookie -> assertThat(cookie)
                .startsWith("assay-sign-in=asn_").containsPattern("Max-Age=3[56][0-9]{2};"));
        assertThat(count("key_id is null and ask_at is null and renewal is null and expires_at < now() + interval '61 minutes'")).isEqualTo(1);
        askNow();
        assertThat(renewals()).isEmpty();
        assertThat(browser.send("GET", ME, "").statusCode()).isEqualTo(200);
    }

    @Test
    void whoGoesIntoAnotherTeamIsAskedForThereToo() {
        signIn();
        var others = new Client(port).ofTeam("others " + UUID.randomUUID());
        assertThat(others.post(MEMBERS, "{\"email\": \"" + bo + "@elsewhere.net\", \"role\": \"viewer\"}").status()).isEqualTo(201);
        assertThat(browser.open(browser.comesBackAgain()).status()).isEqualTo(200);
        var there = others.get(ME).json().path("team_id").asString();
        assertThat(browser.send("POST", "/v2/auth/team", "{\"team_id\": \"" + there + "\"}").statusCode()).isEqualTo(200);
        askNow();
        assertThat(browser.send("GET", ME, "").statusCode()).isEqualTo(200);
        PROVIDER.forgets(bo);
        askNow();
        await().until(() -> browser.send("GET", ME, "").statusCode() == 401);
    }

    @Test
    void whileItIsBeingAskedNobodyElseAsksAndWhoeverGoesToAnotherTeamMeanwhileTakesTheAnswerAlong() throws Exception {
        signIn();
        var others = new Client(port).ofTeam("others " + UUID.randomUUID());
        assertThat(others.post(MEMBERS, "{\"email\": \"" + bo + "@elsewhere.net\", \"role\": \"viewer\"}").status()).isEqualTo(201);
        assertThat(browser.open(browser.comesBackAgain()).status()).isEqualTo(200);
        var there = others.get(ME).json().path("team_id").asString();
        PROVIDER.asked.clear();
        PROVIDER.until = new CountDownLatch(1);
        due();
        var asking = Thread.ofVirtual().start(renewals::ask);
        await().until(() -> renewals().size() == 1);
        renewals.ask();
        assertThat(browser.send("POST", "/v2/auth/team", "{\"team_id\": \"" + there + "\"}").statusCode()).isEqualTo(200);
        PROVIDER.until.countDown();
        asking.join();
        assertThat(renewals()).hasSize(1);
        PROVIDER.until = null;
        askNow();
        assertThat(renewals()).hasSize(2);
        assertThat(browser.send("GET", ME, "").statusCode()).isEqualTo(200);
    }

    @Test
    void theTokenIsNotReadableInTheDatabaseAndStandsInNoLog(CapturedOutput log) {
        signIn();
        var given = PROVIDER.gave.stream().filter(token -> !token.contains(".")).toList();
        assertThat(given).hasSize(1);
        askNow();
        PROVIDER.away = true;
        askNow();
        assertThat(sealed()).doesNotContain(given.getFirst());
        assertThat(log.getAll()).doesNotContain(given.getFirst());
    }

    private void signIn() {
        assertThat(browser.signIn(bo).status()).isEqualTo(200);
        assertThat(sealed()).contains(":");
    }

    private String sealed() {
        return jdbc.sql("select renewal from gateway.sign_ins where key_id is null order by created_at limit 1").query(String.class).single();
    }

    /** The refresh tokens that the provider was shown. */
    private static List<String> renewals() {
        return PROVIDER.asked.stream().filter(one -> one.startsWith("token:refresh_token=")).toList();
    }

    private void due() {
        jdbc.sql("update gateway.sign_ins set ask_at = now() - interval '1 second' where renewal is not null").update();
    }

    /** The sweep may be faster, and is waited for: what nobody has heard an answer to is in doubt. */
    private void askNow() {
        due();
        renewals.ask();
        await().until(() -> count("ask_at <= now() and expires_at > now()") == 0
                && (PROVIDER.away || count("in_doubt and renewal is not null") == 0));
    }

    private int count(String which) {
        return jdbc.sql("select count(*) from gateway.sign_ins where " + which).query(Integer.class).single();
    }
}
