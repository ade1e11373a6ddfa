// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import java.io.IOException;
import java.net.Socket;

/** Closing a connection whose peer may still be writing. */
final class Hangup {

    private static final int MILLIS = 500;

    private Hangup() {}

    /** Unread bytes make a close a reset, which would take the last reply with it: so what is on its way is read, for a moment. */
    static void politely(Socket socket) {
        try {
            socket.shutdownOutput();
            socket.setSoTimeout(MILLIS);
            long deadline = System.nanoTime() + MILLIS * 1_000_000L;
            var bin = new byte[64 * 1024];
            while (System.nanoTime() < deadline && socket.getInputStream().read(bin) >= 0) {
                // Thrown away.
            }
        } catch (IOException _) {
            // The peer is gone, or quiet: either will do.
        }
    }
}
