// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.problem;

import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What the server itself refuses, and forwards here, as a problem like all others. */
@RestController
@Hidden
class ErrorAnswer implements ErrorController {

    @RequestMapping("${server.error.path:/error}")
    void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer code ? HttpStatus.resolve(code) : null;
        switch (status) {
            case null -> ProblemWriter.write(response, HttpStatus.NOT_FOUND, "No such resource.");
            case REQUEST_TIMEOUT -> ProblemWriter.write(response, status, "The request's body did not come, or came too slowly.");
            case INTERNAL_SERVER_ERROR -> unforeseen(request, response);
            default -> ProblemWriter.write(response, status, "The server does not take this request: " + status.getReasonPhrase() + ".");
        }
    }

    private static void unforeseen(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI) instanceof String path && Telemetry.is(path)) {
            var again = Telemetry.unforeseen();
            response.setHeader(HttpHeaders.RETRY_AFTER, again.getHeaders().getFirst(HttpHeaders.RETRY_AFTER));
            ProblemWriter.write(response, HttpStatus.SERVICE_UNAVAILABLE, String.valueOf(again.getBody().getDetail()));
        } else {
            ProblemWriter.write(
                    response, HttpStatus.INTERNAL_SERVER_ERROR, "Something went wrong here, not with your request. The log has it.");
        }
    }
}
