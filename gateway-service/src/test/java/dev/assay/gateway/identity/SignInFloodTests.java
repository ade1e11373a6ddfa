// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.gateway.Client;
import dev.assay.gateway.GatewayTest;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.TestPropertySource;

/** Anybody may try to sign in, with any key and as often as they like. Nobody else notices, however small the database's pool. */
@GatewayTest
@TestPropertySource(properties = "assay.database.pool=2")
class SignInFloodTests {

    @LocalServerPort
    int port;

    @Autowired
    DataSource database;

    @Test
    void inventedKeysKeepNoConnectionFromWhoeverLooksUpARealOne() throws Exception {
        var keys = new ArrayList<String>();
        for (int i = 0; i < 10; i++) {
            keys.add(new Client(port).newKey("the-flooded", "f" + i).path("key").asString());
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var invented = new ArrayList<CompletableFuture<Integer>>();
            var real = new ArrayList<CompletableFuture<Integer>>();
            var another = new AtomicInteger();
            for (var key : keys) {
                for (int i = 0; i < 10; i++) {
                    invented.add(CompletableFuture.supplyAsync(() -> signIn(KeyText.random().value(), another.incrementAndGet()), threads));
                }
                real.add(CompletableFuture.supplyAsync(() -> new Client(port).bearer(key).get("/v2/auth/me").status(), threads));
            }
            assertThat(real).allSatisfy(answer -> assertThat(answer.get(60, TimeUnit.SECONDS)).isEqualTo(200));
            assertThat(invented).allSatisfy(answer -> assertThat(answer.get(60, TimeUnit.SECONDS)).isEqualTo(401));
        }
    }

    @Test
    void whatIsNoKeyWaitsForNoConnection() throws SQLException {
        try (var one = database.getConnection(); var other = database.getConnection()) {
            assertThat(one).isNotSameAs(other);
            assertThat(signIn("nonsense", 0)).isEqualTo(401);
            assertThat(signIn("ask_wrong", 0)).isEqualTo(401);
        }
    }

    /** @param from which address: none sends so many that its keys are not looked up */
    private int signIn(String key, int from) {
        return new Client(port)
                .with("X-Requested-With", "tests", "X-Forwarded-For", "192.0.2." + from)
                .post("/v2/auth/session", "{\"key\": \"" + key + "\"}")
                .status();
    }
}
