// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.door;

import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.proxy.ProxyHandler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ConnectHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;

/** The proxy to the outside: tunnels for what is encrypted, and requests passed on for what is not. */
final class Egress extends ConnectHandler {

    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(15);

    private final LookUps lookUps;

    Egress(LookUps lookUps, Duration idle) {
        super(new Forward(lookUps, idle));
        this.lookUps = lookUps;
        setConnectTimeout(LONGEST_CONNECT.toMillis());
        setIdleTimeout(idle.toMillis());
    }

    @Override
    protected void connectToServer(Request request, String host, int port, Promise<SocketChannel> promise) {
        lookUps.find(host, port,
                found -> super.connectToServer(request, found.getFirst().getAddress().getHostAddress(), port, promise), promise);
    }

    @Override
    protected void onConnectFailure(Request request, Response response, Callback callback, Throwable failure) {
        Refusal.because(failure, response, callback);
    }

    /** Requests in the open. */
    private static final class Forward extends ProxyHandler.Forward {

        private final LookUps lookUps;
        private final Duration idle;

        Forward(LookUps lookUps, Duration idle) {
            this.lookUps = lookUps;
            this.idle = idle;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            if (!"http".equals(request.getHttpURI().getScheme())) {
                Refusal.write(response, callback, 400, "only http is passed on; for https ask for a tunnel (CONNECT)");
                return true;
            }
            if (!isReadable(request.getHttpURI())) {
                Refusal.write(response, callback, 400, "this address cannot be read");
                return true;
            }
            return super.handle(request, response, callback);
        }

        /** The client below knows fewer spellings than the server above. */
        private static boolean isReadable(HttpURI uri) {
            try {
                return uri.toURI().getHost() != null;
            } catch (IllegalArgumentException e) {
                return false;
            }
        }

        @Override
        protected HttpClient newHttpClient() {
            var client = super.newHttpClient();
            client.setConnectTimeout(LONGEST_CONNECT.toMillis());
            client.setIdleTimeout(idle.toMillis());
            client.setSocketAddressResolver((host, port, context, promise) -> lookUps.find(host, port, promise::succeeded, promise));
            return client;
        }

        @Override
        protected void onServerToProxyResponseFailure(
                Request request, org.eclipse.jetty.client.Request asked, org.eclipse.jetty.client.Response answer, Response response,
                Callback callback, Throwable failure) {
            Refusal.because(failure, response, callback);
        }
    }
}
