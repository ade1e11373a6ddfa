// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.testsupport.Tokens;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

@EnvironmentServiceTest
class BadInputTests {

    private static final String NOBODY = "00000000-0000-0000-0000-000000000001";

    @LocalServerPort
    private int port;

    private TestClient client;

    @BeforeEach
    void freshTeam() {
        client = new TestClient(port);
    }

    @Test
    void pathsWithIdsThatAreNone() {
        for (var path : new String[] {"/v2/projects/x", "/v2/builds/x/status", "/v2/registry/x", "/v2/tasksets/x", "/v2/tasksets/x/export"}) {
            var answer = client.get(path);
            assertThat(answer.status()).as(path).isEqualTo(400);
            assertThat(answer.detail()).isEqualTo("id: 'x' is not a UUID");
        }
    }

    @Test
    void pagesThatAreNone() {
        assertThat(client.get("/v2/registry?limit=0").detail()).isEqualTo("limit: must be between 1 and 1000");
        assertThat(client.get("/v2/tasksets?offset=-1").detail()).isEqualTo("offset: must not be negative");
        assertThat(client.get("/v2/projects?limit=many").status()).isEqualTo(400);
    }

    @Test
    void triggersThatLackSomething() {
        trigger("{", "body: not valid JSON");
        trigger("[]", "");
        trigger("{}", "build_id: required");
        trigger("{\"build_id\":\"x\",\"name\":\"n\"}", "build_id: 'x' is not a UUID");
        trigger("{\"build_id\":\"" + NOBODY + "\"}", "name: required");
        trigger("{\"build_id\":\"" + NOBODY + "\",\"name\":\" \"}", "name: must not be blank");
        trigger("{\"build_id\":\"" + NOBODY + "\",\"name\":\"n\",\"runtime_provider\":\"moon\"}", "runtime_provider");
        trigger("{\"build_id\":\"" + NOBODY + "\",\"name\":\"n\",\"runtime_config\":{\"x\":1}}", "runtime_config has no 'x'");
        trigger("{\"build_id\":\"" + NOBODY + "\",\"name\":\"n\",\"environment_variables\":{\"a b\":\"\"}}", "environment_variables: 'a b'");
        trigger("{\"build_id\":\"" + NOBODY + "\",\"name\":\"n\",\"environment_variables\":{\"A\":null}}", "environment_variables.A");
        trigger("{\"build_id\":\"" + NOBODY + "\",\"name\":\"n\",\"environment_variables\":[]}", "environment_variables");
        trigger("{\"build_id\":\"" + NOBODY + "\",\"name\":\"n\",\"build_args\":{\"A\":{}}}", "build_args");
        assertThat(client.post("/v2/builds/trigger", "{\"build_id\":\"" + NOBODY + "\",\"name\":\"n\"}").status()).isEqualTo(404);
    }

    @Test
    void namesThatAreNone() {
        assertThat(client.post("/v2/projects", "{}").detail()).isEqualTo("name: required");
        assertThat(client.post("/v2/projects", "{\"name\":\"a\\u0000\"}").detail()).contains("name: holds characters");
        assertThat(client.post("/v2/tasksets", "{\"name\":\"" + "x".repeat(301) + "\"}").detail()).contains("longer than 300");
        assertThat(client.post("/v2/tasksets", "{\"name\":\"n\",\"project_id\":\"x\"}").detail()).contains("project_id").contains("not a UUID");
    }

    @Test
    void wordsOfWorkersThatMakeNoSense() {
        assertThat(client.workerPost("/internal/builds/" + NOBODY + "/progress", "{\"attempt\":1,\"firstLine\":0,\"lines\":[]}").status())
                .isEqualTo(409);
        assertThat(client.workerPost("/internal/builds/leases", "{\"waitMillis\":").status()).isEqualTo(400);
        assertThat(client.workerPost("/internal/builds/leases", "{}").status()).isEqualTo(400);
        assertThat(client.as(Tokens.service(), "/internal/builds/" + NOBODY + "/log").status()).isEqualTo(404);
        assertThat(client.workerGet("/internal/versions/" + NOBODY + "/context").status()).isEqualTo(404);
        assertThat(client.workerGet("/internal/environments/resolve?team=" + NOBODY).status()).isEqualTo(400);
    }

    private void trigger(String body, String expected) {
        var answer = client.post("/v2/builds/trigger", body);
        assertThat(answer.status()).as(body).isEqualTo(400);
        assertThat(answer.detail()).as(body).contains(expected);
    }
}
