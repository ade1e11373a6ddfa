// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;

/** Two sockets joined into one stream of bytes each way: what ends on one side ends on the other, what breaks breaks both. */
final class Splice {

    private Splice() {}

    /** Copies until both directions have ended, then closes both. */
    static void join(Socket one, Socket other) throws IOException {
        join(one, one.getInputStream(), other);
    }

    /** The same, where some of the first socket's bytes have been read already and come from the given stream. */
    static void join(Socket one, InputStream fromOne, Socket other) throws IOException {
        try (one;
                other) {
            var back = Thread.ofVirtual().name("tunnel").start(() -> copy(() -> other.getInputStream(), other, one));
            copy(() -> fromOne, one, other);
            back.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static void copy(Source source, Socket from, Socket to) {
        try {
            source.open().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException _) {
            // A reset carries no end of stream: without this the far side would wait for bytes that never come.
            close(to);
            close(from);
        }
    }

    static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException _) {
            // It is gone either way.
        }
    }

    private interface Source {
        InputStream open() throws IOException;
    }
}
