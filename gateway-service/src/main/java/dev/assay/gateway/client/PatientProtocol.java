// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.client;

import java.io.IOException;
import java.time.Duration;
import org.apache.coyote.Processor;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.SocketWrapperBase;

/**
 * HTTP/1.1 as the server speaks it, but a request's head has a deadline as a whole. The server itself begins to wait anew with every byte,
 * so that a head which drips in holds its connection for days.
 */
public final class PatientProtocol extends Http11NioProtocol {

    private long headNanos = Long.MAX_VALUE;

    void setHead(Duration head) {
        headNanos = head.toNanos();
    }

    @Override
    protected Processor createProcessor() {
        return new Http11Processor(this, getAdapter()) {
            /** Called when bytes have come: for a new request, or for a head that was not whole so far. */
            @Override
            public SocketState service(SocketWrapperBase<?> socket) throws IOException {
                socket.setWriteTimeout(getConnectionUploadTimeout()); // as patient with who takes an answer slowly as with who sends slowly
                var began = request.getStartTimeNanos();
                return began >= 0 && System.nanoTime() - began > headNanos ? SocketState.CLOSED : serve(socket);
            }

            /**
             * Serves what has come, and looks once more when this thread's turn comes again. Where there is much to do, the next request is
             * there by then, and neither the thread that watches idle connections has to be woken nor another begun for it. Where there is
             * little, the turn comes at once, and a look is all that it costs.
             */
            private SocketState serve(SocketWrapperBase<?> socket) throws IOException {
                while (true) {
                    var served = request.getRequestProcessor().getRequestCount();
                    var state = super.service(socket);
                    if (state != SocketState.OPEN || request.getRequestProcessor().getRequestCount() == served) {
                        return state;
                    }
                    Thread.yield();
                }
            }
        };
    }
}
