// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace;

import dev.assay.testsupport.TestPlatform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A way to the shared database for one service alone, that can be shut: then nobody gets through, and who was through is cut off. */
public final class DatabaseDoor {

    private final URI database = URI.create(TestPlatform.databaseUrl().substring("jdbc:".length()));
    private final ServerSocket door;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger refused = new AtomicInteger();
    private volatile boolean shut;

    public DatabaseDoor() {
        try {
            door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /** The JDBC address behind this door. */
    public String url() {
        return "jdbc:postgresql://127.0.0.1:" + door.getLocalPort() + database.getPath();
    }

    public void shut() {
        shut = true;
        open.forEach(DatabaseDoor::close);
        open.clear();
    }

    public void open() {
        shut = false;
    }

    /** How many came while it was shut. */
    public int refused() {
        return refused.get();
    }

    private void accept() {
        while (true) {
            try {
                var client = door.accept();
                if (shut) {
                    refused.incrementAndGet();
                    client.close();
                    continue;
                }
                var server = new Socket(database.getHost(), database.getPort());
                open.add(client);
                open.add(server);
                pass(client, server);
                pass(server, client);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static void pass(Socket from, Socket to) {
        Thread.ofVirtual().start(() -> {
            try (from; to) {
                from.getInputStream().transferTo(to.getOutputStream());
            } catch (IOException cut) {
                // both ends are closed
            }
        });
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
