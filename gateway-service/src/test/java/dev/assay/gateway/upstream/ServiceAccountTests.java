// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jwt.SignedJWT;
import dev.assay.gateway.wire.Connections.Got;
import dev.assay.kit.problem.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A service account of Google's and its tokens. */
class ServiceAccountTests {

    private static final KeyPair KEYS = keys(2048);
    private static final Instant THEN = Instant.parse("2026-11-26T12:00:00Z");

    private final AtomicLong nanos = new AtomicLong();
    private final List<Map<String, String>> asked = new CopyOnWriteArrayList<>();

    static String json(String members) {
        return json(KEYS, members);
    }

    private static String json(KeyPair keys, String members) {
        var pem = "-----BEGIN PRIVATE KEY-----\\n" + Base64.getEncoder().encodeToString(keys.getPrivate().getEncoded()) + "\\n-----END PRIVATE KEY-----\\n";
        return """
                {"type": "service_account", "project_id": "our-project", "private_key_id": "k1", "private_key": "%s",
                 "client_email": "assay@our-project.iam.gserviceaccount.com"%s}""".formatted(pem, members);
    }

    private static KeyPair keys(int bits) {
        try {
            var keys = KeyPairGenerator.getInstance("RSA");
            keys.initialize(bits);
            return keys.generateKeyPair();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static Got token(String text, int life) {
        return new Got(200, "{\"access_token\": \"%s\", \"expires_in\": %d}".formatted(text, life).getBytes(StandardCharsets.UTF_8));
    }

    private AccessTokens tokens(AccessTokens.Source source) {
        return new AccessTokens(
                ServiceAccount.read(json("")),
                form -> {
                    asked.add(form);
                    return source.ask(form);
                },
                Clock.fixed(THEN, ZoneOffset.UTC), nanos::get);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void whatItSignsSaysWhoAsksWhomForHowLong() throws Exception {
        var form = ServiceAccount.read(json("")).grant(THEN);
        assertThat(form).containsEntry("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
        var jwt = SignedJWT.parse(form.get("assertion"));
        assertThat(jwt.verify(new RSASSAVerifier((RSAPublicKey) KEYS.getPublic()))).isTrue();
        assertThat(jwt.getHeader().toJSONObject()).as("as Google's own client says it")
                .containsExactlyInAnyOrderEntriesOf(Map.of("alg", "RS256", "typ", "JWT", "kid", "k1"));
        assertThat(jwt.getJWTClaimsSet().getClaims().keySet()).containsExactlyInAnyOrder("iat", "exp", "iss", "aud", "scope");
        var claims = jwt.getJWTClaimsSet();
        assertThat(claims.getIssuer()).isEqualTo("assay@our-project.iam.gserviceaccount.com");
        assertThat(claims.getAudience()).containsExactly("https://oauth2.googleapis.com/token");
        assertThat(claims.getExpirationTime().toInstant()).isEqualTo(THEN.plus(Duration.ofHours(1)));
        assertThat(claims.getStringClaim("scope")).endsWith("/auth/cloud-platform");
    }

    @Test
    void aTokenIsKeptAndRenewedBeforeItEnds() throws Exception {
        var tokens = tokens(form -> token("t" + asked.size(), 3600));
        assertThat(tokens.get()).isEqualTo("t1");
        pass(Duration.ofMinutes(54));
        assertThat(tokens.get()).isEqualTo("t1");
        pass(Duration.ofMinutes(2));
        assertThat(tokens.get()).isEqualTo("t2");
        assertThat(asked).hasSize(2);
    }

    @Test
    void whereItCannotBeRenewedTheOldOneIsUsedAsLongAsItIsGoodAndNotAskedAgainAtOnce() throws Exception {
        var tokens = tokens(form -> {
            if (asked.size() == 1) {
                return token("t1", 3600);
            }
            throw new IOException("away");
        });
        tokens.get();
        pass(Duration.ofMinutes(56));
        assertThat(tokens.get()).isEqualTo("t1");
        assertThat(tokens.get()).isEqualTo("t1");
        assertThat(asked).hasSize(2);
        pass(Duration.ofMinutes(5));
        assertThatThrownBy(tokens::get).isInstanceOf(IOException.class);
        assertThatThrownBy(tokens::get).isInstanceOf(IOException.class);
        assertThat(asked).hasSize(3);
        pass(Duration.ofSeconds(6));
        assertThatThrownBy(tokens::get).isInstanceOf(IOException.class);
        assertThat(asked).hasSize(4);
    }

    @Test
    void manyCallsAskForOneToken() throws Exception {
        var answer = new CountDownLatch(1);
        var tokens = tokens(form -> {
            try {
                answer.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return token("t", 3600);
        });
        var got = new CopyOnWriteArrayList<String>();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 20; i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    got.add(tokens.get());
                } catch (IOException e) {
                    got.add("failed");
                }
            }));
        }
        await().until(() -> !asked.isEmpty());
        answer.countDown();
        for (var thread : threads) {
            thread.join();
        }
        assertThat(got).hasSize(20).containsOnly("t");
        assertThat(asked).hasSize(1);
    }

