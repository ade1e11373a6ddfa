// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.problem;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.RequestDispatcher;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.context.request.ServletWebRequest;

/** A client drops its spans after a 500. */
class TelemetryTests {

    private static final String SPANS = "/telemetry/trace/1/telemetry-upload";

    @Test
    void whatNobodyForesawIsNoReasonToDropSpans() {
        var answer = new ProblemAdvice().unexpected(new IllegalStateException("surprise"), new ServletWebRequest(request(SPANS)));

        assertThat(answer.getStatusCode().value()).isEqualTo(503);
        assertThat(answer.getHeaders().getFirst("Retry-After")).isEqualTo("25");
    }

    @Test
    void neitherIsWhatGoesWrongBeforeAnyController() throws Exception {
        var request = request("/error");
        request.setAttribute(RequestDispatcher.ERROR_STATUS_CODE, 500);
        request.setAttribute(RequestDispatcher.ERROR_REQUEST_URI, SPANS);
        var response = new MockHttpServletResponse();

        new ErrorAnswer().answer(request, response);

        assertThat(response.getStatus()).isEqualTo(503);
        assertThat(response.getHeader("Retry-After")).isEqualTo("25");
    }

    @Test
    void elsewhereItIsSaidAsWhatItIs() {
        var answer = new ProblemAdvice().unexpected(new IllegalStateException("surprise"), new ServletWebRequest(request("/v2/jobs")));

        assertThat(answer.getStatusCode().value()).isEqualTo(500);
        assertThat(Telemetry.retryAfter("/v2/jobs")).isEqualTo("1");
        assertThat(Telemetry.retryAfter("/otlp/v1/traces")).isEqualTo("25");
    }

    private static MockHttpServletRequest request(String path) {
        return new MockHttpServletRequest("POST", path);
    }
}
