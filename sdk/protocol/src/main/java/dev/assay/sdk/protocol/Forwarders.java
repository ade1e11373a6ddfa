// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loopback ports, one for each capability that was asked for; each connection to one becomes a tunnel of its own. */
final class Forwarders implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Forwarders.class);

    private final Tunnels tunnels;
    private final Map<String, ServerSocket> listeners = new HashMap<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private boolean closed;

    Forwarders(Tunnels tunnels) {
        this.tunnels = tunnels;
    }

    /** Opens a tunnel to the capability of that name. */
    interface Tunnels {
        Socket open(String capability) throws IOException;
    }

    synchronized int port(String capability) throws IOException {
        if (closed) {
            throw new IOException("the control channel is closed");
        }
        var listener = listeners.get(capability);
        if (listener == null) {
            var fresh = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
            listeners.put(capability, fresh);
            Thread.ofVirtual().name("forward-" + capability).start(() -> accept(capability, fresh));
            listener = fresh;
        }
        return listener.getLocalPort();
    }

    private void accept(String capability, ServerSocket listener) {
        while (!listener.isClosed()) {
            try {
                var local = listener.accept();
                Thread.ofVirtual().name("forward-" + capability).start(() -> serve(capability, local));
            } catch (IOException _) {
                // Closed, or out of descriptors for the moment.
                LockSupport.parkNanos(100_000_000);
            }
        }
    }

    private void serve(String capability, Socket local) {
        try (local) {
            open.add(local);
            var remote = tunnels.open(capability);
            open.add(remote);
            try {
                Splice.join(local, remote);
            } finally {
                open.remove(remote);
            }
        } catch (IOException refused) {
            log.warn("no tunnel to capability '{}': {}", capability, refused.getMessage());
        } finally {
            open.remove(local);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        for (var listener : listeners.values()) {
            try {
                listener.close();
            } catch (IOException _) {
                // Nothing else to do about a listener.
            }
        }
        open.forEach(Splice::close);
    }
}
