// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A bare socket on a control channel, for what no well-behaved client does. */
final class Wire implements AutoCloseable {

    private final Socket socket;
    private final BufferedReader replies;

    Wire(int port) {
        try {
            socket = new Socket("127.0.0.1", port);
            socket.setSoTimeout(60_000);
            replies = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    void call(int id, String method, Map<String, ?> parameters) {
        raw(Api.JSON.writeValueAsString(Map.of("jsonrpc", "2.0", "id", id, "method", method, "params", parameters)) + "\n");
    }

    void raw(String text) {
        try {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
        } catch (IOException closedByPeer) {
            // the reply, or its absence, says what happened
        }
    }

    /** The next reply, or null when the peer closed the connection. */
    @Nullable JsonNode reply() {
        try {
            var line = replies.readLine();
            return line == null ? null : Api.JSON.readTree(line);
        } catch (IOException reset) {
            return null;
        }
    }

    void closeWriteSide() {
        try {
            socket.shutdownOutput();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
