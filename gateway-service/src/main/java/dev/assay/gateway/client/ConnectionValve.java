// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.client;

import dev.assay.kit.identity.Caller;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives every request its {@link ClientConnection}, and its body a pace. */
final class ConnectionValve extends ValveBase {

    private static final Logger log = LoggerFactory.getLogger(ConnectionValve.class);

    private final Patience patience;

    ConnectionValve(Patience patience) {
        super(true);
        this.patience = patience;
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        var connection = request.getCoyoteRequest();
        request.setAttribute(ClientConnection.ATTRIBUTE, new ClientConnection(() -> readable(connection) && readable(connection)));
        var body = connection.getInputBuffer();
        connection.setInputBuffer(new PacedBody(body, patience));
        try {
            getNext().invoke(request, response);
            if (!request.isAsync() && !allRead(connection)) {
                // who has a key is no stranger: its spans would be lost if it were hung up on before it reads that it is to come again
                var isCaller = request.getAttribute(Caller.class.getName()) != null;
                swallow(connection, response, isCaller ? Long.MAX_VALUE : patience.swallow().toBytes());
            }
        } finally {
            connection.setInputBuffer(body);
        }
    }

    /**
     * Looks at the socket without blocking. Tomcat reports a closed one as readable, again and again; the beginning of a next request
     * only once, because it is in the buffer then. So twice in a row means closed.
     */
    private static boolean readable(org.apache.coyote.Request request) {
        request.action(ActionCode.AVAILABLE, Boolean.TRUE);
        return request.getAvailable() > 0;
    }

    private static boolean allRead(org.apache.coyote.Request request) {
        var all = new AtomicBoolean();
        request.action(ActionCode.REQUEST_BODY_FULLY_READ, all);
        return all.get();
    }

    /**
     * Reads what is left of a body that has been answered, so that its sender gets as far as reading the answer. Done here, because the
     * server would wait for it at no pace at all. Who announced more, or waits to be asked for it, is hung up on.
     */
    private void swallow(org.apache.coyote.Request request, Response response, long most) throws IOException {
        response.finishResponse();
        try {
            var wanted = request.getContentLengthLong() <= most && !(request.hasExpectation() && response.getStatus() / 100 != 2);
            var waste = new Waste();
            for (long swallowed = 0; wanted && swallowed <= most; ) {
                var read = request.doRead(waste);
                if (read < 0) {
                    return;
                }
                swallowed += read;
            }
        } catch (IOException e) {
            log.debug("a client does not send the rest of its body: {}", e.toString());
        }
        request.action(ActionCode.DISABLE_SWALLOW_INPUT, null);
    }

    /** Where bytes go that nobody wants. */
    private static final class Waste implements ApplicationBufferHandler {

        private ByteBuffer buffer = EMPTY_BUFFER;

        @Override
        public void setByteBuffer(ByteBuffer buffer) {
            this.buffer = buffer;
        }

        @Override
        public ByteBuffer getByteBuffer() {
            return buffer;
        }

        @Override
        public void expand(int size) {
            // the server brings its own buffer
        }
    }
}
