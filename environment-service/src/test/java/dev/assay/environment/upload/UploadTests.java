// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.environment.Contexts;
import dev.assay.environment.EnvironmentServiceTest;
import dev.assay.environment.TestClient;
import dev.assay.environment.Time;
import dev.assay.kit.blob.Blobs;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

@EnvironmentServiceTest
class UploadTests {

    @LocalServerPort
    private int port;

    @Autowired
    private Time time;

    @Autowired
    private Blobs contexts;

    @Autowired
    private Uploads uploads;

    @Autowired
    private ReceiveContext received;

    @Autowired
    private ClearContexts clearing;

    @Autowired
    private JdbcClient database;

    @Autowired
    private TransactionTemplate transactions;

    private final CompletableFuture<Future<Integer>> answer = new CompletableFuture<>();

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
        assertThat(contexts.find(sha256(hostile))).isEmpty();

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
    void whatNoBuildWillAskForIsClearedAwayADayLater() throws Exception {
        var never = new Contexts().file("env.py", "never built").done();
        var built = new Contexts().file("env.py", "built").done();
        var fresh = new Contexts().file("env.py", "is just coming").done();
        var unused = client.post("/v2/builds/upload-url").json();
        put(unused, never);
        client.trigger("e", built);
        var orphan = contexts.put(new ByteArrayInputStream(new byte[] {1, 2, 3}), 10).sha256();
        database.sql("update uploads set expires_at = expires_at - interval '2 days'").update();
        for (var old : List.of(sha256(never), sha256(built), orphan)) {
            Files.setLastModifiedTime(contexts.find(old).orElseThrow().getFile().toPath(), FileTime.from(Instant.now().minus(Duration.ofDays(2))));
        }
        contexts.put(new ByteArrayInputStream(fresh), 1_000_000);

        clearing.clear();

        assertThat(contexts.find(orphan)).isEmpty();
        assertThat(contexts.find(sha256(never))).isEmpty();
        assertThat(contexts.find(sha256(built))).isPresent();
        assertThat(contexts.find(sha256(fresh))).isPresent();
        assertThat(trigger(unused).status()).isEqualTo(404);
    }

    @Test
    void whoSaysThatAContextHasComeAndWhoClearsItAwayWaitForEachOther() throws Exception {
        var context = new Contexts().file("env.py", "come and go").done();
        var sha256 = contexts.put(new ByteArrayInputStream(context), 1_000_000).sha256();
        try (var others = Executors.newVirtualThreadPerTaskExecutor()) {
            var whoClears = others.submit(() -> transactions.executeWithoutResult(status -> {
                uploads.lockContext(sha256);
                var put = client.post("/v2/builds/upload-url").json();
                var coming = others.submit(() -> put(put, context));
                await().until(() -> database.sql("select count(*) from pg_locks where locktype = 'advisory' and not granted")
                        .query(Long.class).single() > 0);
                received.forget(sha256);
                assertThat(coming.isDone()).isFalse();
                answer.complete(coming);
            }));
            whoClears.get();
            assertThat(answer.get().get()).isEqualTo(503);
        }
    }

    @Test
    void theAddressIsWhereTheCallerFoundThePlatform() {
        var own = client.post("/v2/builds/upload-url").json().path("upload_url").stringValue();
        assertThat(own).startsWith("http://127.0.0.1:" + port + "/v2/uploads/");
    }

    private static String sha256(byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }

    private int put(JsonNode address, byte[] context) {
        return client.upload(address.path("upload_url").stringValue(), context).status();
    }

    private TestClient.Answer trigger(JsonNode address) {
        return client.post("/v2/builds/trigger", "{\"name\":\"e\",\"build_id\":\"" + address.path("build_id").stringValue() + "\"}");
    }
}
