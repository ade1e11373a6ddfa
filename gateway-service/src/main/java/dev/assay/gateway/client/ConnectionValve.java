// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.client;

import jakarta.servlet.ServletException;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;

/** Gives every request its {@link ClientConnection}. */
final class ConnectionValve extends ValveBase {

    ConnectionValve() {
        super(true);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        var connection = request.getCoyoteRequest();
        request.setAttribute(ClientConnection.ATTRIBUTE, new ClientConnection(() -> readable(connection) && readable(connection)));
        getNext().invoke(request, response);
    }

    /**
     * Looks at the socket without blocking. Tomcat reports a closed one as readable, again and again; the beginning of a next request
     * only once, because it is in the buffer then. So twice in a row means closed.
     */
    private static boolean readable(org.apache.coyote.Request request) {
        request.action(ActionCode.AVAILABLE, Boolean.TRUE);
        return request.getAvailable() > 0;
    }
}
