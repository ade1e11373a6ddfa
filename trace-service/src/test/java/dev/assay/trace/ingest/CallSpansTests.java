// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.sdk.protocol.Json;
import dev.assay.testsupport.Tokens;
import dev.assay.trace.TestSpans;
import dev.assay.trace.TraceClient;
import dev.assay.trace.TraceServiceTest;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;
import tools.jackson.databind.node.ObjectNode;

/** Model calls that the gateway tells of. */
@TraceServiceTest
class CallSpansTests {

    @LocalServerPort
    int port;

    private final TeamId team = TeamId.random();
    private final RunId run = new RunId(UUID.randomUUID());
    private final RunId other = new RunId(UUID.randomUUID());

    private ObjectNode line(RunId run, String id) {
        var payload = Json.object().put("model", "m").put("cost_usd", 0.25);
        return Json.object()
                .put("run", run.toString())
                .put("team", team.toString())
                .set("span", TestSpans.span(run.hex(), id, "model.call", "assay.call.v1", null, 5, payload));
    }

    private RestTestClient.ResponseSpec send(String credential, String lines) {
        return RestTestClient.bindToServer()
                .baseUrl("http://127.0.0.1:" + port)
                .defaultHeader("Authorization", credential)
                .build()
                .post()
                .uri("/internal/spans")
                .contentType(MediaType.APPLICATION_NDJSON)
                .body(lines)
                .exchange();
    }

    @Test
    void callsOfSeveralRunsStandInTheirTimelinesAndNotAmongTheEventsOfTheClient() {
        var client = new TraceClient(port, team);
        client.send(run.hex(), TestSpans.user(run.hex(), "asked", 1, 0));
        send(Tokens.service(), line(run, "call-1") + "\n" + line(other, "call-2") + "\n").expectStatus().isNoContent();
        send(Tokens.service(), line(run, "call-1") + "\n").expectStatus().isNoContent();

        await().untilAsserted(() -> {
            var entries = client.json("/v2/trace/{run}/timeline", run.hex()).path("entries").valueStream().toList();
            assertThat(entries).extracting(entry -> entry.path("kind").asString()).containsExactlyInAnyOrder("prompt", "call");
            var call = entries.stream().filter(entry -> entry.path("kind").asString().equals("call")).findFirst().orElseThrow();
            assertThat(call.path("payload").path("cost_usd").doubleValue()).isEqualTo(0.25);
        });
        await().until(() -> client.json("/v2/trace/{run}/timeline", other.hex()).path("entries").size() == 1);
        assertThat(client.events(run.hex()).valueStream()).extracting(event -> event.path("text").asString()).containsExactly("asked");
    }

    @Test
    void onlyServicesTellOfCallsAndWhatIsNoCallIsRefusedByItsLine() {
        // to anybody else the path is none
        send(Tokens.member(team), line(run, "x") + "\n").expectStatus().isNotFound();
        send(Tokens.service(), line(run, "x") + "\n{\n").expectStatus().isBadRequest();
        send(Tokens.service(), "{\"run\": \"" + run + "\"}\n").expectStatus().isBadRequest();
    }
}
