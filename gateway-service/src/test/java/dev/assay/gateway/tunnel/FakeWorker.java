// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.tunnel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
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

/**
 * A fake of a worker, served beside the gateway under test: it says back what it hears, leaves when it hears an exclamation mark,
 * and says as many bytes as it is asked for by a number after a hash.
 */
@TestConfiguration
class FakeWorker extends BinaryWebSocketHandler implements WebSocketConfigurer {

    private static final int CHUNK = 64 * 1024;

    final BlockingQueue<String> arrivals = new LinkedBlockingQueue<>();
    final BlockingQueue<Integer> departures = new LinkedBlockingQueue<>();

    /** Whoever knocks, and is answered when a test lets them in. */
    final BlockingQueue<CompletableFuture<Void>> knocks = new LinkedBlockingQueue<>();
    volatile boolean slow;

    /** While there is one, it reads nothing more; afterwards it counts what it reads instead of saying it back. */
    volatile @Nullable CountDownLatch deaf;
    final AtomicLong counted = new AtomicLong();

    /** How much it could say of what it was asked to. */
    final AtomicLong said = new AtomicLong();

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
        var silence = deaf;
        if (silence != null) {
            counted.addAndGet(bytes.remaining());
            await(silence);
        } else if (bytes.remaining() == Integer.BYTES + 1 && bytes.get(bytes.position()) == '#') {
            say(session, bytes.getInt(bytes.position() + 1));
        } else if (bytes.remaining() == 1 && bytes.get(bytes.position()) == '!') {
            session.close(CloseStatus.NORMAL);
        } else {
            session.sendMessage(new BinaryMessage(ByteBuffer.allocate(bytes.remaining()).put(bytes).flip()));
        }
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(60, TimeUnit.SECONDS)) {
                throw new IOException("nobody let it go on");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private void say(WebSocketSession session, int count) throws IOException {
        for (var left = count; left > 0; left -= CHUNK) {
            session.sendMessage(new BinaryMessage(new byte[Math.min(left, CHUNK)]));
            said.addAndGet(Math.min(left, CHUNK));
        }
    }

    @Override
    public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
        departures.add(status.getCode());
    }
}
