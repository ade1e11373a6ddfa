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

    /** Bytes; who sends more is cut off. */
    private static final long MOST_READ = 2 << 20;

    private Refusal() {}

    static void because(Throwable failure, Response response, Callback callback) {
        if (response.isCommitted()) {
            callback.failed(failure);
            return;
        }
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RefusedException) {
                tell(response, callback, 403, String.valueOf(cause.getMessage()));
                return;
            }
        }
        tell(response, callback, failure instanceof TimeoutException ? 504 : 502, "no answer from there: " + failure.getMessage());
    }

    /**
     * Before anybody has read the request's body. It is read first: a relay that still has some to pass on when the connection is closed
     * gives up, and the answer with it.
     */
    static void write(Response response, Callback callback, int status, String detail) {
        afterBody(response.getRequest(), 0, () -> tell(response, callback, status, detail));
    }

    private static void afterBody(Content.Source body, long before, Runnable then) {
        var read = before;
        while (read <= MOST_READ) {
            var chunk = body.read();
            if (chunk == null) {
                var soFar = read;
                body.demand(() -> afterBody(body, soFar, then));
                return;
            }
            read += chunk.remaining();
            var last = chunk.isLast();
            chunk.release();
            if (last) {
                break;
            }
        }
        then.run();
    }

    private static void tell(Response response, Callback callback, int status, String detail) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/problem+json");
        response.getHeaders().put(HttpHeader.CONNECTION, "close"); // what was meant for a tunnel may follow
        Content.Sink.write(response, true, Json.object().put("status", status).put("detail", detail).toString(), callback);
    }
}
