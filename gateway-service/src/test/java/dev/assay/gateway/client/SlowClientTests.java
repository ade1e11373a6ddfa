// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.gateway.Client;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import dev.assay.testsupport.RawConnection;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.TestPropertySource;

/** With little patience, so that a test sees the end of it. Each of these connections stayed open for ever before there was any. */
@GatewayTest
@TestPropertySource(properties = {
    "assay.clients.head=300ms", "assay.clients.grace=300ms", "assay.clients.slowest=1KB", "assay.clients.stall=10s",
    "assay.clients.swallow=100KB", "server.tomcat.connection-timeout=10s"
})
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SlowClientTests {

    private static final int PAUSE_MILLIS = 20;

    @LocalServerPort
    int port;

    String key;

    @BeforeEach
    void clean() {
        FakeServices.reset();
        key = new Client(port).newKey("slow", "s").path("key").asString();
    }

    @Test
    void aHeadThatDripsInIsNotWaitedFor() {
        try (var connection = new RawConnection(port)) {
            connection.say("GET /v2/jobs HTTP/1.1\r\nHost: x\r\nX-Slow: ").dripUntilHungUpOn(PAUSE_MILLIS);
        }
        assertThat(FakeServices.JOB.seen).isEmpty();
    }

    @Test
    void aRequestLineThatDripsInIsNotWaitedFor() {
        try (var connection = new RawConnection(port)) {
            connection.say("GET /").dripUntilHungUpOn(PAUSE_MILLIS);
        }
    }

    @Test
    void aSecondRequestsHeadHasADeadlineOfItsOwn() throws Exception {
        try (var connection = new RawConnection(port)) {
            for (int request = 0; request < 20; request++) {
                connection.say("GET /v2/auth/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + key + "\r\n\r\n");
                assertThat(connection.untilOneAnswer()).startsWith("HTTP/1.1 200");
                connection.pause(PAUSE_MILLIS);
            }
            connection.say("GET /").dripUntilHungUpOn(PAUSE_MILLIS);
        }
    }

    @Test
    void aBodyThatDripsInIsNotWaitedForByAnybody() {
        for (var path : new String[] {"/v2/rollouts/submit", "/inference/chat/completions"}) {
            try (var connection = new RawConnection(port)) {
                connection.say("POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                        + "Content-Length: 1000000\r\nAuthorization: Bearer " + key + "\r\n\r\n");
                var answer = connection.dripUntilHungUpOn(PAUSE_MILLIS);
                assertThat(answer).as(path).startsWith("HTTP/1.1 408").contains("too slowly");
            }
        }
    }

    @Test
    void aBodyThatNobodyWantsIsNotWaitedForEither() {
        for (var head : new String[] {"Content-Length: 90000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n15f90\r\n"}) {
            try (var connection = new RawConnection(port)) {
                connection.say("POST /v2/rollouts/submit HTTP/1.1\r\nHost: x\r\n" + head).dripUntilHungUpOn(PAUSE_MILLIS);
            }
        }
    }

    @Test
    void whoAnnouncesMoreThanIsThrownAwayIsAnsweredAndHungUpOn() {
        try (var connection = new RawConnection(port)) {
            assertThat(connection.say("POST /v2/rollouts/submit HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n").untilTheEnd())
                    .startsWith("HTTP/1.1 401");
        }
    }

    /** Most clients read an answer only when they have sent all: who is hung up on before that never learns that it is to come again. */
    @Test
    void aCallersRefusedBodyIsReadToItsEndHoweverLargeItIs() {
        var request = "POST /inference/nothing HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + key + "\r\nContent-Length: 20000000\r\n\r\n";
        assertThat(RawConnection.tell(port, request + "x".repeat(20_000_000))).startsWith("HTTP/1.1 404");
    }

    @Test
    void aRefusedBodyOfUsualSizeLeavesTheConnectionAsItWas() throws Exception {
        try (var connection = new RawConnection(port)) {
            var body = "x".repeat(50_000);
            connection.say("POST /v2/rollouts/submit HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            assertThat(connection.untilOneAnswer()).startsWith("HTTP/1.1 401");
            assertThat(connection.say("GET /v2/auth/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + key + "\r\n\r\n").untilOneAnswer())
                    .startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void aLargeBodyThatMovesMayTakeItsTime() {
        // longer than the grace
        try (var connection = new RawConnection(port)) {
            var piece = "x".repeat(100_000);
            connection.say("POST /v2/rollouts/submit HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3000000\r\n"
                    + "Authorization: Bearer " + key + "\r\n\r\n");
            for (int sent = 0; sent < 30; sent++) {
                connection.pause(25);
                connection.say(piece);
            }
            assertThat(connection.untilTheEnd()).startsWith("HTTP/1.1 200");
        }
        assertThat(FakeServices.JOB.last().length()).isEqualTo(3_000_000);
    }
}
