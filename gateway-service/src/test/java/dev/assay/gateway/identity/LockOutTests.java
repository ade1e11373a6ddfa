// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.gateway.Client;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Whoever guesses keys, at whichever door. Each test comes from addresses of its own. */
@GatewayTest
class LockOutTests {

    private static final AtomicInteger ADDRESSES = new AtomicInteger();
    private static final String CHAT = "{\"model\": \"scripted/echo\", \"messages\": [{\"role\": \"user\", \"content\": \"hello\"}]}";
    private static final String SPANS = "/telemetry/v3/api/trace/" + UUID.randomUUID() + "/telemetry-upload";

    @LocalServerPort
    int port;

    private String address;

    @BeforeEach
    void somewhereElse() {
        FakeServices.reset();
        FakeServices.TRAINING.on("GET /internal/models/resolve", 200,
                "{\"id\": \"3b241101-e2bb-4255-8caf-4136c566a962\", \"modelName\": \"scripted/echo\", \"provider\": \"scripted\", "
                        + "\"upstreamModel\": \"echo\"}");
        address = "2001:db8:" + Integer.toHexString(ADDRESSES.incrementAndGet()) + "::";
    }

    private Client with(String key) {
        return new Client(port).with("X-Forwarded-For", address + Integer.toHexString(ADDRESSES.incrementAndGet()), "Authorization", "Bearer " + key);
    }

    private static String unknown() {
        return KeyText.random().value();
    }

    private int signIn(String key) {
        return new Client(port).with("X-Forwarded-For", address + "1", "X-Requested-With", "tests")
                .post("/v2/auth/session", "{\"key\": \"" + key + "\"}").status();
    }

    @Test
    void afterTwentyUnknownKeysAtAllDoorsTogetherUnknownOnesAreSentAwayForAMinuteAndGoodOnesEnter() {
        for (int each = 0; each < 4; each++) {
            assertThat(with(unknown()).get("/v2/jobs").status()).isEqualTo(401);
            assertThat(with(unknown()).post("/inference/chat/completions", CHAT).status()).isEqualTo(401);
            assertThat(with(unknown()).get("/inference/models").status()).isEqualTo(401);
            assertThat(signIn(unknown())).isEqualTo(401);
            assertThat(with("an operator's token " + each).get("/v2/admin/audit").status()).isEqualTo(401);
        }

        var refused = with(unknown()).get("/v2/jobs");
        assertThat(refused.status()).isEqualTo(429);
        assertThat(Integer.parseInt(refused.header("retry-after"))).isBetween(1, 60);
        assertThat(refused.detail()).contains("a good key is taken at any time");
        assertThat(signIn(unknown())).isEqualTo(429);
        assertThat(with("another token").get("/v2/admin/audit").status()).isEqualTo(429);
        assertThat(with("sk-of-some-provider").get("/v2/jobs").status()).isEqualTo(429);
        for (var path : new String[] {"/inference/chat/completions", "/inference/v1/messages"}) {
            var call = with(unknown()).post(path, CHAT);
            assertThat(call.status()).isEqualTo(429);
            assertThat(call.header("retry-after")).isNotNull();
            assertThat(call.header("x-should-retry")).isEqualTo("false");
            assertThat(call.json().at("/error/message").asString()).contains("looked at again");
        }
        assertThat(with(unknown()).get("/inference/models").json().at("/error/message").asString()).contains("looked at again");

        var good = new Client(port).newKey("guessed at " + address, "ada").path("key").asString();
        await().until(() -> with(good).get("/v2/auth/me").status() == 200); // which keys there are was looked at a moment ago
        assertThat(with(good).post("/inference/chat/completions", CHAT).status()).isEqualTo(200);
        assertThat(signIn(good)).isEqualTo(201);
        assertThat(with(FakeServices.ADMIN_TOKEN).get("/v2/admin/audit").status()).isEqualTo(200);
        assertThat(new Client(port).with("X-Forwarded-For", address.replace("::", ":1::1"), "Authorization", "Bearer " + unknown()).get("/v2/jobs").status())
                .isEqualTo(401);
    }

    @Test
    void spansAreNeitherCountedNorSentAway() {
        for (int each = 0; each < 30; each++) {
            assertThat(with(unknown()).post(SPANS, "{}").status()).isEqualTo(401);
        }
        for (int each = 0; each < 20; each++) {
            assertThat(with(unknown()).get("/v2/jobs").status()).isEqualTo(401);
        }
        assertThat(with(unknown()).get("/v2/jobs").status()).isEqualTo(429);
        assertThat(with(unknown()).post(SPANS, "{}").status()).isEqualTo(401);
    }

    @Test
    void aWrongKeyThatComesAgainAndAgainIsNoGuessing() {
        var wrong = unknown();
        for (int each = 0; each < 50; each++) {
            assertThat(with(wrong).get("/v2/jobs").status()).isEqualTo(401);
        }
        assertThat(with(unknown()).get("/v2/jobs").status()).isEqualTo(401);
    }

    @Test
    void aStrayKeyBesideAGoodOneIsNoGuess() {
        var good = new Client(port).newKey("stray " + address, "ada").path("key").asString();
        for (int each = 0; each < 30; each++) {
            var both = new Client(port).with("X-Forwarded-For", address + "1", "x-api-key", unknown(), "Authorization", "Bearer " + good);
            assertThat(both.post("/inference/chat/completions", CHAT).status()).isEqualTo(200);
        }
        assertThat(with(unknown()).get("/v2/jobs").status()).isEqualTo(401);
    }
}
