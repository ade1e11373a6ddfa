// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.upload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.environment.Contexts;
import dev.assay.environment.EnvironmentServiceTest;
import dev.assay.environment.TestClient;
import dev.assay.environment.Time;
import dev.assay.kit.blob.Blobs;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

@EnvironmentServiceTest
class UploadTests {

    @LocalServerPort
    private int port;

    @Autowired
    private Time time;

    @Autowired
    private Blobs contexts;

    private TestClient client;

    @BeforeEach
    void freshTeam() {
        client = new TestClient(port);
    }

    @Test
    void aSecondUploadReplacesTheFirstUntilTheBuildIsTriggered() {
        var address = client.post("/v2/builds/upload-url").json();
        var first = new Contexts().file("env.py", "first").done();
        var second = new Contexts().file("env.py", "second").done();
        assertThat(put(address, first)).isEqualTo(204);
        assertThat(put(address, second)).isEqualTo(204);
        assertThat(trigger(address).status()).isEqualTo(200);
        assertThat(put(address, first)).isEqualTo(409);

        client.build(address.path("build_id").stringValue(), "{}");
        client.hold("e");
        var version = client.workerGet("/internal/environments/resolve?team=" + client.team() + "&name=e").json().path("versionId").stringValue();
        assertThat(client.workerGetBytes("/internal/versions/" + version + "/context")).isEqualTo(second);
    }

    @Test
    void aHostileContextIsRefusedAndNotKept() throws Exception {
        var address = client.post("/v2/builds/upload-url").json();
        var hostile = new Contexts().file("../evil-" + System.nanoTime(), "x").done();
        var answer = client.upload(address.path("upload_url").stringValue(), hostile);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.detail()).contains("context: entry '../evil").contains("climbs out");
        var sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(hostile));
        assertThat(contexts.find(sha256)).isEmpty();

        var triggered = trigger(address);
        assertThat(triggered.status()).isEqualTo(400);
        assertThat(triggered.detail()).contains("nothing was uploaded");
    }

    @Test
    void anOversizedContextIsRefused() {
        var address = client.post("/v2/builds/upload-url").json();
        var large = new byte[1_200_000];
        new Random(1).nextBytes(large);
        var answer = client.upload(address.path("upload_url").stringValue(), new Contexts().file("noise", large).done());
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.detail()).contains("1048576 bytes");
    }

    @Test
    void anAddressRunsOutAndNoneCanBeGuessed() {
        var address = client.post("/v2/builds/upload-url").json();
        var guessed = address.path("upload_url").stringValue().replaceAll("/[^/]+$", "/AAAA");
        assertThat(client.upload(guessed, Contexts.small()).status()).isEqualTo(404);
        time.pass(Duration.ofSeconds(21));
        assertThat(put(address, Contexts.small())).isEqualTo(404);
    }

    @Test
    void theAddressIsWhereTheCallerFoundThePlatform() {
        var own = client.post("/v2/builds/upload-url").json().path("upload_url").stringValue();
        assertThat(own).startsWith("http://127.0.0.1:" + port + "/v2/uploads/");
    }

    private int put(JsonNode address, byte[] context) {
        return client.upload(address.path("upload_url").stringValue(), context).status();
    }

    private TestClient.Answer trigger(JsonNode address) {
        return client.post("/v2/builds/trigger", "{\"name\":\"e\",\"build_id\":\"" + address.path("build_id").stringValue() + "\"}");
    }
}
