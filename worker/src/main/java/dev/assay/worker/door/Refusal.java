// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.door;

import dev.assay.sdk.protocol.Json;
import dev.assay.worker.door.EgressPolicy.RefusedException;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** An answer of the door's own. */
final class Refusal {

    private Refusal() {}

    static void because(Throwable failure, Response response, Callback callback) {
        if (response.isCommitted()) {
            callback.failed(failure);
            return;
        }
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RefusedException) {
                write(response, callback, 403, String.valueOf(cause.getMessage()));
                return;
            }
        }
        write(response, callback, failure instanceof TimeoutException ? 504 : 502, "no answer from there: " + failure.getMessage());
    }

    static void write(Response response, Callback callback, int status, String detail) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/problem+json");
        response.getHeaders().put(HttpHeader.CONNECTION, "close"); // what was meant for a tunnel may follow
        Content.Sink.write(response, true, Json.object().put("status", status).put("detail", detail).toString(), callback);
    }
}
