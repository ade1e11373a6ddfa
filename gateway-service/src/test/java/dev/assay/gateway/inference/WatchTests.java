// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.gateway.Client;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import dev.assay.gateway.RawProvider;
import dev.assay.gateway.call.Ending;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Calls whose clients leave. */
@GatewayTest
@Timeout(60)
class WatchTests {

    private static final String STREAM = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
    private static final String CHUNK = "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
            + "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"3\"},\"finish_reason\":null}]}\n\n";

    @LocalServerPort
    int port;

    @Autowired
    Watch watch;

    Client member;

    @BeforeEach
    void clean() {
        FakeServices.reset();
        FakeServices.TRAINING.on("GET /internal/models/resolve", 200, """
                {"id": "3b241101-e2bb-4255-8caf-4136c566a962", "modelName": "watched", "provider": "raw", "upstreamModel": "m"}""");
        member = new Client(port).ofTeam("leavers");
    }

    @ParameterizedTest
    @CsvSource({"true, true, true", "true, true, false", "true, false, true", "false, false, false", "false, false, true"})
    void aCallWhoseClientLeavesEndsAtTheUpstream(boolean streamed, boolean answered, boolean reset) throws Exception {
        var asked = new CountDownLatch(1);
        var ended = new CompletableFuture<Void>();
        FakeServices.RAW.plays(out -> {
            try {
                if (answered) {
                    out.write((STREAM + CHUNK).getBytes(StandardCharsets.UTF_8));
                    out.flush();
                } else if (streamed) {
                    out.write(STREAM.getBytes(StandardCharsets.UTF_8));
                } else {
                    out.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{".getBytes(StandardCharsets.UTF_8));
                }
                asked.countDown();
                RawProvider.untilHungUp(out, streamed ? ": still here\n\n" : " ");
            } finally {
                ended.complete(null);
            }
        });
        var client = new Socket("127.0.0.1", port);
        client.getOutputStream().write(request(streamed).getBytes(StandardCharsets.UTF_8));
        assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
        if (answered) {
            assertThat(client.getInputStream().read()).isEqualTo('H');
        }
        client.setSoLinger(reset, 0);
        client.close();
        ended.get(30, TimeUnit.SECONDS);
    }

    @Test
    void aStreamThatTheStoppingGatewayEndsSaysSoInAnEventAndEndsWhole() throws Exception {
        FakeServices.RAW.plays(out -> {
            out.write((STREAM + CHUNK).getBytes(StandardCharsets.UTF_8));
            RawProvider.untilHungUp(out, ": still here\n\n");
        });
        try (var client = new Socket("127.0.0.1", port)) {
            client.getOutputStream().write(request(true).getBytes(StandardCharsets.UTF_8));
            var answer = new StringBuilder();
            var in = client.getInputStream();
            client.setSoTimeout(30_000);
            while (answer.indexOf("\"content\":\"3\"") < 0) {
                answer.append((char) in.read());
            }
            watch.endAll(Ending.DRAINED);
            while (answer.indexOf("\r\n0\r\n\r\n") < 0) {
                var next = in.read();
                assertThat(next).as(answer.toString()).isNotNegative();
                answer.append((char) next);
            }
            assertThat(answer.toString()).contains("data: {\"error\":", "The gateway is stopping");
        }
    }

    private String request(boolean streamed) {
        var body = "{\"model\": \"watched\", \"stream\": " + streamed + ", \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}";
        return "POST /inference/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: " + member.headers()[1] + "\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body;
    }
}
