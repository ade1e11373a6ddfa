// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.door;

import dev.assay.kit.identity.RunKeys;
import dev.assay.sdk.runtimes.Network;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.proxy.ProxyHandler;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The other side of every sandbox's door: {@code /inference}, {@code /telemetry} and {@code /otlp} of the gateway, with the key of a run
 * also where beginning and end of runs are told, and a proxy to the outside for those that come out at the socket for it. A sandbox cannot
 * choose its socket: the relay that leads there lies outside of it.
 */
final class Door implements AutoCloseable {

    /** Models think, and tunnels rest. */
    private static final Duration IDLE = Duration.ofMinutes(15);

    private static final int LARGEST_HEAD = 64 * 1024;
    private static final int MOST_THREADS = 64;

    private final Server server;

    private Door(Server server) {
        this.server = server;
    }

    /** @param sockets where it listens for which kind of sandbox */
    static Door open(
            Map<Network, Path> sockets, URI gateway, EgressPolicy policy, HostLists lists, KeyPlaceholders placeholders, ModelAnswers answers)
            throws Exception {
        var threads = new QueuedThreadPool(MOST_THREADS);
        threads.setName("door");
        threads.setDaemon(true);
        var server = new Server(threads);
        sockets.forEach((network, path) -> server.addConnector(connector(server, network, path)));
        server.setHandler(new Ways(new ToGateway(gateway, placeholders, answers), new Egress(new LookUps(policy), IDLE), lists));
        server.start();
        return new Door(server);
    }

    private static UnixDomainServerConnector connector(Server server, Network network, Path path) {
        var http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendDateHeader(false);
        http.setRequestHeaderSize(LARGEST_HEAD);
        http.setResponseHeaderSize(LARGEST_HEAD);
        http.setUriCompliance(UriCompliance.UNSAFE); // the outside's paths are the outside's matter; the gateway's are looked at here
        var connector = new UnixDomainServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setName(network.name());
        connector.setUnixDomainPath(path);
        connector.setAcceptQueueSize(256);
        connector.setIdleTimeout(IDLE.toMillis());
        return connector;
    }

    @Override
    public void close() throws Exception {
        server.stop();
    }

    private static final class Ways extends Handler.Abstract.NonBlocking {

        private final Handler gateway;
        private final Handler egress;
        private final HostLists lists;

        Ways(Handler gateway, Handler egress, HostLists lists) {
            this.gateway = gateway;
            this.egress = egress;
            this.lists = lists;
            installBean(gateway);
            installBean(egress);
        }

        @Override
        public void setServer(Server server) {
            super.setServer(server);
            gateway.setServer(server);
            egress.setServer(server);
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) throws Exception {
            var uri = request.getHttpURI();
            if (!"CONNECT".equals(request.getMethod()) && isDoorItself(uri)) {
                var path = String.valueOf(uri.getPath());
                if (DoorPath.isOpen(path) || DoorPath.isReport(path) && uri.getQuery() == null && tellsWithARunsKey(request)) {
                    return gateway.handle(request, response, callback);
                }
                Refusal.write(response, callback, 403, "a sandbox's door leads to /inference/…, /telemetry/… and /otlp/… only, plainly "
                        + "spelled, and with the key of its run to where runs that are begun inside it are told of");
                return true;
            }
            switch (Network.valueOf(request.getConnectionMetaData().getConnector().getName())) {
                case OUTBOUND -> {
                    return egress.handle(request, response, callback);
                }
                case LISTED -> {
                    return toListed(request, response, callback);
                }
                default -> Refusal.write(response, callback, 403, "this sandbox has no network: nothing outside can be reached");
            }
            return true;
        }

        /** What a name stands for is looked at afterwards, as for everybody. */
        private boolean toListed(Request request, Response response, Callback callback) throws Exception {
            var hosts = lists.shown(request.getHeaders());
            if (hosts == null) {
                response.getHeaders().put(HttpHeader.PROXY_AUTHENTICATE, "Basic realm=\"hosts\"");
                Refusal.write(response, callback, 407, "this sandbox may reach listed hosts only, with the user and password of the proxy in its variables");
                return true;
            }
            var host = String.valueOf(request.getHttpURI().getHost());
            if (!HostLists.allows(hosts, host)) {
                Refusal.write(response, callback, 403, "this sandbox may reach " + String.join(", ", hosts) + " only, and not '" + host + "'");
                return true;
            }
            return egress.handle(request, response, callback);
        }

