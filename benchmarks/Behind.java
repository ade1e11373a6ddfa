// SPDX-License-Identifier: Apache-2.0

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.assay.contracts.ModelId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.ResolvedModel;
import dev.assay.contracts.internal.RunPlace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.json.JsonMapper;

/**
 * Stands in for the services that the gateway asks while it serves a model call: the catalog has every model, every run is the caller's,
 * spans are taken and counted. What these services themselves take is not part of what a gateway costs.
 */
final class Behind implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String UPSTREAM = "stand-in";

    private final HttpServer server;
    private final AtomicLong spans = new AtomicLong();
    private volatile TeamId team = TeamId.parse(new UUID(0, 0).toString());

    Behind() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/internal/models/resolve", exchange -> answer(exchange, JSON.writeValueAsString(model(exchange))));
        server.createContext("/internal/runs/", exchange -> answer(exchange, JSON.writeValueAsString(new RunPlace(team, null))));
        server.createContext("/internal/spans", exchange -> {
            spans.addAndGet(new String(exchange.getRequestBody().readAllBytes(), UTF_8).lines().count());
            answer(exchange, "{}");
        });
        server.createContext("/", exchange -> answer(exchange, "{}"));
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** The upstream's name in the catalog. */
    static String upstream() {
        return UPSTREAM;
    }

    /** Whose all runs are from now on. */
    void belongTo(TeamId team) {
        this.team = team;
    }

    /** How many have come. */
    long spans() {
        return spans.get();
    }

    private static ResolvedModel model(HttpExchange exchange) {
        var query = exchange.getRequestURI().getQuery();
        var name = query.substring(query.indexOf("model=") + "model=".length());
        return new ResolvedModel(new ModelId(UUID.nameUUIDFromBytes(name.getBytes(UTF_8))), name, UPSTREAM, name);
    }

    private static void answer(HttpExchange exchange, String json) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            var bytes = json.getBytes(UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
