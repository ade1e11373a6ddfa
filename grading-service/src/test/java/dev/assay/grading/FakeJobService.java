// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.json.JsonMapper;

/**
 * What its neighbours say to this one: job-service with what a run was graded, and which jobs there are; environment-service of tasksets; the
 * gateway of costs. Points the service under test at itself.
 */
public final class FakeJobService implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    private static final Map<RunId, String> EVALUATIONS = new ConcurrentHashMap<>();
    /** Under a team's id and a path with its query. */
    private static final Map<String, String> ANSWERS = new ConcurrentHashMap<>();

    private static final HttpServer SERVER = start();

    /** It has the evaluation of the run's first end, or has not. */
    public static void evaluated(RunId run, @Nullable String evaluation) {
        if (evaluation == null) {
            EVALUATIONS.remove(run);
        } else {
            EVALUATIONS.put(run, evaluation);
        }
    }

    /** To whoever asks for that team, and to nobody else. */
    public static void answers(TeamId team, String path, String body) {
        ANSWERS.put(team + " " + path, body);
    }

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        var address = "http://127.0.0.1:" + SERVER.getAddress().getPort();
        TestPropertyValues.of("assay.job-url=" + address, "assay.environment-url=" + address, "assay.gateway-url=" + address).applyTo(context);
    }

    private static void send(HttpExchange exchange, @Nullable String answer) throws IOException {
        var body = Objects.requireNonNullElse(answer, "").getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(answer == null ? 404 : 200, answer == null ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    /** As the token says it, which nobody checks here. */
    private static String team(HttpExchange exchange) {
        var claims = exchange.getRequestHeaders().getFirst("Authorization").split("\\.")[1];
        return new JsonMapper().readTree(Base64.getUrlDecoder().decode(claims)).path("team").stringValue();
    }

    private static HttpServer start() {
        try {
            var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/internal/runs/", exchange -> {
                try (exchange) {
                    var run = RunId.parse(exchange.getRequestURI().getPath().split("/")[3]);
                    var evaluation = exchange.getRequestURI().getQuery().equals("revision=1") ? EVALUATIONS.get(run) : null;
                    send(exchange, evaluation);
                }
            });
            server.createContext("/v2/", exchange -> {
                try (exchange) {
                    send(exchange, ANSWERS.get(team(exchange) + " " + exchange.getRequestURI()));
                }
            });
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
