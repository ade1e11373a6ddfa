// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading;

import com.sun.net.httpserver.HttpServer;
import dev.assay.contracts.JobId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/** What job-service says to this one: which jobs there are. Points the service under test at itself. */
public final class FakeJobService implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    private static final Set<JobId> JOBS = ConcurrentHashMap.newKeySet();
    private static final HttpServer SERVER = start();

    public static void has(JobId job) {
        JOBS.add(job);
    }

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        TestPropertyValues.of("assay.job-url=http://127.0.0.1:" + SERVER.getAddress().getPort()).applyTo(context);
    }

    private static HttpServer start() {
        try {
            var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/v2/jobs/", exchange -> {
                try (exchange) {
                    var job = JobId.parse(exchange.getRequestURI().getPath().split("/")[3]);
                    exchange.sendResponseHeaders(JOBS.contains(job) ? 204 : 404, -1);
                }
            });
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
