// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.problem;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.kit.web.TimeLeft;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletWebRequest;

/** What is answered once the deadline of a request is over, or where files are away. */
@ExtendWith(OutputCaptureExtension.class)
class LateTests {

    private final ServletWebRequest request = new ServletWebRequest(new MockHttpServletRequest("GET", "/v2/jobs"), new MockHttpServletResponse());

    @AfterEach
    void noRequest() {
        RequestContextHolder.resetRequestAttributes();
    }

    @Test
    void whateverFailedBecauseTheTimeWasOverIs504() throws Exception {
        waitedFor(Duration.ZERO);
        assertThat(status(new ProblemAdvice().unexpected(new IllegalStateException("cut off"), request))).isEqualTo(504);
        var away = Problem.unavailable("job-service cannot be asked just now.");
        var answer = new ProblemAdvice().handleException(away, request);
        assertThat(status(answer)).isEqualTo(504);
        assertThat(answer.getBody()).isInstanceOfSatisfying(
                ProblemDetail.class, detail -> assertThat(detail.getDetail()).contains("deadline of the request"));
    }

    @Test
    void aFaultThatHasNothingToDoWithTheTimeStandsInTheLog(CapturedOutput log) {
        waitedFor(Duration.ZERO);
        new ProblemAdvice().unexpected(new NullPointerException("a fault of ours"), request);
        assertThat(log.getAll()).contains("a fault of ours");
        new ProblemAdvice().unexpected(new QueryTimeoutException("cut off at its time"), request);
        assertThat(log.getAll()).doesNotContain("cut off at its time");
    }

    @Test
    void whatIsTheRequestsOwnFaultStaysThatAndSoDoesWhatFailedInTime() throws Exception {
        waitedFor(Duration.ZERO);
        assertThat(status(new ProblemAdvice().handleException(Problem.notFound("There is no such job."), request))).isEqualTo(404);
        waitedFor(Duration.ofMinutes(1));
        assertThat(status(new ProblemAdvice().handleException(Problem.unavailable("Not now."), request))).isEqualTo(503);
        assertThat(status(new ProblemAdvice().unexpected(new IllegalStateException("broken"), request))).isEqualTo(500);
    }

    @Test
    void filesThatCannotBeReadJustNowAre503AndFilesThatAreNotThereAreAFaultOfOurs() {
        var away = new UncheckedIOException("blob x cannot be read", new FileSystemException("x", null, "Input/output error"));
        assertThat(status(new ProblemAdvice().unexpected(away, request))).isEqualTo(503);
        var lost = new UncheckedIOException("blob x cannot be read", new NoSuchFileException("x"));
        assertThat(status(new ProblemAdvice().unexpected(lost, request))).isEqualTo(500);
    }

    private static int status(ResponseEntity<Object> answer) {
        return Objects.requireNonNull(answer).getStatusCode().value();
    }

    private void waitedFor(Duration time) {
        TimeLeft.set(request.getRequest(), time);
        RequestContextHolder.setRequestAttributes(request);
    }
}
