// SPDX-License-Identifier: Apache-2.0

package dev.assay.job;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/**
 * Beside a fake environment-service that has one environment, with two tasks, another one that is deployed anew whenever it is asked for,
 * and the tasksets that tests put there; and a fake catalog with one model. One for all: so its tests share a service.
 */
public abstract class WithNeighbours {

    protected static final String VERSION = UUID.randomUUID().toString();
    protected static final String MODEL = UUID.randomUUID().toString();

    private static final Map<String, String> TASKSETS = new ConcurrentHashMap<>();
    private static final Map<String, String> ENVIRONMENTS = new ConcurrentHashMap<>();
    private static final HttpServer FAKE = fake();

    @DynamicPropertySource
    static void addresses(DynamicPropertyRegistry properties) {
        properties.add("assay.environment-url", () -> "http://127.0.0.1:" + FAKE.getAddress().getPort());
        properties.add("assay.training-url", () -> "http://127.0.0.1:" + FAKE.getAddress().getPort());
    }

    /** Puts a taskset there, called {@code set <id>}. @param tasks as the export has them, without what encloses them */
    protected static String taskset(String tasks) {
        var id = UUID.randomUUID().toString();
        TASKSETS.put(id, tasks);
        return id;
    }

    /** Deploys an environment with such members of its version beside: {@code "runtimeConfig": …, "image": …}. @return its name */
    protected static String environment(String members) {
        var name = "made-" + UUID.randomUUID();
        ENVIRONMENTS.put(name, members);
        return name;
    }

    private static HttpServer fake() {
        try {
            var server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/internal/environments/resolve", exchange -> {
                var query = exchange.getRequestURI().getQuery();
                var made = ENVIRONMENTS.get(query.substring(query.indexOf("name=") + 5));
                if (made != null) {
                    answer(exchange, 200, """
                            {"environmentId": "%s", "versionId": "%s", "environment": "made", "declaredName": "made", "number": 1, "contextSha256": "00",
                             "environmentVariables": {}, "manifest": {}, %s}""".formatted(UUID.randomUUID(), UUID.nameUUIDFromBytes(made.getBytes(StandardCharsets.UTF_8)), made));
                    return;
                }
                var version = query.contains("name=My_Letters") ? VERSION : query.contains("name=Ever_New") ? UUID.randomUUID().toString() : null;
                answer(exchange, version != null ? 200 : 404, """
                        {"environmentId": "%s", "versionId": "%s", "environment": "my-letters", "declaredName": "My_Letters", "number": 1,
                         "contextSha256": "00", "environmentVariables": {},
                         "runtimeConfig": {"limits": {"startup_timeout_s": 33, "run_timeout_s": 77}},
                         "manifest": {"env": {"name": "My_Letters"}, "tasks": [
                           {"id": "count", "args": {"properties": {"word": {}, "letter": {}}, "additionalProperties": false}},
                           {"id": "open", "args": {"properties": {}, "additionalProperties": true}}], "capabilities": []}}"""
                        .formatted(UUID.randomUUID(), version));
            });
            server.createContext("/v2/tasksets/", exchange -> {
                var names = exchange.getRequestURI().getPath().split("/");
                var id = names[3].equals("by-name") ? names[4].replace("set ", "") : names[3];
                var tasks = TASKSETS.get(id);
                answer(exchange, tasks == null ? 404 : 200, tasks == null ? "{}" : names[3].equals("by-name")
                        ? "{\"taskset_id\": \"" + id + "\", \"name\": \"set " + id + "\"}"
                        : "{\"name\": \"set " + id + "\", \"tasks\": [" + tasks + "]}");
            });
            server.createContext("/internal/models/resolve", exchange -> {
                var found = exchange.getRequestURI().getQuery().endsWith("model=scripted/letters");
                answer(exchange, found ? 200 : 404, found
                        ? "{\"id\": \"" + MODEL + "\", \"modelName\": \"scripted/letters\", \"provider\": \"scripted\", \"upstreamModel\": \"letters\"}"
                        : "{\"near\": [\"scripted/letters\"]}");
            });
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
