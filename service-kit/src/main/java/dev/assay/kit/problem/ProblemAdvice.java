// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.problem;

import dev.assay.kit.web.TimeLeft;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.stream.Collectors;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;

/** Turns whatever goes wrong into a problem detail that names the field and the reason. */
@RestControllerAdvice
class ProblemAdvice extends ResponseEntityExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        // a body that refused to be read on has said why
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof Problem problem) {
                return handleErrorResponseException(problem, problem.getHeaders(), problem.getStatusCode(), request);
            }
        }
        return handleExceptionInternal(
                e, ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, unreadable(e)), headers, HttpStatus.BAD_REQUEST, request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleTypeMismatch(
            TypeMismatchException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        var name = e instanceof MethodArgumentTypeMismatchException argument ? argument.getName() : e.getPropertyName();
        var cause = e.getMostSpecificCause();
        var reason = cause instanceof IllegalArgumentException ? cause.getMessage() : "'" + e.getValue() + "' cannot be read";
        var detail = ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, name + ": " + reason);
        return handleExceptionInternal(e, detail, headers, HttpStatus.BAD_REQUEST, request);
    }

    /** The server's word for a query, which it reads when a handler asks for a parameter. */
    @ExceptionHandler
    @Nullable ResponseEntity<Object> unreadableQuery(InvalidParameterException e, WebRequest request) {
        var problem = Problem.badRequest("query", "has a parameter without a name, too many of them, or bytes that are not UTF-8");
        return handleErrorResponseException(problem, problem.getHeaders(), problem.getStatusCode(), request);
    }

    @ExceptionHandler
    @Nullable ResponseEntity<Object> unexpected(Exception e, WebRequest request) {
        if (TimeLeft.isOver()) {
            return late(e, request);
        }
        log.error("request failed: {}", request.getDescription(false), e);
        if (isOfFiles(e)) {
            var away = Problem.unavailable("Files cannot be read or kept here just now. Try again.");
            return handleErrorResponseException(away, away.getHeaders(), away.getStatusCode(), request);
        }
        var detail = ProblemDetail.forStatusAndDetail(
                HttpStatus.INTERNAL_SERVER_ERROR, "Something went wrong here, not with your request. The log has it.");
        return handleExceptionInternal(e, detail, new HttpHeaders(), HttpStatus.INTERNAL_SERVER_ERROR, request);
    }

    /** A disk or a bucket that does not do what it is asked to. That there is no such file is something else. */
    private static boolean isOfFiles(Exception e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof FileSystemException) {
                return !(cause instanceof NoSuchFileException);
            }
        }
        return false;
    }

    /** What fails once the deadline of its request is over was cut off there. */
    private @Nullable ResponseEntity<Object> late(Exception e, WebRequest request) {
        if (e instanceof DataAccessException || e instanceof ResourceAccessException || e instanceof ErrorResponse) {
            log.debug("{} was late: {}", request.getDescription(false), e.toString());
        } else { // may be a fault that has nothing to do with the time
            log.warn("{} failed when its time was over", request.getDescription(false), e);
        }
        var late = Problem.late();
        return super.handleExceptionInternal(e, named(e, late.getBody(), request), late.getHeaders(), late.getStatusCode(), request);
    }

    /** All answers are made here. */
    @Override
    protected @Nullable ResponseEntity<Object> handleExceptionInternal(
            Exception e, @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        if (status.is5xxServerError() && TimeLeft.isOver()) {
            return late(e, request);
        }
        if (status.isSameCodeAs(HttpStatus.INTERNAL_SERVER_ERROR)
                && request instanceof ServletWebRequest servlet
                && Telemetry.is(servlet.getRequest().getRequestURI())) {
            var again = Telemetry.unforeseen();
            return super.handleExceptionInternal(e, named(e, again.getBody(), request), again.getHeaders(), again.getStatusCode(), request);
        }
        return super.handleExceptionInternal(e, named(e, body, request), headers, status, request);
    }

    private static @Nullable Object named(Exception e, @Nullable Object body, WebRequest request) {
        var response = request instanceof ServletWebRequest servlet ? servlet.getResponse() : null;
        var id = response == null ? null : response.getHeader(ProblemWriter.REQUEST_ID);
        var problem = body == null && e instanceof ErrorResponse of ? of.getBody() : body; // what it says is filled in later, and kept
        if (id != null && problem instanceof ProblemDetail detail) {
            detail.setProperty(ProblemWriter.MEMBER, id);
        }
        return body;
    }

    private static String unreadable(HttpMessageNotReadableException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof DatabindException bind && !bind.getPath().isEmpty()) {
                return path(bind) + ": " + reason(bind);
            }
            if (cause instanceof JacksonException json) {
                var at = json.getLocation();
                return "body: not valid JSON" + (at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr());
            }
        }
        return "body: missing or unreadable";
    }

    private static String path(DatabindException e) {
        return e.getPath().stream()
                .map(step -> step.getPropertyName() == null ? "[" + step.getIndex() + "]" : step.getPropertyName())
                .collect(Collectors.joining("."))
                .replace(".[", "[");
    }

    private static String reason(DatabindException e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof IllegalArgumentException) {
            return String.valueOf(cause.getMessage());
        }
        var text = e.getOriginalMessage();
        return text.startsWith("Missing required") || text.contains("null") ? "required" : "has the wrong type or value";
    }
}
