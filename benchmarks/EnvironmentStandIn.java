// SPDX-License-Identifier: Apache-2.0

import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * Stands in for an environment: it says once what it is, for the build, and otherwise takes bytes, gives bytes, or says them back. A letter
 * and a number of eight bytes say which and how many.
 */
final class EnvironmentStandIn implements AutoCloseable {

    static final char TAKE = 'u';
    static final char GIVE = 'd';
    static final char ECHO = 'e';
    static final int CHUNK = 64 * 1024;

    private final ServerSocket server = new ServerSocket();

    EnvironmentStandIn() throws IOException {
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                var socket = server.accept();
                Thread.ofPlatform().daemon().start(() -> serve(socket));
            }
        } catch (IOException closed) {
            // it is over
        }
    }

    private static void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            var in = new DataInputStream(socket.getInputStream());
            var out = new DataOutputStream(socket.getOutputStream());
            var buffer = new byte[CHUNK];
            for (var what = in.read(); what >= 0; what = in.read()) {
                if (what == '{') {
                    introduce(socket);
                    return;
                }
                var left = in.readLong();
                while (what != GIVE && left > 0) {
                    var read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
                    if (read < 0) {
                        return;
                    }
                    left -= read;
                    if (what == ECHO) {
                        out.write(buffer, 0, read);
                    }
                }
                for (; left > 0; left -= CHUNK) {
                    out.write(buffer, 0, (int) Math.min(left, CHUNK));
                }
                if (what == TAKE) {
                    out.write(TAKE);
                }
            }
        } catch (IOException gone) {
            // who it was no longer wants to know
        }
    }

    /** Two answers on the control channel: to {@code hello} and to {@code tasks.list}. */
    private static void introduce(Socket socket) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            var id = line.replaceAll(".*\"id\":\\s*(\\d+).*", "$1");
            var result = line.contains("tasks.list")
                    ? "{\"tasks\":[{\"id\":\"nothing\",\"description\":\"\",\"args\":{\"type\":\"object\",\"properties\":{}}}]}"
                    : "{\"session_id\":\"sess-00000000\",\"env\":{\"name\":\"benchmark\",\"version\":\"1\"},\"bindings\":[]}";
            var reply = "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":" + result + "}\n";
            socket.getOutputStream().write(reply.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
