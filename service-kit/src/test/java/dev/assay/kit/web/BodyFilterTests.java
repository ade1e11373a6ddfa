// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.kit.problem.Problem;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.util.unit.DataSize;

class BodyFilterTests {

    private static final int MB = 1024 * 1024;

    private final AtomicLong now = new AtomicLong();
    private final BytesInFlight inFlight = new BytesInFlight(8 * MB, now::get);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final BodySettings settings = new BodySettings(
            DataSize.ofMegabytes(1), 2, null, Duration.ZERO, Duration.ofSeconds(25), List.of("/streamed/**"));
    private final BodyFilter filter = new BodyFilter(settings, inFlight, meters);

    @Test
    void aBodyIsReadWholeAndLetsGoOfItsMemory() throws Exception {
        assertThat(read(request(MB, true))).isEqualTo(MB);
        assertThat(read(request(MB, false))).isEqualTo(MB);
        assertThat(inFlight.held()).isZero();
    }

    @Test
    void whatIsLargerThanTheLargestIsRefusedHoweverItIsSent() {
        for (var announced : new boolean[] {true, false}) {
            assertThatThrownBy(() -> read(request(MB + 1, announced))).isInstanceOfSatisfying(Problem.class, problem -> {
                assertThat(problem.getStatusCode().value()).isEqualTo(413);
                assertThat(problem.getBody().getDetail()).contains("1048576 bytes");
            });
        }
        assertThat(meters.counter("assay.body.refused", "reason", "too_large").count()).isEqualTo(2);
        assertThat(inFlight.held()).isZero();
    }

    @Test
    void withoutRoomABodyIsRefusedWithTheTimeOfAnotherTry() throws Exception {
        try (var others = inFlight.open(-1, 1)) {
            others.cover(13 * MB / 2, Duration.ZERO);
            assertThatThrownBy(() -> read(request(MB, true))).isInstanceOfSatisfying(Problem.class, problem -> {
                assertThat(problem.getStatusCode().value()).isEqualTo(503);
                assertThat(problem.getHeaders().getFirst(HttpHeaders.RETRY_AFTER)).isEqualTo("25");
            });
            assertThat(read(request(BytesInFlight.FREE, true))).as("a small one").isEqualTo(BytesInFlight.FREE);
        }
        assertThat(meters.counter("assay.body.refused", "reason", "no_room").count()).isOne();
        assertThat(read(request(MB, true))).isEqualTo(MB);
    }

    @Test
    void whatThereIsNeverRoomForIsTooLarge() {
        var little = new BodyFilter(settings, new BytesInFlight(MB, now::get), meters);
        assertThatThrownBy(() -> little.doFilter(request(MB, true), new MockHttpServletResponse(), (request, response) ->
                        ((HttpServletRequest) request).getInputStream().readAllBytes()))
                .isInstanceOfSatisfying(Problem.class, problem -> assertThat(problem.getStatusCode().value()).isEqualTo(413));
    }

    @Test
    void whatIsWrittenDownAsItComesIsNotHeld() throws Exception {
        var request = request(3 * MB, true);
        request.setRequestURI("/streamed/x");
        assertThat(read(request)).isEqualTo(3 * MB);
    }

    @Test
    void whatIsSentCompressedIsReadAsItWas() throws Exception {
        assertThat(read(gzip(MB))).isEqualTo(MB);
        assertThat(inFlight.held()).isZero();
    }

    @Test
    void whatBecomesTooLargeIsRefusedHoweverLittleIsSent() throws Exception {
        var bomb = gzip(64 * MB);
        assertThat(bomb.getContentLength()).isLessThan(MB);
        assertThatThrownBy(() -> read(bomb))
                .isInstanceOfSatisfying(Problem.class, problem -> assertThat(problem.getStatusCode().value()).isEqualTo(413));
    }

    @Test
    void whatIsNotCompressedAsItSaysIsRefusedAsThat() throws Exception {
        var none = request(100, true);
        none.addHeader("Content-Encoding", "gzip");
        var half = gzip(MB);
        half.setContent(java.util.Arrays.copyOf(half.getContentAsByteArray(), 500));
        for (var broken : List.of(none, half)) {
            assertThatThrownBy(() -> read(broken)).isInstanceOfSatisfying(Problem.class, problem -> {
                assertThat(problem.getStatusCode().value()).isEqualTo(400);
                assertThat(problem.getBody().getDetail()).contains("gzip");
            });
        }
        var other = request(100, true);
        other.addHeader("Content-Encoding", "br");
        assertThatThrownBy(() -> read(other)).isInstanceOfSatisfying(Problem.class, problem -> {
            assertThat(problem.getStatusCode().value()).isEqualTo(415);
            assertThat(problem.getBody().getDetail()).contains("'br'");
        });
    }

    private static MockHttpServletRequest gzip(int length) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(new byte[length]);
        }
        var request = new MockHttpServletRequest("POST", "/x");
        request.setContent(bytes.toByteArray());
        request.addHeader("Content-Encoding", "gzip");
        return request;
    }

    private int read(MockHttpServletRequest request) throws Exception {
        var length = new int[1];
        filter.doFilter(request, new MockHttpServletResponse(), (passed, response) -> length[0] = readBy((HttpServletRequest) passed));
        return length[0];
    }

    private static int readBy(HttpServletRequest request) throws IOException {
        return request.getInputStream().readAllBytes().length;
    }

    private static MockHttpServletRequest request(int length, boolean announced) {
        var request = new MockHttpServletRequest("POST", "/x") {
            @Override
            public long getContentLengthLong() {
                return announced ? super.getContentLengthLong() : -1;
            }
        };
        request.setContent(new byte[length]);
        return request;
    }
}