        /** A team's key, which somebody may have put into an environment, tells of nothing from in here. */
        private static boolean tellsWithARunsKey(Request request) {
            var credentials = request.getHeaders().getValuesList(HttpHeader.AUTHORIZATION);
            return "POST".equals(request.getMethod()) && credentials.size() == 1
                    && credentials.getFirst().startsWith("Bearer " + RunKeys.PREFIX);
        }

        private static boolean isDoorItself(HttpURI uri) {
            var host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
            return uri.getHost() == null || host.equals("127.0.0.1") || host.equals("localhost");
        }
    }

    private static final class ToGateway extends ProxyHandler.Reverse {

        /** Where a model is asked to speak, of all that is below {@code /inference}. */
        private static final Pattern MODEL_CALL = Pattern.compile("/inference/((v1/)?(chat/completions|responses)|v1/messages"
                + "|v1beta/(models|tunedModels)/.+:(streamG|g)enerateContent)");

        /** Headers in which the gateway looks for a key; it does in a query's {@code key}, too. */
        private static final List<String> WITH_KEYS = List.of("authorization", "x-goog-api-key", "x-api-key");

        private final KeyPlaceholders placeholders;
        private final ModelAnswers answers;

        ToGateway(URI gateway, KeyPlaceholders placeholders, ModelAnswers answers) {
            super(request -> HttpURI.build(gateway.toString() + pathQuery(request.getHttpURI(), placeholders)));
            this.placeholders = placeholders;
            this.answers = answers;
        }

        private static String pathQuery(HttpURI uri, KeyPlaceholders placeholders) {
            var query = uri.getQuery();
            return query == null
                    ? uri.getPathQuery()
                    : uri.getPath() + "?" + Stream.of(query.split("&", -1))
                            .map(pair -> pair.startsWith("key=") ? placeholders.replaced(pair) : pair)
                            .collect(Collectors.joining("&"));
        }

        /** What a container has in place of its run's key ends here. */
        @Override
        protected void copyRequestHeaders(Request request, org.eclipse.jetty.client.Request asked) {
            super.copyRequestHeaders(request, asked);
            asked.headers(headers -> WITH_KEYS.forEach(name -> {
                var shown = headers.getValuesList(name);
                if (!shown.isEmpty()) {
                    headers.put(name, shown.stream().map(placeholders::replaced).toList());
                }
            }));
        }

        @Override
        protected void onProxyToClientResponseComplete(
                Request request, org.eclipse.jetty.client.Request asked, org.eclipse.jetty.client.Response answer, Response response,
                Callback callback) {
            if ("POST".equals(request.getMethod()) && answer.getStatus() / 100 == 2
                    && MODEL_CALL.matcher(request.getHttpURI().getPath()).matches()) {
                keys(request).map(placeholders::replaced).forEach(answers::answered);
            }
            super.onProxyToClientResponseComplete(request, asked, answer, response, callback);
        }

        /** Wherever the gateway looks for one. */
        private static Stream<String> keys(Request request) {
            var headers = request.getHeaders();
            var named = Stream.of("x-goog-api-key", "x-api-key").map(headers::get).filter(Objects::nonNull);
            var bearer = Stream.ofNullable(headers.get(HttpHeader.AUTHORIZATION))
                    .filter(value -> value.regionMatches(true, 0, "Bearer ", 0, 7))
                    .map(value -> value.substring(7));
            var asked = Stream.ofNullable(request.getHttpURI().getQuery())
                    .flatMap(query -> Stream.of(query.split("&")))
                    .filter(pair -> pair.startsWith("key="))
                    .map(pair -> pair.substring(4));
            return Stream.of(named, bearer, asked).flatMap(keys -> keys).map(String::strip);
        }

        @Override
        protected HttpClient newHttpClient() {
            var client = super.newHttpClient();
            client.setIdleTimeout(IDLE.toMillis());
            client.setMaxConnectionsPerDestination(1024);
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
