// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.testsupport.Tokens;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

@EnvironmentServiceTest
class OpenApiTests {

    @LocalServerPort
    private int port;

    @Test
    void everyPublicEndpointIsDescribed() {
        var document = new TestClient(port).as(Tokens.service(), "/v3/api-docs").json();
        assertThat(document.at("/components/schemas/BuildRecord/properties/manifest").toString()).isEqualTo("{\"type\":[\"object\",\"null\"]}");
        var paths = document.path("paths");
        assertThat(paths.propertyNames()).contains("/v2/tasks/upload", "/v2/builds/trigger", "/v2/tasksets/{id}/export").noneMatch(path -> path.startsWith("/internal"));
        paths.propertyStream().forEach(path -> path.getValue().propertyStream().forEach(operation -> {
            assertThat(operation.getValue().path("summary").asString("")).as(path.getKey()).isNotBlank();
            assertThat(operation.getValue().path("description").asString("")).as(path.getKey()).isNotBlank();
        }));
    }
}
