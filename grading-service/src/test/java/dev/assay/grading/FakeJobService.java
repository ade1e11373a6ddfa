// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading;

import com.sun.net.httpserver.HttpServer;
import dev.assay.contracts.RunId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/** What job-service says to this one: what a run was graded with. Points the service under test at itself. */
public final class FakeJobService implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    private static final Map<RunId, String> EVALUATIONS = new ConcurrentHashMap<>();
    private static final HttpServer SERVER = start();

    /** It has the evaluation of the run's first end, or has not. */
    public static void evaluated(RunId run, @Nullable String evaluation) {
        if (evaluation == null) {
            EVALUATIONS.remove(run);
        } else {
            EVALUATIONS.put(run, evaluation);
        }
    }

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        TestPropertyValues.of("assay.job-url=http://127.0.0.1:" + SERVER.getAddress().getPort()).applyTo(context);
    }

    private static HttpServer start() {
        try {
            var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/internal/runs/", exchange -> {
                try (exchange) {
                    var run = RunId.parse(exchange.getRequestURI().getPath().split("/")[3]);
                    var evaluation = exchange.getRequestURI().getQuery().equals("revision=1") ? EVALUATIONS.get(run) : null;
                    var body = Objects.requireNonNullElse(evaluation, "").getBytes(StandardCharsets.UTF_8);
                    exchange.getResponseHeaders().add("Content-Type", "application/json");
                    exchange.sendResponseHeaders(evaluation == null ? 404 : 200, evaluation == null ? -1 : body.length);
                    exchange.getResponseBody().write(body);
                }
            });
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
