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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.json.JsonMapper;

/**
 * What its neighbours say to this one: job-service with what a run was graded, and which jobs there are; environment-service of tasksets and
 * tasks; the gateway of costs, and a model behind it; trace-service of timelines. Points the service under test at itself.
 */
public final class FakeJobService implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    private static final Map<RunId, String> EVALUATIONS = new ConcurrentHashMap<>();
    /** Under a team's id and a path with its query. */
    private static final Map<String, String> ANSWERS = new ConcurrentHashMap<>();

    private static final Map<String, List<String>> ASKED = new ConcurrentHashMap<>();

    private static final HttpServer SERVER = start();

    /** It has the evaluation of the run's first end, or has not. */
    public static void evaluated(RunId run, @Nullable String evaluation) {
        if (evaluation == null) {
            EVALUATIONS.remove(run);
        } else {
            EVALUATIONS.put(run, evaluation);
        }
    }

    /** The bodies that were posted there. */
    public static List<String> asked(TeamId team, String path) {
        return ASKED.getOrDefault(team + " " + path, List.of());
    }

    /** To whoever asks for that team, and to nobody else. */
    public static void answers(TeamId team, String path, String body) {
        ANSWERS.put(team + " " + path, body);
    }

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        var address = "http://127.0.0.1:" + SERVER.getAddress().getPort();
        TestPropertyValues.of(Stream.of("job", "environment", "gateway", "trace").map(name -> "assay." + name + "-url=" + address)).applyTo(context);
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
            for (var path : List.of("/v2/", "/internal/tasks", "/inference/")) {
                server.createContext(path, exchange -> {
                    try (exchange) {
                        var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
                        var asked = team(exchange) + " " + exchange.getRequestURI();
                        if (!body.isEmpty()) {
                            ASKED.computeIfAbsent(asked, unused -> new CopyOnWriteArrayList<>()).add(body);
                        }
                        send(exchange, ANSWERS.get(asked));
                    }
                });
            }
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
