// SPDX-License-Identifier: Apache-2.0

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Carries bytes between two sockets and does nothing else, 64 KiB at a time: {@code java Relay.java FROM_PORT TO_PORT}. */
public final class Relay {

    private Relay() {}

    public static void main(String[] arguments) throws IOException {
        try (var server = new ServerSocket(Integer.parseInt(arguments[0]), 1024, InetAddress.getLoopbackAddress())) {
            while (true) {
                var from = server.accept();
                var to = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[1]));
                from.setTcpNoDelay(true);
                to.setTcpNoDelay(true);
                Thread.ofPlatform().daemon().start(() -> carry(from, to));
                Thread.ofPlatform().daemon().start(() -> carry(to, from));
            }
        }
    }

    private static void carry(Socket from, Socket to) {
        var buffer = new byte[64 * 1024];
        try (from; to) {
            for (int read; (read = from.getInputStream().read(buffer)) >= 0; ) {
                to.getOutputStream().write(buffer, 0, read);
            }
        } catch (IOException over) {
            // both ends are closed
        }
    }
}
