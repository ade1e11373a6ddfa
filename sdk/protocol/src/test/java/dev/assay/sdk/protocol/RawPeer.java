// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The client's end of a connection, without any manners: it writes what it is told and reads what comes. */
final class RawPeer implements AutoCloseable {

    private final Socket socket;
    private final FrameReader frames;

    RawPeer(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(60_000);
        frames = new FrameReader(socket.getInputStream());
    }

    RawPeer send(String line) throws IOException {
        return sendRaw((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    RawPeer sendRaw(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** A request without {@code jsonrpc}: nobody looks at it. */
    RawPeer call(Object id, String method, String params) throws IOException {
        return send("{\"id\":%s,\"method\":\"%s\",\"params\":%s}".formatted(id, method, params));
    }

    String ask(Object id, String method, String params) throws IOException {
        return call(id, method, params).read();
    }

    /** The next frame as it came; {@code <end>} when the server has hung up. */
    String read() throws IOException {
        byte @Nullable [] line = frames.next();
        return line == null ? "<end>" : new String(line, StandardCharsets.UTF_8);
    }

    /** Everything up to the end of the stream. */
    String readAll() throws IOException {
        return new String(frames.rest().readAllBytes(), StandardCharsets.UTF_8);
    }

    String readBytes(int count) throws IOException {
        return new String(frames.rest().readNBytes(count), StandardCharsets.UTF_8);
    }

    RawPeer halfClose() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
