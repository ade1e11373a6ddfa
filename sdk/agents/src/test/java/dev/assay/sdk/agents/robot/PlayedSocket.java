// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.robot;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The server's end of a web socket (RFC 6455), as a test plays it. */
final class PlayedSocket implements AutoCloseable {

    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;

    private final ServerSocket listening;
    private final CompletableFuture<Void> played = new CompletableFuture<>();

    /** What is said and heard in one connection. */
    interface Play {
        void with(PlayedSocket.Connection connection) throws Exception;
    }

    PlayedSocket(Play play) throws IOException {
        listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            try (var socket = listening.accept(); var connection = new Connection(socket)) {
                play.with(connection);
                played.complete(null);
            } catch (Exception | AssertionError e) {
                played.completeExceptionally(e);
            }
        });
    }

    /** What was played, or why it could not be. */
    CompletableFuture<Void> played() {
        return played;
    }

    String url() {
        return "ws://127.0.0.1:" + listening.getLocalPort();
    }

    Socket dial() throws IOException {
        return new Socket(listening.getInetAddress(), listening.getLocalPort());
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }

    static final class Connection implements AutoCloseable {

        private final Socket socket;
        private final DataInputStream in;
        private final DataOutputStream out;

        private Connection(Socket socket) throws IOException, GeneralSecurityException {
            this.socket = socket;
            in = new DataInputStream(socket.getInputStream());
            out = new DataOutputStream(socket.getOutputStream());
            var key = "";
            for (var line = line(); !line.isEmpty(); line = line()) {
                key = line.toLowerCase().startsWith("sec-websocket-key:") ? line.substring(18).strip() : key;
            }
            var hash = MessageDigest.getInstance("SHA-1")
                    .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII));
            out.writeBytes("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                    + Base64.getEncoder().encodeToString(hash) + "\r\n\r\n");
        }

        private String line() throws IOException {
            var line = new StringBuilder();
            for (int octet = in.readUnsignedByte(); octet != '\n'; octet = in.readUnsignedByte()) {
                line.append((char) octet);
            }
            return line.toString().strip();
        }

        void say(byte[] message) throws IOException {
            frame(BINARY, message.length);
            out.write(message);
            out.flush();
        }

        void say(@Nullable Object message) throws IOException {
            say(Packed.pack(message));
        }

        void complain(String text) throws IOException {
            var bytes = text.getBytes(StandardCharsets.UTF_8);
            frame(TEXT, bytes.length);
            out.write(bytes);
            out.flush();
        }

        /** Returns once the other end has taken in all that was said before. */
        void ping() throws IOException {
            frame(PING, 0);
            out.flush();
            hearBytes();
        }

        /** The head of a message of that length, of which so much is sent. */
        void announce(long length, int sent) throws IOException {
            frame(BINARY, length);
            for (int i = 0; i < sent; i += 1 << 16) {
                out.write(new byte[1 << 16]);
            }
            out.flush();
        }

        private void frame(int kind, long length) throws IOException {
            out.writeByte(0x80 | kind);
            if (length < 126) {
                out.writeByte((int) length);
            } else if (length < 1 << 16) {
                out.writeByte(126);
                out.writeShort((int) length);
            } else {
                out.writeByte(127);
                out.writeLong(length);
            }
        }

        Object hear() throws IOException {
            return Packed.unpack(hearBytes());
        }

        /** @throws EOFException at the other end's goodbye */
        byte[] hearBytes() throws IOException {
            int kind = in.readUnsignedByte() & 0xf;
            long length = in.readUnsignedByte() & 0x7f;
            length = length == 126 ? in.readUnsignedShort() : length == 127 ? in.readLong() : length;
            var mask = in.readNBytes(4);
            var bytes = in.readNBytes((int) length);
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] ^= mask[i % 4];
            }
            if (kind == CLOSE) {
                frame(CLOSE, 0);
                throw new EOFException("goodbye");
            }
            return bytes;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
