// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.routing;

import dev.assay.kit.problem.ProblemWriter;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.Optional;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.springframework.http.HttpStatus;

/**
 * Lets only {@link PublicPath}s pass. A valve of the server and no filter, because the server has decoded and normalized a path before
 * any filter sees it; here the request's target is as it was sent, also where the server itself refuses it.
 */
final class PathValve extends ValveBase {

    PathValve() {
        super(true);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        var target = request.getCoyoteRequest().requestURI().toString(); // null where the request's line cannot be read
        var fault = target == null ? Optional.<String>empty() : PublicPath.fault(target);
        if (fault.isPresent()) {
            refuse(response, HttpStatus.BAD_REQUEST, "path: " + fault.get());
        } else if (target == null || response.isError()) {
            var status = Optional.ofNullable(HttpStatus.resolve(response.getStatus()))
                    .filter(HttpStatus::isError)
                    .orElse(HttpStatus.BAD_REQUEST);
            refuse(response, status, "The server does not take this request: " + status.getReasonPhrase() + ".");
        } else {
            getNext().invoke(request, response);
        }
    }

    private static void refuse(Response response, HttpStatus status, String detail) throws IOException {
        response.setSuspended(false); // it is, where the server refuses
        ProblemWriter.write(response, status, detail);
    }
}
