// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.SessionId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.SessionLease;
import dev.assay.sdk.runtimes.process.ProcessRuntime;
import dev.assay.testsupport.TestPlatform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.web.client.RestClient;

/** The whole worker on a machine that has nothing to wall sandboxes off with. */
class WallsTests {

    @TempDir
    Path data;

    FakePlatform platform;

    @BeforeEach
    void start() throws IOException {
        platform = new FakePlatform();
        platform.environment("testing", Map.of());
        platform.sessions.add(new SessionLease(SessionId.random(), TeamId.random(), 1, FakePlatform.TTL, 600_000, "testing", null, "ark_of_a_session"));
    }

    @AfterEach
    void stop() {
        platform.close();
    }

    @Test
    void withoutWallsItTakesNoWorkAndSaysWhy() throws Exception {
        try (var worker = worker()) {
            var health = health(worker, "");
            assertThat(health.status()).isEqualTo(503);
            assertThat(health.text()).contains("OUT_OF_SERVICE", "isolation is switched off", "ASSAY_ISOLATION=off");
            assertThat(health(worker, "/readiness").status()).isEqualTo(503);
            // it lives: whoever starts dead processes again leaves it alone
            assertThat(health(worker, "/liveness").status()).isEqualTo(200);
            assertThat(asksWithin(2)).isFalse();
            assertThat(platform.sessions).hasSize(1);
        }
    }

    @Test
    void toldToDoWithoutItWorksAndSaysSo() throws Exception {
        try (var worker = worker("--assay.worker.isolation=off")) {
            assertThat(asksWithin(60)).isTrue();
            assertThat(platform.asked).anySatisfy(request -> assertThat(request.isolation()).isEqualTo("none"));
            var health = health(worker, "");
            assertThat(health.status()).isEqualTo(200);
            assertThat(health.text()).contains("\"sandboxes\":\"open\"");
        }
    }

    /** Whether it asks for work, and waits for its questions about runs to be among them. */
    private boolean asksWithin(int seconds) throws InterruptedException {
        var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (platform.asked.stream().noneMatch(request -> request.isolation() != null) && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return !platform.asked.isEmpty();
    }

    private record Answer(int status, String text) {}

    private static Answer health(ConfigurableApplicationContext worker, String part) {
        var port = ((ServletWebServerApplicationContext) worker).getWebServer().getPort();
        return RestClient.create("http://127.0.0.1:" + port).get().uri("/actuator/health" + part)
                .exchange((request, response) -> new Answer(response.getStatusCode().value(), new String(response.getBody().readAllBytes())));
    }

    private ConfigurableApplicationContext worker(String... further) {
        System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
        return new SpringApplicationBuilder(Worker.class)
                .properties("spring.config.name=worker")
                .initializers(context -> ((GenericApplicationContext) context)
                        .registerBean("bareMachine", ProcessRuntime.class, this::bareMachine, bean -> bean.setPrimary(true)))
                .run(Stream.concat(
                                Stream.of(
                                        "--server.port=0", "--assay.keys.own=" + TestPlatform.keysOf("worker"),
                                        "--assay.keys.public=" + TestPlatform.publicKeys(), "--assay.data=" + data,
                                        "--assay.job-url=" + platform.url(), "--assay.environment-url=" + platform.url(),
                                        "--assay.trace-url=" + platform.url(), "--assay.gateway-url=" + platform.url(),
                                        "--assay.worker.poll=2s"),
                                Stream.of(further))
                        .toArray(String[]::new));
    }

    private ProcessRuntime bareMachine() {
        try {
            return ProcessRuntime.on(data.resolve("bare"), data.resolve("bare-cache"), false, System.getenv());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
