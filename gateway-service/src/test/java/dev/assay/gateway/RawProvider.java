// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A stand-in for a provider of models that answers every call with the same bytes, or as a test has it. */
public final class RawProvider {

    /** What is written as an answer. The connection ends after it. */
    public interface Answer {
        void to(OutputStream out) throws IOException;
    }

    private final ServerSocket server;
    private volatile Answer answer = out -> {};

    RawProvider() {
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::serve);
    }

    String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    public void plays(Answer answer) {
        this.answer = answer;
    }

    /**
     * It hangs up behind each answer, and says so: a caller that kept the connection might ask on it while it is being closed.
     *
     * @param file a resource beside the tests: {@code provider/<file>.http}
     */
    public void plays(String file) {
        plays(out -> {
            try (var bytes = RawProvider.class.getResourceAsStream("/provider/" + file + ".http")) {
                for (int octet = bytes.read(); octet >= 0; octet = bytes.read()) {
                    out.write(octet);
                    if (octet == '\n') {
                        break;
                    }
                }
                out.write("Connection: close\r\n".getBytes(StandardCharsets.US_ASCII));
                bytes.transferTo(out);
            }
        });
    }

    /** Goes on saying something, or nothing, until the caller hangs up. */
    public static void untilHungUp(OutputStream out, String something) throws IOException {
        try {
            while (true) {
                out.write(something.getBytes(StandardCharsets.UTF_8));
                out.flush();
                Thread.sleep(100);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve() {
        while (!server.isClosed()) {
            try {
                var connection = server.accept();
                Thread.ofVirtual().start(() -> answer(connection));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void answer(Socket connection) {
        try (connection) {
            readRequest(connection.getInputStream());
            answer.to(connection.getOutputStream());
            connection.getOutputStream().flush();
        } catch (IOException e) {
            // the caller hung up
        }
    }

    private static void readRequest(InputStream in) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            var octet = in.read();
            if (octet < 0) {
                throw new IOException("no request");
            }
            head.append((char) octet);
        }
        var length = head.toString().lines()
                .filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:"))
                .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
                .findFirst()
                .orElse(0);
        in.readNBytes(length);
    }
}
