// SPDX-License-Identifier: Apache-2.0

import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.proxy.ProxyHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * Jetty's own reverse proxy with nothing before or behind it: what a JVM takes to pass a call on.
 *
 * <pre>BareJetty PORT UPSTREAM_PORT</pre>
 */
final class BareJetty {

    private static final int CONNECTIONS = 4000;

    private BareJetty() {}

    public static void main(String[] arguments) throws Exception {
        var upstream = "http://127.0.0.1:" + arguments[1];
        var server = new Server();
        var connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        connector.setPort(Integer.parseInt(arguments[0]));
        server.addConnector(connector);
        server.setHandler(new ProxyHandler.Reverse(request -> HttpURI.build(upstream + request.getHttpURI().getPathQuery())) {
            @Override
            protected void configureHttpClient(HttpClient client) {
                super.configureHttpClient(client);
                client.setMaxConnectionsPerDestination(CONNECTIONS);
            }
        });
        server.start();
        server.join();
    }
}
