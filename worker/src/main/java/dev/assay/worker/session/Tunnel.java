// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.session;

import dev.assay.kit.socket.ByteSocket;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins a gateway's WebSocket with a connection to the environment. Binary messages are its bytes, however they are cut. Whichever side
 * blocks, the other waits. The first side to end ends both.
 */
final class Tunnel {

    private static final Logger LOG = LoggerFactory.getLogger(Tunnel.class);
    private static final int LAST_READ_SECONDS = 2;

    private final ByteSocket gateway;
    private final OpenSession session;

    Tunnel(ByteSocket gateway, OpenSession session) {
        this.gateway = gateway;
        this.session = session;
    }

    /** Returns when the gateway has left. */
    void carry() throws IOException {
        Socket socket;
        try {
            socket = session.connect();
        } catch (IOException e) {
            LOG.info("no tunnel to an environment: {}", e.toString());
            gateway.close(ByteSocket.GOING_AWAY);
            gateway.read(); // its answer
            return;
        }
        gateway.whenGone(() -> farewell(socket));
        try {
            Thread.ofVirtual().name("tunnel").start(() -> down(socket));
            up(socket);
        } finally {
            session.disconnected(socket);
            farewell(socket);
        }
    }

    private void up(Socket socket) throws IOException {
        var environment = socket.getOutputStream();
        for (var bytes = gateway.read(); bytes != null; bytes = gateway.read()) {
            try {
                environment.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
            } catch (IOException e) {
                close(socket); // its reader then closes the tunnel, and the gateway answers
            }
        }
    }

    private void down(Socket socket) {
        var buffer = new byte[ByteSocket.CHUNK];
        try (socket) {
            var environment = socket.getInputStream();
            for (int read; (read = environment.read(buffer)) >= 0; ) {
                gateway.send(ByteBuffer.wrap(buffer, 0, read));
            }
        } catch (IOException e) {
            LOG.debug("a tunnel broke off: {}", e.toString());
        }
        try {
            gateway.close(ByteSocket.NORMAL);
        } catch (IOException e) {
            LOG.debug("a tunnel was gone already: {}", e.toString());
        }
    }

    /** The environment hears the end, and has a moment to read what came before it. */
    private static void farewell(Socket socket) {
        try {
            socket.shutdownOutput();
            CompletableFuture.delayedExecutor(LAST_READ_SECONDS, TimeUnit.SECONDS, Thread::startVirtualThread).execute(() -> close(socket));
        } catch (IOException e) {
            close(socket);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("a connection was gone already: {}", e.toString());
        }
    }
}
