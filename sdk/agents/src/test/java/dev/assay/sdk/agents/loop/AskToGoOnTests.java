// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.loop;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.assay.sdk.agents.ModelEndpoint;
import dev.assay.sdk.protocol.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class AskToGoOnTests {

    private HttpServer server;
    private volatile int status = 200;
    private volatile String answer = "";
    private volatile JsonNode asked;
    private volatile String headers;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                headers = exchange.getRequestURI() + " " + exchange.getRequestHeaders().getFirst("Authorization") + " "
                        + exchange.getRequestHeaders().getFirst("Trace-Id");
                asked = Json.MAPPER.readTree(exchange.getRequestBody().readAllBytes());
                var body = answer.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(status, body.length);
                exchange.getResponseBody().write(body);
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            CONTINUE                        | CONTINUE
            continue, please                | CONTINUE
            ``                              | CONTINUE
            I do not know.                  | CONTINUE
            STOP                            | ``
            stop.                           | ``
            No need to go on, so: Stop      | ``
            """)
    void whoeverIsNotToStopGoesOn(String said, String followUp) throws Exception {
        answer = said(said);

        assertThat(new AskToGoOn().followUp("Shall I?", endpoint()).orElse("")).isEqualTo(followUp);
    }

    @Test
    void itAsksAsThePublishedClientDoesForTheSameRun() throws Exception {
        answer = said("STOP");

        new AskToGoOn().followUp("Shall I?", endpoint());

        assertThat(headers).isEqualTo("/inference/responses Bearer k abc");
        assertThat(asked.path("instructions").stringValue()).contains("STOP", "CONTINUE");
        assertThat(asked.path("input")).isEqualTo(Json.MAPPER.readTree(
                "[{\"role\": \"user\", \"content\": \"The agent's last words:\\n\\nShall I?\"}]"));
        assertThat(asked.path("model").stringValue()).isEqualTo("gpt-5");
        assertThat(asked.path("reasoning")).isEqualTo(Json.MAPPER.readTree("{\"effort\": \"low\"}"));
        assertThat(asked.path("max_output_tokens").intValue()).isEqualTo(256);
        assertThat(asked.size()).isEqualTo(5);
    }

    @Test
    void whoIsNotAnsweredIsNotToldToGoOn() throws Exception {
        status = 403;
        answer = "{\"error\": {\"message\": \"not this model\"}}";

        assertThat(new AskToGoOn().followUp("Shall I?", endpoint())).isEmpty();
    }

    private ModelEndpoint endpoint() {
        return new ModelEndpoint("http://127.0.0.1:" + server.getAddress().getPort() + "/inference", "k", Map.of("Trace-Id", "abc"));
    }

    private static String said(String text) {
        var body = Json.object();
        body.putArray("output").addObject().put("type", "reasoning").putArray("summary");
        body.withArray("output").addObject().put("type", "message").putArray("content").addObject().put("type", "output_text").put("text", text);
        return body.toString();
    }
}
