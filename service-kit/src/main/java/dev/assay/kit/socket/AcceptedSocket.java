// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.socket;

import dev.assay.kit.problem.ProblemWriter;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.WebConnection;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Base64;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.coyote.http11.upgrade.InternalHttpUpgradeHandler;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SSLSupport;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;

/**
 * The server's end of a WebSocket, on a connection that Tomcat hands over when it has answered. Tomcat has an implementation of its own,
 * which takes off the client's mask a byte at a time; this takes the connection at the same place.
 */
public final class AcceptedSocket implements InternalHttpUpgradeHandler, ByteChannel {

    private static final Logger LOG = LoggerFactory.getLogger(AcceptedSocket.class);

    /** A reader that takes nothing for so long is gone. One that takes a little now and then has as long for a whole frame. */
    private static final long SLOWEST_READER_MILLIS = 600_000;

    private @Nullable SocketWrapperBase<?> connection;
    private @Nullable Consumer<ByteSocket> use;
    private Duration every = Duration.ZERO;
    private int patience;

    /** Tomcat makes it: see {@link #accept}. */
    public AcceptedSocket() {}

    /**
     * Answers the handshake. When it is answered, the socket is used on Tomcat's thread, and its connection ends with that use.
     *
     * @param ping how often the other end is asked whether it is there
     * @param patience so many questions in a row it may leave without an answer
     */
    public static void accept(
            HttpServletRequest request, HttpServletResponse response, Duration ping, int patience, Consumer<ByteSocket> use)
            throws IOException, ServletException {
        if (!asksForIt(request)) {
            response.setHeader("Upgrade", "websocket");
            response.setHeader("Connection", "Upgrade");
            response.setHeader("Sec-WebSocket-Version", "13");
            ProblemWriter.write(response, HttpStatus.UPGRADE_REQUIRED, "This is a WebSocket, version 13.");
            return;
        }
        response.setHeader("Upgrade", "websocket");
        response.setHeader("Connection", "Upgrade");
        response.setHeader("Sec-WebSocket-Accept", Handshake.accept(request.getHeader("Sec-WebSocket-Key")));
        var accepted = request.upgrade(AcceptedSocket.class);
        accepted.use = use;
        accepted.every = ping;
        accepted.patience = patience;
    }

    /** A request with a body would be a danger: what Tomcat has not read of it would be taken for frames. */
    private static boolean asksForIt(HttpServletRequest request) {
        return "GET".equals(request.getMethod())
                && request.getContentLengthLong() <= 0
                && request.getHeader("Transfer-Encoding") == null
                && "websocket".equalsIgnoreCase(request.getHeader("Upgrade"))
                && Collections.list(request.getHeaders("Connection")).stream()
                        .flatMap(value -> Stream.of(value.split(",")))
                        .anyMatch(value -> "upgrade".equalsIgnoreCase(value.strip()))
                && "13".equals(request.getHeader("Sec-WebSocket-Version"))
                && isKey(request.getHeader("Sec-WebSocket-Key"));
    }

    private static boolean isKey(@Nullable String key) {
        try {
            return key != null && Base64.getDecoder().decode(key).length == 16;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Override
    public void setSocketWrapper(SocketWrapperBase<?> socket) {
        connection = socket;
    }

    @Override
    public void init(WebConnection unused) {
        wrapper().setReadTimeout(-1); // Tomcat's would end it: it is asked instead
        wrapper().setWriteTimeout(SLOWEST_READER_MILLIS);
        wrapper().getSocketBufferHandler().expand(ByteSocket.CHUNK + ByteSocket.HEAD);
        if (use == null) {
            return;
        }
        var socket = new ByteSocket(this, true);
        var used = new CountDownLatch(1);
        var pulse = CompletableFuture.runAsync(() -> beat(socket, used), beat -> Thread.ofVirtual().name("pulse").start(beat));
        try {
            use.accept(socket);
        } finally {
            // Tomcat gives the connection's buffers to the next one: nobody may hold them any more
            socket.leave();
            used.countDown();
            pulse.join();
        }
    }

    private void beat(ByteSocket socket, CountDownLatch used) {
        try {
            while (!used.await(every.toNanos(), TimeUnit.NANOSECONDS)) {
                if (!socket.ask(patience)) {
                    LOG.info("a WebSocket was silent for long: it is closed");
                    break;
                }
            }
        } catch (IOException e) {
            LOG.debug("a WebSocket was gone already: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody does: it is over
        } finally {
            if (used.getCount() > 0) {
                socket.giveUp();
            }
        }
    }

    /** Tomcat, which could close it, would wake nobody: they wait for its poller, and that finds an end of both ways. */
    @Override
    public void hangUp() {
        if (!(wrapper().getSocket() instanceof NioChannel channel)) {
            wrapper().close();
            return;
        }
        var socket = channel.getIOChannel();
        if (socket != null) { // else Tomcat has closed it
            try {
                socket.shutdownInput();
                socket.shutdownOutput();
            } catch (IOException e) {
                LOG.debug("a connection was gone already: {}", e.toString());
            }
        }
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return read(true, into);
    }

    @Override
    public int readNow(ByteBuffer into) throws IOException {
        return read(false, into);
    }

    private int read(boolean wait, ByteBuffer into) throws IOException {
        var room = into.limit();
        try {
            return wrapper().read(wait, into);
        } catch (EOFException end) {
            return -1;
        } finally {
            into.limit(room); // Tomcat leaves it at what it would have read at once
        }
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        wrapper().write(true, bytes);
    }

    @Override
    public void flush() throws IOException {
        wrapper().flush(true);
    }

    private SocketWrapperBase<?> wrapper() {
        if (connection == null) {
            throw new IllegalStateException("Tomcat has not handed the connection over");
        }
        return connection;
    }

    /** It was used to its end already. */
    @Override
    public SocketState upgradeDispatch(SocketEvent event) {
        return SocketState.CLOSED;
    }

    @Override
    public void timeoutAsync(long now) {}

    @Override
    public void setSslSupport(SSLSupport ssl) {}

    @Override
    public void pause() {}

    @Override
    public void destroy() {}
}
