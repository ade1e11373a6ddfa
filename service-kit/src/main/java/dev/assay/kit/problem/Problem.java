// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.problem;

import java.time.Duration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/** A request that cannot be served as it came; the detail says which field and why, in a sentence for people. */
public class Problem extends ErrorResponseException {

    private Problem(HttpStatusCode status, String detail) {
        super(status, ProblemDetail.forStatusAndDetail(status, detail), null);
    }

    /** 400: {@code <field>: <reason>}. */
    public static Problem badRequest(String field, String reason) {
        return new Problem(HttpStatus.BAD_REQUEST, field + ": " + reason);
    }

    /** 400 with a detail of its own, which may have several lines. */
    public static Problem badRequest(String detail) {
        return new Problem(HttpStatus.BAD_REQUEST, detail);
    }

    public static Problem unauthorized(String detail) {
        return new Problem(HttpStatus.UNAUTHORIZED, detail);
    }

    public static Problem forbidden(String detail) {
        return new Problem(HttpStatus.FORBIDDEN, detail);
    }

    /** 404: also for what belongs to another team, so that nobody learns what exists elsewhere. */
    public static Problem notFound(String detail) {
        return new Problem(HttpStatus.NOT_FOUND, detail);
    }

    public static Problem conflict(String detail) {
        return new Problem(HttpStatus.CONFLICT, detail);
    }

    public static Problem tooLarge(String detail) {
        return new Problem(HttpStatus.CONTENT_TOO_LARGE, detail);
    }

    /** 415: a body that was changed on its way in a manner that is not taken. */
    public static Problem unsupportedCoding(String coding) {
        return new Problem(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "Content-Encoding: '" + coding + "' is not taken, only gzip is");
    }

    /** 422: well said, and it cannot be done with what it names. */
    public static Problem unprocessable(String detail) {
        return new Problem(HttpStatus.UNPROCESSABLE_CONTENT, detail);
    }

    /** 429, with after how many seconds another try may succeed. */
    public static Problem tooMany(String detail, int retryAfter) {
        var problem = new Problem(HttpStatus.TOO_MANY_REQUESTS, detail);
        problem.getHeaders().set("Retry-After", String.valueOf(retryAfter));
        return problem;
    }

    /** 504: whoever asked has not waited so long, by the deadline that the request gave. */
    public static Problem late() {
        return new Problem(HttpStatus.GATEWAY_TIMEOUT, "This was not done by the deadline of the request.");
    }

    public static Problem unavailable(String detail) {
        return new Problem(HttpStatus.SERVICE_UNAVAILABLE, detail);
    }

    /** What another has failed of, with the status that it gave. */
    public static Problem failed(int status, String detail) {
        return new Problem(HttpStatusCode.valueOf(status), detail);
    }

    /** 503 which says after which time another try makes sense. */
    public static Problem unavailable(String detail, Duration retryAfter) {
        var problem = unavailable(detail);
        problem.getHeaders().set(HttpHeaders.RETRY_AFTER, String.valueOf(Math.max(1, retryAfter.toSeconds())));
        return problem;
    }
}
