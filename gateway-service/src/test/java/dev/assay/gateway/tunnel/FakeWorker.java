// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.tunnel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;
import org.springframework.web.socket.handler.BinaryWebSocketHandler;
import org.springframework.web.socket.server.HandshakeInterceptor;

/** A fake of a worker, served beside the gateway under test: it says back what it hears, and leaves when it hears an exclamation mark. */
@TestConfiguration
class FakeWorker extends BinaryWebSocketHandler implements WebSocketConfigurer {

    final BlockingQueue<String> arrivals = new LinkedBlockingQueue<>();
    final BlockingQueue<Integer> departures = new LinkedBlockingQueue<>();

    /** Whoever knocks, and is answered when a test lets them in. */
    final BlockingQueue<CompletableFuture<Void>> knocks = new LinkedBlockingQueue<>();
    volatile boolean slow;

    /** The gateway has no door there; this worker stands beside it. */
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    SecurityFilterChain doorOfTheFakeWorker(HttpSecurity http) {
        return http.securityMatcher("/internal/tunnels/*").authorizeHttpRequests(door -> door.anyRequest().permitAll()).build();
    }

    @Override
    public void registerWebSocketHandlers(WebSocketHandlerRegistry registry) {
        registry.addHandler(this, "/internal/tunnels/*").addInterceptors(new Door()).setAllowedOrigins("*");
    }

    private final class Door implements HandshakeInterceptor {

        @Override
        public boolean beforeHandshake(
                ServerHttpRequest request, ServerHttpResponse response, WebSocketHandler handler, Map<String, Object> attributes) {
            if (slow) {
                var knock = new CompletableFuture<Void>();
                knocks.add(knock);
                knock.orTimeout(60, TimeUnit.SECONDS).join();
            }
            return true;
        }

        @Override
        public void afterHandshake(
                ServerHttpRequest request, ServerHttpResponse response, WebSocketHandler handler, @Nullable Exception failure) {}
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
