// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.gateway.Client;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import java.util.ArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

@GatewayTest
class ApiDocumentTests {

    @LocalServerPort
    int port;

    @BeforeEach
    void services() {
        FakeServices.reset();
        FakeServices.JOB.on("GET /v3/api-docs", 200, """
                {"openapi": "3.1.0", "paths": {
                  "/v2/jobs": {"get": {"operationId": "list", "responses": {"200": {"content": {"application/json":
                    {"schema": {"$ref": "#/components/schemas/Page"}}}}}}},
                  "/v2/hidden": {"get": {}}, "/internal/leases": {"post": {}}},
                 "components": {"schemas": {"Page": {"type": "object", "properties": {"jobs": {"$ref": "#/components/schemas/Job"}}},
                  "Job": {"type": "object"}}}}""");
        FakeServices.TRACE.on("GET /v3/api-docs", 200, """
                {"openapi": "3.1.0", "paths": {"/telemetry/trace/{id}/telemetry-upload": {"post": {"operationId": "upload"}},
                  "/v2/jobs": {"delete": {}}}}""");
        FakeServices.TRAINING.on("GET /v3/api-docs", 200, "{\"openapi\": \"3.1.0\", \"paths\": {}}");
        FakeServices.ENVIRONMENT.on("GET /v3/api-docs", 200, "{\"openapi\": \"3.1.0\", \"paths\": {}}");
    }

    private JsonNode document() {
        var answer = new Client(port).ofTeam("readers").get("/v3/api-docs");
        assertThat(answer.status()).isEqualTo(200);
        return answer.json();
    }

    @Test
    void whoReadsItHasAKeyAndDoesNotMakeEveryServiceWriteItsPartAnew() {
        assertThat(new Client(port).get("/v3/api-docs").status()).isEqualTo(401);
        assertThat(new Client(port).get("/v3/api-docs/gateway").status()).isEqualTo(404);
        document();
        FakeServices.JOB.seen.clear();
        document();
        document();
        assertThat(FakeServices.JOB.seen).hasSizeLessThan(2);
    }

    @Test
    void allServicesAreInOneDocument() {
        var document = document();
        assertThat(document.path("openapi").asString()).startsWith("3.1");
        assertThat(document.path("paths").propertyNames())
                .contains("/v2/jobs", "/telemetry/v3/api/trace/{id}/telemetry-upload", "/v2/auth/me", "/v2/keys", "/v2/admin/keys",
                        "/inference/chat/completions", "/telemetry/v3/api/sdk-events/cli")
                .doesNotContain("/internal/leases", "/v2/hidden", "/telemetry/trace/{id}/telemetry-upload");
        assertThat(document.at("/paths/~1v2~1jobs").propertyNames()).containsExactly("get");
        assertThat(document.at("/servers/0/url").asString()).isEqualTo("http://127.0.0.1:" + port);
    }

    @Test
    void whatIsNamedAlikeInTwoServicesIsKeptApart() {
        var document = document();
        assertThat(document.at("/paths/~1v2~1jobs/get/responses/200/content/application~1json/schema/$ref").asString())
                .isEqualTo("#/components/schemas/job.Page");
        assertThat(document.at("/components/schemas/job.Page/properties/jobs/$ref").asString()).isEqualTo("#/components/schemas/Job");
        assertThat(document.at("/components/schemas/Page/properties/items").isMissingNode()).isFalse();
    }

    @Test
    void aBrowsersCookieIsGoodBelowV2AndNowhereElse() {
        var document = document();
        assertThat(document.at("/components/securitySchemes").propertyNames()).contains("key", "browser", "admin");
        assertThat(document.at("/security").toString()).isEqualTo("[{\"key\":[]},{\"browser\":[]}]");
        assertThat(document.at("/paths/~1v2~1auth~1me/get/security").isMissingNode()).isTrue();
        assertThat(document.at("/paths/~1v2~1auth~1session/post/security").toString()).isEqualTo("[]");
        assertThat(document.at("/paths/~1v2~1admin~1keys/post/security").toString()).isEqualTo("[{\"admin\":[]}]");
        assertThat(document.at("/paths/~1inference~1chat~1completions/post/security").toString()).isEqualTo("[{\"key\":[]}]");
        assertThat(document.at("/paths/~1telemetry~1v3~1api~1trace~1{id}~1telemetry-upload/post/security").toString())
                .isEqualTo("[{\"key\":[]}]");
    }

    @Test
    void everyOperationSaysWhomItAdmits() {
        var document = document();
        assertThat(document.at("/paths/~1v2~1keys/get/x-admits").toString()).isEqualTo("[\"viewer\"]");
        assertThat(document.at("/paths/~1v2~1admin~1keys/post/x-admits").toString()).isEqualTo("[\"operator\"]");
        assertThat(document.at("/paths/~1inference~1chat~1completions/post/x-admits").toString()).isEqualTo("[\"member\",\"run\"]");
    }

    @Test
    void aServiceThatIsDownIsLeftOutWithANote() {
        assertThat(document().at("/info/description").asString()).contains("grading-service").doesNotContain("job-service");
    }

    @Test
    void everyEndpointOfTheGatewayIsDescribed() {
        var undescribed = new ArrayList<String>();
        document().path("paths").properties().stream()
                .filter(path -> !path.getKey().equals("/v2/jobs") && !path.getKey().endsWith("telemetry-upload"))
                .forEach(path -> path.getValue().properties().forEach(operation -> {
                    if (operation.getValue().path("summary").asString("").isEmpty()) {
                        undescribed.add(operation.getKey() + " " + path.getKey());
                    }
                }));
        assertThat(undescribed).isEmpty();
    }

    @Test
    void thePageForReadingItLoadsOnlyWhatIsHere() {
        var anybody = new Client(port);
        var page = anybody.get("/docs");
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.text()).contains("/docs/assets/swagger-ui-bundle.js").doesNotContain("<script>");
        for (var file : new String[] {"swagger-ui.css", "swagger-ui-bundle.js", "start.js"}) {
            assertThat(anybody.get("/docs/assets/" + file).status()).isEqualTo(200);
        }
    }
}
