// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.session;

import dev.assay.sdk.protocol.Dial;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.worker.lease.StopCause;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One session while this worker holds it. */
final class OpenSession {

    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

    private final Thread driver;
    private final Set<Socket> connections = new HashSet<>();
    private @Nullable Sandbox sandbox;
    private @Nullable StopCause cause;
    private boolean over;

    OpenSession(Thread driver) {
        this.driver = driver;
    }

    synchronized void launched(Sandbox value) {
        sandbox = value;
    }

    synchronized int tunnels() {
        return connections.size();
    }

    /** A connection of its own to the environment. */
    Socket connect() throws IOException {
        Sandbox serving;
        synchronized (this) {
            serving = sandbox;
        }
        if (serving == null) {
            throw new IOException("it does not serve");
        }
        var socket = Dial.to(serving.address(), CONNECT_LIMIT);
        synchronized (this) {
            if (sandbox == null) {
                socket.close();
                throw new IOException("it serves no more");
            }
            connections.add(socket);
        }
        return socket;
    }

    synchronized void disconnected(Socket socket) {
        connections.remove(socket);
    }

    /** Called by others: whatever the driver waits for is over. */
    synchronized void stop(StopCause why) {
        if (!over && cause == null) {
            cause = why;
            driver.interrupt();
        }
    }

    /** Why it was stopped; null: it was not. */
    synchronized @Nullable StopCause cause() {
        return cause;
    }

    /** The driver's own word: only cleaning up is left, and that must not be interrupted. */
    void close() {
        Sandbox left;
        synchronized (this) {
            over = true;
            Thread.interrupted();
            left = sandbox;
            sandbox = null;
        }
        if (left != null) {
            left.close();
        }
    }
}
