// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.enrolment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.assay.contracts.internal.WorkerHello;
import dev.assay.sdk.protocol.Json;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.web.client.ResourceAccessException;

class EnrolmentTests {

    @TempDir
    Path data;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private final AtomicInteger asked = new AtomicInteger();
    private volatile int status = 200;
    private volatile Map<String, String> believed = Map.of("gateway-service.1.jwk", "one");
    private HttpServer jobs;
    private Enrolment enrolment;

    @BeforeEach
    void start() throws IOException {
        jobs = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        jobs.createContext("/internal/workers/hello", exchange -> {
            var known = "Bearer awc_known".equals(exchange.getRequestHeaders().getFirst("Authorization"));
            var number = asked.incrementAndGet();
            var hello = new WorkerHello(
                    "far", Map.of("job-service", "token " + number), 120_000, "http://gateway", "http://environments", believed);
            var body = Json.MAPPER.writeValueAsBytes(hello);
            exchange.sendResponseHeaders(known ? status : 401, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        jobs.start();
        enrolment = new Enrolment(hello("awc_known"), now::get);
    }

    @AfterEach
    void stop() {
        jobs.stop(0);
    }

    private String url() {
        return "http://127.0.0.1:" + jobs.getAddress().getPort();
    }

    private Hello hello(String credential) {
        return new Hello(URI.create(url()), credential, data.resolve("worker/believed"));
    }

    @Test
    void tokensAreAskedForAnewWhenAThirdOfTheirTimeIsOver() {
        assertThat(enrolment.token("job-service")).isEqualTo("token 1");
        now.set(now.get().plusSeconds(39));
        assertThat(enrolment.token("job-service")).isEqualTo("token 1");
        now.set(now.get().plusSeconds(1));
        assertThat(enrolment.token("job-service")).isEqualTo("token 2");
    }

    @Test
    void whileJobServiceIsAwayTheTokensThatThereAreServeToTheirEnd() {
        enrolment.token("job-service");
        status = 503;
        now.set(now.get().plusSeconds(60));
        assertThat(enrolment.token("job-service")).isEqualTo("token 1");
        now.set(now.get().plusSeconds(60));
        assertThatThrownBy(() -> enrolment.token("job-service")).isInstanceOf(ResourceAccessException.class).hasMessageContaining("503");
        status = 200;
        assertThatThrownBy(() -> enrolment.token("job-service")).as("it was asked just now").hasMessageContaining("503");
        assertThat(asked).hasValue(3);
        now.set(now.get().plusSeconds(1));
        assertThat(enrolment.token("job-service")).isEqualTo("token 4");
    }

    @Test
    void aClockThatIsSetBackKeepsNoTokenBeyondItsTime() {
        enrolment.token("job-service");
        now.set(now.get().minusSeconds(3600));
        assertThat(enrolment.token("job-service")).isEqualTo("token 2");
    }

    @Test
    void aRevokedCredentialEndsTheTokensToo() {
        enrolment.token("job-service");
        status = 401;
        now.set(now.get().plusSeconds(60));
        assertThatThrownBy(() -> enrolment.token("job-service")).isInstanceOf(ResourceAccessException.class).hasMessageContaining("revoked");
        now.set(now.get().plusSeconds(39));
        assertThatThrownBy(() -> enrolment.token("job-service")).hasMessageContaining("revoked");
        assertThat(asked).as("it is not asked at each request").hasValue(2);
        now.set(now.get().plusSeconds(1));
        status = 200;
        assertThat(enrolment.token("job-service")).isEqualTo("token 3");
    }

    @Test
    void keysThatAreBelievedNoMoreAreGone() throws Exception {
        enrolment.token("job-service");
        believed = Map.of("gateway-service.2.jwk", "two");
        now.set(now.get().plusSeconds(60));
        enrolment.token("job-service");
        try (var files = Files.list(data.resolve("worker/believed"))) {
            assertThat(files).singleElement().satisfies(file -> assertThat(file).hasFileName("gateway-service.2.jwk").hasContent("two"));
        }
        believed = Map.of("../gateway-service.3.jwk", "three");
        now.set(now.get().plusSeconds(60));
        enrolment.token("job-service");
        assertThat(data.resolve("worker/gateway-service.3.jwk")).doesNotExist();
    }

    @Test
    void aWorkerLearnsWhoItIsAndWhereTheOthersAreBeforeItStarts() {
        var environment = environment("worker", "awc_known");
        new EnrolFirst().postProcessEnvironment(environment, new SpringApplication());
        assertThat(environment.getProperty("assay.worker.issuer")).isEqualTo("enrolled");
        assertThat(environment.getProperty("assay.worker.name")).isEqualTo("far");
        assertThat(environment.getProperty("assay.gateway-url")).isEqualTo("http://gateway");
        assertThat(environment.getProperty("assay.environment-url")).isEqualTo("http://environments");
        assertThat(environment.getProperty("assay.keys.public")).isEqualTo(data + "/worker/believed");
        assertThat(environment.getProperty("assay.worker.enrolled", Boolean.class)).isTrue();
    }

    @Test
    void othersOfTheSameProgramEnrolNothing() {
        var environment = environment("job-service", "awc_known");
        new EnrolFirst().postProcessEnvironment(environment, new SpringApplication());
        assertThat(environment.getProperty("assay.worker.enrolled")).isNull();
        assertThat(asked).hasValue(0);
    }

    @Test
    void aWorkerWhoseCredentialOpensNothingDoesNotStartAndSaysWhy() {
        assertThatThrownBy(() -> new EnrolFirst().postProcessEnvironment(environment("worker", "awc_other"), new SpringApplication()))
                .hasMessageContaining("ASSAY_WORKER_CREDENTIAL")
                .hasMessageContaining("opens nothing")
                .hasMessageNotContaining("awc_other");
    }

    private StandardEnvironment environment(String name, String credential) {
        var environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test", Map.of(
                "spring.application.name", name, "assay.worker.credential", credential, "assay.job-url", url(), "assay.data", data.toString())));
        return environment;
    }
}
