// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An environment's control channel: one port, on which each connection is a control session or a tunnel, as its first frame says.
 * Serves from the moment it is made until it is closed.
 */
public final class ControlServer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ControlServer.class);
    private static final int BACKLOG = 128;
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final ServedEnvironment environment;
    private final ServerSocket listener;
    private final Thread acceptor = Thread.ofVirtual().name("control-accept").unstarted(this::accept);
    private final Sessions sessions = new Sessions();
    private final Map<Socket, Thread> connections = new HashMap<>();

    private ControlServer(ServedEnvironment environment, ServerSocket listener) {
        this.environment = environment;
        this.listener = listener;
    }

    /** @param port 0 takes any free one */
    public static ControlServer bind(ServedEnvironment environment, String host, int port) throws IOException {
        var listener = new ServerSocket();
        try {
            listener.bind(new InetSocketAddress(host, port), BACKLOG);
        } catch (IOException taken) {
            listener.close();
            throw taken;
        }
        var server = new ControlServer(environment, listener);
        server.acceptor.start();
        return server;
    }

    public int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                welcome(listener.accept());
            } catch (IOException failed) {
                if (!listener.isClosed()) {
                    log.warn("cannot accept a connection: {}", failed.getMessage());
                    LockSupport.parkNanos(PAUSE.toNanos());
                }
            }
        }
    }

    /** A connection that slips in while the server closes is cut at once: whoever closes counts on having seen all. */
    private void welcome(Socket socket) throws IOException {
        socket.setTcpNoDelay(true);
        synchronized (connections) {
            if (listener.isClosed()) {
                socket.close();
            } else {
                connections.put(socket, Thread.ofVirtual().name("control-connection").start(() -> serve(socket)));
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            serve(socket, new ReplyWriter(socket.getOutputStream()));
        } catch (SocketException _) {
            // The peer is gone.
        } catch (IOException malformed) {
            log.info("closing a control connection: {}", malformed.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            synchronized (connections) {
                connections.remove(socket);
            }
        }
    }

    private void serve(Socket socket, ReplyWriter writer) throws IOException, InterruptedException {
        var frames = new FrameReader(socket.getInputStream());
        try {
            var first = Session.next(frames);
            if (first == null) {
                return;
            }
            if (first.path("method").asString("").equals("tunnel.open")) {
                CapabilityStream.serve(environment, first, socket, frames, writer);
            } else {
                new Session(environment, sessions, writer).run(first, frames);
            }
        } catch (FrameTooLargeException tooLarge) {
            writer.errorWithoutId(tooLarge.getMessage());
            Hangup.politely(socket);
        }
    }

    /** Stops listening, cuts every connection and ends every task, parked or not. */
    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException failed) {
            log.warn("cannot close the control port: {}", failed.getMessage());
        }
        joined(acceptor); // only then does nobody come in: while it waits for one, the port stays open behind its closed socket
        Map<Socket, Thread> cut;
        synchronized (connections) {
            cut = Map.copyOf(connections);
        }
        cut.keySet().forEach(Splice::close); // first: an interrupted call would be answered as one that failed
        cut.values().forEach(Thread::interrupt);
        cut.values().forEach(ControlServer::joined);
        sessions.releaseAll().forEach(Session::end);
    }

    private static void joined(Thread thread) {
        try {
            thread.join(PATIENCE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