    @Test
    void whatIsNoTokenIsNone() {
        for (var answer : List.of(new Got(401, new byte[0]), new Got(200, "<html>".getBytes(StandardCharsets.UTF_8)), token("", 3600), token("a\\r\\nb", 60))) {
            assertThatThrownBy(() -> tokens(form -> answer).get()).isInstanceOf(AccessTokens.RefusedException.class);
        }
    }

    @Test
    void whoIsBusyOrBrokenIsAwayAndHasRefusedNothing() {
        for (var status : List.of(429, 500, 503)) {
            assertThatThrownBy(() -> tokens(form -> new Got(status, new byte[0])).get())
                    .isInstanceOf(IOException.class).isNotInstanceOf(AccessTokens.RefusedException.class);
        }
    }

    @Test
    void aKeyThatIsTooShortToSignIsRefusedAtOnce() {
        assertThatThrownBy(() -> ServiceAccount.compact(json(keys(1024), ""), 8000))
                .isInstanceOf(Problem.class).hasMessageContaining("credential:").hasMessageContaining("fewer than 2048 bits");
    }

    @Test
    void aTeamsAccountAsksGoogleAndNobodyElse() {
        assertThat(ServiceAccount.read(json("")).asksGoogle()).isTrue();
        for (var uri : List.of("https://evil.example/token", "http://oauth2.googleapis.com/token", "https://oauth2.googleapis.com:8443/token",
                "https://oauth2.googleapis.com.evil.example/token", "https://127.0.0.1/token")) {
            assertThat(ServiceAccount.read(json(", \"token_uri\": \"" + uri + "\"")).asksGoogle()).as(uri).isFalse();
        }
    }

    @Test
    void whatIsNoAccountIsRefusedAndNotQuoted() {
        for (var bad : List.of("{", "{}", json("").replace("service_account", "authorized_user"), json("").replace("BEGIN PRIVATE KEY-----\\n", "BEGIN PRIVATE KEY-----\\nAAAA"),
                json("").replace("our-project\"", "../x\""), json(", \"token_uri\": \"https://user:pass@host/\""))) {
            assertThatThrownBy(() -> ServiceAccount.compact(bad, 8000)).isInstanceOf(Problem.class).hasMessageContaining("credential:")
                    .message().doesNotContain("AAAA", "user:pass");
        }
        assertThat(ServiceAccount.compact(json(", \"more\": 1"), 8000)).doesNotContain("more").contains("our-project");
    }

    @Test
    void itsModelsAreInItsProjectAndRegion() {
        var account = ServiceAccount.read(json(""));
        assertThat(account.base("global")).isEqualTo("https://aiplatform.googleapis.com/v1/projects/our-project/locations/global/publishers/google");
        assertThat(account.base("europe-west4"))
                .isEqualTo("https://europe-west4-aiplatform.googleapis.com/v1/projects/our-project/locations/europe-west4/publishers/google");
    }
}
