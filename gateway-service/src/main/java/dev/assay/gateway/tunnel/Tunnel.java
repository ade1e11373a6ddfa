// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.tunnel;

import dev.assay.kit.socket.ByteSocket;
import dev.assay.kit.socket.DialledSocket;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Two WebSockets joined into one. Each side's bytes are sent on before more are read, so whoever stops reading stops the other. */
final class Tunnel {

    private static final Logger log = LoggerFactory.getLogger(Tunnel.class);
    private static final int CLOSING_SECONDS = 5;

    private final ByteSocket client;
    private final DialledSocket worker;

    private Tunnel(ByteSocket client, DialledSocket worker) {
        this.client = client;
        this.worker = worker;
    }

    /** Returns when the client has left. */
    static void join(ByteSocket client, DialledSocket worker) {
        var tunnel = new Tunnel(client, worker);
        client.whenGone(tunnel::leave);
        Thread.ofVirtual().name("tunnel").start(tunnel::down);
        tunnel.up();
    }

    private void up() {
        var left = false;
        try {
            left = carry(client, worker.socket());
        } finally {
            leave();
            if (!left) {
                end(client);
            }
        }
    }

    /** To clients a normal end, whatever came of the worker: they try again. An end of the connection could overtake that word. */
    static void end(ByteSocket client) {
        close(client, ByteSocket.GOING_AWAY);
        try {
            client.read(); // its answer, and nothing before that
        } catch (IOException e) {
            log.debug("a client of a tunnel was gone already: {}", e.toString());
        }
    }

    /** The last bytes are still under way: a close frame goes after them, if the worker takes it in time. */
    private void leave() {
        CompletableFuture.delayedExecutor(CLOSING_SECONDS, TimeUnit.SECONDS, Thread::startVirtualThread).execute(worker::close);
        close(worker.socket(), ByteSocket.NORMAL);
    }

    private void down() {
        var code = ByteSocket.GOING_AWAY;
        try {
            if (carry(worker.socket(), client) && worker.socket().code() == ByteSocket.NORMAL) {
                code = ByteSocket.NORMAL;
            }
        } finally {
            worker.close();
            close(client, code); // anything but these two makes clients print a traceback
        }
    }

    /** Whether one side closed it in order. What that side says when the other has left is lost, but it is heard to its end. */
    private static boolean carry(ByteSocket from, ByteSocket to) {
        try {
            for (var bytes = from.read(); bytes != null; bytes = from.read()) {
                to.send(bytes);
            }
            return true;
        } catch (IOException e) {
            log.debug("a tunnel broke off: {}", e.toString());
            return false;
        }
    }

    private static void close(ByteSocket socket, int code) {
        try {
            socket.close(code);
        } catch (IOException e) {
            log.debug("one end of a tunnel was gone already: {}", e.toString());
        }
    }
}
