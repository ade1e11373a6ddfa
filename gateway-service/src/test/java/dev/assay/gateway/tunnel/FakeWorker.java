// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.tunnel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;
import org.springframework.web.socket.handler.BinaryWebSocketHandler;

/** A fake of a worker, served beside the gateway under test: it says back what it hears, and leaves when it hears an exclamation mark. */
@TestConfiguration
class FakeWorker extends BinaryWebSocketHandler implements WebSocketConfigurer {

    final BlockingQueue<String> arrivals = new LinkedBlockingQueue<>();
    final BlockingQueue<Integer> departures = new LinkedBlockingQueue<>();

    /** The gateway has no door there; this worker stands beside it. */
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    SecurityFilterChain doorOfTheFakeWorker(HttpSecurity http) {
        return http.securityMatcher("/internal/tunnels/*").authorizeHttpRequests(door -> door.anyRequest().permitAll()).build();
    }

    @Override
    public void registerWebSocketHandlers(WebSocketHandlerRegistry registry) {
        registry.addHandler(this, "/internal/tunnels/*").setAllowedOrigins("*");
    }

    @Override
    public boolean supportsPartialMessages() {
        return true;
    }

    @Override
    public void afterConnectionEstablished(WebSocketSession session) {
        arrivals.add(session.getUri().getPath() + " " + session.getHandshakeHeaders().getFirst("Authorization"));
    }

    @Override
    protected void handleBinaryMessage(WebSocketSession session, BinaryMessage message) throws IOException {
        var bytes = message.getPayload();
        if (bytes.remaining() == 1 && bytes.get(bytes.position()) == '!') {
            session.close(CloseStatus.NORMAL);
        } else {
            session.sendMessage(new BinaryMessage(ByteBuffer.allocate(bytes.remaining()).put(bytes).flip()));
        }
    }

    @Override
    public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
        departures.add(status.getCode());
    }
}
