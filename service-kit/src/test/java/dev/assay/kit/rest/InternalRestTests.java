// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.rest;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.kit.identity.Parties;
import dev.assay.kit.web.TimeLeft;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
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
    @Timeout(30)
    void anAnswerThatStopsInItsBodyIsNotWaitedForEither(@TempDir Path folder) throws Exception {
        var asked = new CountDownLatch(1);
        try (var stuck = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            var server = Thread.ofVirtual().start(() -> {
                try (var connection = stuck.accept()) {
                    connection.getInputStream().read();
                    connection.getOutputStream().write("HTTP/1.1 503 \r\nContent-Length: 9\r\n\r\n{".getBytes(StandardCharsets.US_ASCII));
                    asked.countDown();
                    connection.getInputStream().transferTo(OutputStream.nullOutputStream()); // until the other side closes
                } catch (IOException e) {
                    asked.countDown();
                }
            });
            var spans = new InternalRest(RestClient.builder(), new Parties(folder, Clock.systemUTC()).service("gateway-service")::mint)
                    .bytesForService("http://127.0.0.1:" + stuck.getLocalPort() + "/", "trace-service", Duration.ofMillis(300));
            assertThatThrownBy(() -> spans.post("/internal/spans", "text/plain", new byte[] {1, 2, 3}, 2)).isInstanceOf(HttpTimeoutException.class);
            asked.await();
            server.join();
        }
    }
}
