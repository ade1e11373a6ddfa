// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.TeamId;
import dev.assay.gateway.Client;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A gateway with a team of its own for each test, whose calls are recorded and replayed under a name of its own. */
@GatewayTest
abstract class WithRecordings {

    static final String CHAT = "/inference/chat/completions";
    static final String RESPONSES = "/inference/responses";
    static final String SECRET = "sk-proj-abcdefghijklmnop0123";

    @LocalServerPort
    int port;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    RecordingRows rows;

    final String name = "r-" + UUID.randomUUID();
    Client member;
    String key;
    TeamId team;
    final String script = "recorded-" + name;
    private int turn;

    @BeforeEach
    void clean() throws IOException {
        FakeServices.reset();
        key = new Client(port).newKey("recorders " + name, "tester").path("key").asString();
        member = new Client(port).bearer(key);
        team = new TeamId(UUID.fromString(member.get("/v2/auth/me").json().path("team_id").asString()));
        plays("rules: [{when: {contains: secret}, say: 'It is " + SECRET + "'}, {say: 'Hello there, whoever you are'}]");
    }

    void plays(String yaml) throws IOException {
        var file = FakeServices.SCRIPTS.resolve(script + ".yaml");
        Files.writeString(file, yaml);
        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH.plusSeconds(turn++))); // by which it is seen that it is another
        FakeServices.TRAINING.on("GET /internal/models/resolve", 200, """
                {"id": "3b241101-e2bb-4255-8caf-4136c566a962", "modelName": "m", "provider": "scripted", "upstreamModel": "%s"}"""
                .formatted(script));
    }

    /** The model is in no catalog any more, and nobody would answer for it. */
    void nobodyIsThere() throws IOException {
        Files.delete(FakeServices.SCRIPTS.resolve(script + ".yaml"));
        FakeServices.TRAINING.on("GET /internal/models/resolve", 404, "{}");
        FakeServices.TRAINING.seen.clear();
    }

    Client as(String mode) {
        return member.with("Authorization", "Bearer " + key, Wanted.HEADER, mode + "=" + name);
    }

    static String chat(String text, String more) {
        return "{\"model\": \"m\", \"messages\": [{\"role\": \"user\", \"content\": \"" + text + "\"}]" + more + "}";
    }

    static String said(Client.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json().at("/choices/0/message/content").asString("");
    }

    static String error(Client.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        return answer.json().path("error").path("message").asString("");
    }

    String file() {
        return file(1);
    }

    /** Once it has so many answers. */
    String file(int calls) {
        await().until(() -> jdbc.sql("select calls from recordings where name = :name").param("name", name).query(Integer.class).optional()
                .orElse(0) >= calls);
        return member.get("/v2/recordings/" + name).text();
    }

    Client.Answer load(String text) {
        return load(member, text);
    }

    Client.Answer load(Client who, String text) {
        return who.send("PUT", "/v2/recordings/" + name, BodyPublishers.ofString(text), "Content-Type", "application/x-ndjson");
    }

    UUID job(String mode) {
        var job = UUID.randomUUID();
        assertThat(member.send("PUT", "/v2/recordings/" + name + "/jobs/" + job, BodyPublishers.ofString("{\"mode\": \"" + mode + "\"}"),
                "Content-Type", "application/json").status()).isEqualTo(200);
        return job;
    }

    UUID run(UUID job) {
        var run = UUID.randomUUID();
        FakeServices.JOB.on("GET /internal/runs/" + run + "/place", 200, "{\"team\": \"" + team + "\", \"job\": \"" + job + "\"}");
        return run;
    }

    Client of(UUID run) {
        return member.with("Authorization", "Bearer " + key, "Trace-Id", run.toString());
    }
}
