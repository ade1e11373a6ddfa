// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.WorkersHere;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.json.JsonMapper;

/** What job-service says of workers. */
public final class FakeJobs implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    private static final Map<String, Set<String>> HELD = new ConcurrentHashMap<>();
    private static volatile WorkersHere here = new WorkersHere(Set.of(), Set.of());
    private static final HttpServer SERVER = start();

    /** From now on this worker holds a run of that environment. */
    static void hold(String worker, TeamId team, String environment) {
        HELD.computeIfAbsent("worker=worker/" + worker + "&team=" + team, key -> ConcurrentHashMap.newKeySet()).add(environment);
    }

    static void loseAll(String worker, TeamId team) {
        HELD.remove("worker=worker/" + worker + "&team=" + team);
    }

    /** From now on such workers are here. */
    public static void workers(Set<String> kinds, Set<String> open) {
        here = new WorkersHere(kinds, open);
    }

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        TestPropertyValues.of("assay.job-url=http://127.0.0.1:" + SERVER.getAddress().getPort()).applyTo(context);
    }

    private static void answer(HttpExchange exchange, Object answer) throws IOException {
        var body = JsonMapper.shared().writeValueAsBytes(answer);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static HttpServer start() {
        try {
            var server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
            server.createContext("/internal/work/environments", exchange -> {
                var asked = URLDecoder.decode(exchange.getRequestURI().getRawQuery(), StandardCharsets.UTF_8);
                answer(exchange, Map.of("names", HELD.getOrDefault(asked, Set.of())));
            });
            server.createContext("/internal/workers/here", exchange -> answer(exchange, here));
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
