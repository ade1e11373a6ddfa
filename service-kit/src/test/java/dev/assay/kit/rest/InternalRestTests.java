// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.kit.web.TimeLeft;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

class InternalRestTests {

    @Test
    @Timeout(30)
    void anAnswerIsAwaitedNoLongerThanWhoeverAskedUsWaits() throws Exception {
        try (var silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            var rest = new InternalRest(RestClient.builder(), null).plain("http://127.0.0.1:" + silent.getLocalPort());
            var request = new MockHttpServletRequest();
            TimeLeft.set(request, Duration.ofMillis(100));
            RequestContextHolder.setRequestAttributes(new ServletRequestAttributes(request));
            assertThatThrownBy(() -> rest.get().uri("/").retrieve().toBodilessEntity())
                    .isInstanceOf(ResourceAccessException.class)
                    .hasCauseInstanceOf(HttpTimeoutException.class);
        } finally {
            RequestContextHolder.resetRequestAttributes();
        }
    }

    @Test
    void aTokenIsShownAgainForHalfAMinuteOfTheClockThatItsEndIsReadFrom() {
        var then = Instant.parse("2026-01-01T00:00:00Z");
        var now = new AtomicReference<>(then);
        var minted = new AtomicInteger();
        var pass = new InternalRest.Pass(() -> "token " + minted.incrementAndGet(), now::get);
        pass.token();
        now.set(then.plusSeconds(30));
        assertThat(pass.token()).isEqualTo("token 1");
        now.set(then.plusSeconds(600));
        assertThat(pass.token()).as("the machine slept").isEqualTo("token 2");
        now.set(then);
        assertThat(pass.token()).as("the clock was set back").isEqualTo("token 3");
    }
}
