// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.gateway.Client;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalServerPort;

@GatewayTest
class PagesTests {

    @LocalServerPort
    int port;

    @ParameterizedTest
    @ValueSource(strings = {
        "/", "/jobs", "/jobs/0f8fad5b-d9cb-469f-a165-70867728950e", "/jobs/0f8fad5bd9cb469fa16570867728950e",
        "/trace/0f8fad5b-d9cb-469f-a165-70867728950e", "/tasksets", "/tasksets/1", "/tasksets/1/imports", "/environments", "/environments/1",
        "/models", "/models/1?tab=checkpoints",
        "/upstreams", "/playground?model=scripted/letter-count", "/usage", "/people",
        "/workers", "/audit", "/settings"
    })
    void everyAddressThatIsPrintedHasAPage(String path) {
        var page = new Client(port).get(path);
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.header("content-type")).startsWith("text/html");
        assertThat(page.header("content-security-policy")).contains("script-src 'self'").doesNotContain("unsafe");
        assertThat(page.header("x-content-type-options")).isEqualTo("nosniff");
        assertThat(page.text()).contains("/assets/main.js");
    }

    @Test
    void theFilesOfAPageAreServedAndNothingElseIs() {
        var anybody = new Client(port);
        var script = anybody.get("/assets/main.js");
        assertThat(script.status()).isEqualTo(200);
        assertThat(script.header("content-type")).contains("javascript");
        assertThat(script.header("cache-control")).isEqualTo("no-cache");
        assertThat(anybody.get("/assets/uplot/dist/uPlot.esm.js").header("content-type")).contains("javascript");
        assertThat(anybody.get("/assets/uplot/dist/uPlot.min.css").header("content-type")).contains("css");
        assertThat(anybody.get("/assets/no-such.js").status()).isEqualTo(404);
        assertThat(anybody.get("/gateway-service.yml").status()).isEqualTo(404);
        assertThat(anybody.get("/no-such-page").status()).isEqualTo(404);
        assertThat(anybody.get("/swagger-ui/index.html").status()).isEqualTo(404);
    }

    @Test
    void healthIsOpenAndTellsNoDetails() {
        var health = new Client(port).get("/actuator/health");
        assertThat(health.status()).isEqualTo(200);
        assertThat(health.json().path("status").asString()).isEqualTo("UP");
        assertThat(health.text()).doesNotContain("db", "PostgreSQL", "path");
        assertThat(new Client(port).get("/actuator/health/readiness").status()).isEqualTo(200);
        assertThat(new Client(port).get("/actuator/health/liveness").status()).isEqualTo(200);
    }

    @Test
    void metricsAreTheOperatorsAlone() {
        var anybody = new Client(port);
        for (var path : new String[] {"/actuator/prometheus", "/actuator/env", "/actuator", "/actuator/info", "/actuator/health/db"}) {
            assertThat(anybody.get(path).status()).as(path).isEqualTo(401);
            assertThat(anybody.ofTeam("curious").get(path).status()).as(path).isEqualTo(401);
        }
        var operator = anybody.bearer(FakeServices.ADMIN_TOKEN);
        assertThat(operator.get("/actuator/prometheus").text()).contains("jvm_memory");
        assertThat(operator.get("/actuator/env").status()).isEqualTo(404);
    }
}
