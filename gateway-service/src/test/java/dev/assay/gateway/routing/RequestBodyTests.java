// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;

class RequestBodyTests {

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch comes = new CountDownLatch(1);
    private final ServletInputStream connection = new ServletInputStream() {
        @Override
        public int read() {
            asked.countDown();
            try {
                comes.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return 'x';
        }

        @Override
        public boolean isFinished() {
            return false;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new UnsupportedOperationException();
        }
    };

    @Test
    void aRequestIsNotOverWhileSomebodyStillReadsItsBody() throws Exception {
        var body = RequestBody.of(new MockHttpServletRequest("POST", "/v2/jobs") {
            @Override
            public ServletInputStream getInputStream() {
                return connection;
            }
        });
        var reading = CompletableFuture.supplyAsync(() -> {
            try {
                return body.read(new byte[1], 0, 1);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        asked.await();

        var over = Thread.ofVirtual().start(body::detach);
        while (over.getState() != Thread.State.WAITING) {
            assertThat(over.isAlive()).as("the request must not end while its body is being read").isTrue();
            Thread.onSpinWait();
        }
        comes.countDown();
        over.join();

        assertThat(reading.get()).isEqualTo(1);
        assertThatThrownBy(() -> body.read(new byte[1], 0, 1)).isInstanceOf(IOException.class);
    }
}
