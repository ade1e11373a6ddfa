// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.jspecify.annotations.Nullable;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In a real Tomcat, because what a path means is the server's to say. */
class CallerFilterTests {

    private static final String METRICS = "for-the-collector-alone";

    @TempDir
    private static Path keys;

    private static final Tomcat TOMCAT = new Tomcat();

    @BeforeAll
    static void start() throws IOException, LifecycleException {
        TOMCAT.setBaseDir(Files.createTempDirectory("tomcat-").toString());
        TOMCAT.setPort(0);
        var context = TOMCAT.addContext("", null);
        Tomcat.addServlet(context, "everything", new HttpServlet() {
            @Override
            protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                response.getWriter().print("served");
            }
        });
        context.addServletMappingDecoded("/", "everything");
        var filter = new FilterDef();
        filter.setFilterName("callers");
        filter.setFilter(new CallerFilter(new Parties(keys, Clock.systemUTC()).service("job-service"), METRICS, Set.of("/internal/workers/hello")));
        context.addFilterDef(filter);
        var everywhere = new FilterMap();
        everywhere.setFilterName("callers");
        everywhere.addURLPattern("/*");
        context.addFilterMap(everywhere);
        TOMCAT.getConnector();
        TOMCAT.start();
    }

    @AfterAll
    static void stop() throws LifecycleException {
        TOMCAT.stop();
        TOMCAT.destroy();
    }

    @Test
    void withoutATokenOnlyHealthAnswers() throws Exception {
        assertThat(get("/actuator/health", null)).isEqualTo(200);
        assertThat(get("/actuator/health/readiness", null)).isEqualTo(200);
        assertThat(get("/v3/api-docs", null)).isEqualTo(401);
        assertThat(get("/actuator/info", null)).isEqualTo(401);
        assertThat(get("/actuator/prometheus", null)).isEqualTo(401);
        assertThat(get("/v2/jobs", null)).isEqualTo(401);
        assertThat(get("/actuator-not/health", null)).isEqualTo(401);
        assertThat(get("/internal/workers/hello", null)).as("its handler looks at another credential").isEqualTo(200);
        assertThat(get("/internal/workers/hello/", null)).isEqualTo(401);
    }

    @Test
    void noSpellingOfAPathLeadsRoundTheDoor() throws Exception {
        for (var path : new String[] {
            "/actuator/health/../../internal/leases", "/actuator/health/%2e%2e/%2e%2e/internal/leases",
            "/actuator/health/..;/..;/internal/leases", "/internal/leases", "/%69nternal/leases", "/internal;a=b/leases",
            "/v2/../internal/leases"
        }) {
            assertThat(get(path, null)).as(path).isBetween(400, 499);
        }
        assertThat(get("/v2/jobs", member("job-service"))).isEqualTo(200);
        assertThat(get("/v2/jobs", member("trace-service"))).isEqualTo(401);
    }

    @Test
    void metricsAreForTheirCollectorAndForServices() throws Exception {
        assertThat(get("/actuator/prometheus", METRICS)).isEqualTo(200);
        assertThat(get("/actuator/info", METRICS)).isEqualTo(401);
        assertThat(get("/v2/jobs", METRICS)).isEqualTo(401);
        assertThat(get("/actuator/prometheus", member("job-service"))).isEqualTo(404);
        assertThat(get("/actuator/prometheus", new Parties(keys, Clock.systemUTC()).service("gateway-service").mint(Role.SERVICE, "job-service")))
                .isEqualTo(200);
    }

    @Test
    void aKeyThatCannotBeReadIsAnOutageAndNoReasonToTakeAnybodyForAStranger(@TempDir Path elsewhere) throws Exception {
        var token = member(elsewhere, "job-service");
        assertThat(get("/v2/jobs", token)).isEqualTo(401);

        var keyId = SignedJWT.parse(token).getHeader().getKeyID();
        Files.createDirectory(keys.resolve(MakeKeys.PUBLIC).resolve(KeyFile.name("gateway-service", keyId))); // no file can be read there
        for (var path : List.of("/v2/jobs", "/telemetry/trace/1/telemetry-upload")) {
            var answer = answer(path, token);
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).hasValue(path.equals("/v2/jobs") ? "1" : "25");
        }
    }

    private static String member(String audience) {
        return member(keys, audience);
    }

    private static String member(Path keys, String audience) {
        var member = new Caller(TeamId.random(), UserId.random(), Role.MEMBER);
        return new Parties(keys, Clock.systemUTC()).service("gateway-service").mint(member, audience);
    }

    private static int get(String path, @Nullable String token) throws IOException, InterruptedException {
        return answer(path, token).statusCode();
    }

    private static HttpResponse<Void> answer(String path, @Nullable String token) throws IOException, InterruptedException {
        try (var http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + TOMCAT.getConnector().getLocalPort() + path));
            if (token != null) {
                request.header("Authorization", "Bearer " + token);
            }
            return http.send(request.build(), BodyHandlers.discarding());
        }
    }
}
