// SPDX-License-Identifier: Apache-2.0

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A client's end of a connection to the environment: bare, or as the messages of a WebSocket. */
class Pipe implements AutoCloseable {

    protected final Socket socket;
    protected final DataInputStream in;

    Pipe(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), EnvironmentStandIn.CHUNK));
    }

    void write(byte[] bytes, int length) throws IOException {
        socket.getOutputStream().write(bytes, 0, length);
    }

    /** @return how many bytes came, at most so many */
    int read(byte[] into, int most) throws IOException {
        var read = in.read(into, 0, most);
        if (read < 0) {
            throw new IOException("it hung up");
        }
        return read;
    }

    void ask(char what, long number) throws IOException {
        write(ByteBuffer.allocate(9).put((byte) what).putLong(number).array(), 9);
    }

    void take(byte[] buffer, long count) throws IOException {
        for (var left = count; left > 0; ) {
            left -= read(buffer, (int) Math.min(left, buffer.length));
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** The mask is zero: what a client's own masking costs is not the platform's. */
    static final class Tunnel extends Pipe {

        private static final int BINARY = 2;
        private static final int CLOSE = 8;
        private static final int PING = 9;
        private static final int PONG = 10;

        private final ByteBuffer frame = ByteBuffer.allocate(EnvironmentStandIn.CHUNK + 14);
        private long left;

        Tunnel(int port, String key, String session) throws IOException {
            super(port);
            var head = "GET /runtime/tunnels/" + session + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + key
                    + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
            super.write(head.getBytes(StandardCharsets.US_ASCII), head.length());
            var answer = new StringBuilder();
            while (answer.indexOf("\r\n\r\n") < 0) {
                answer.append((char) in.readUnsignedByte());
            }
            if (!answer.toString().startsWith("HTTP/1.1 101")) {
                close();
                throw new IOException(answer.substring(0, answer.indexOf("\r\n")));
            }
        }

        @Override
        void write(byte[] bytes, int length) throws IOException {
            send(BINARY, bytes, length);
        }

        private synchronized void send(int kind, byte[] bytes, int length) throws IOException {
            frame.clear().put((byte) (0x80 | kind));
            if (length < 126) {
                frame.put((byte) (0x80 | length));
            } else if (length < 65_536) {
                frame.put((byte) (0x80 | 126)).putShort((short) length);
            } else {
                frame.put((byte) (0x80 | 127)).putLong(length);
            }
            frame.putInt(0).put(bytes, 0, length);
            super.write(frame.array(), frame.position());
        }

        @Override
        int read(byte[] into, int most) throws IOException {
            while (left == 0) {
                var kind = in.readUnsignedByte() & 0x0f;
                left = in.readUnsignedByte();
                left = left == 126 ? in.readUnsignedShort() : left == 127 ? in.readLong() : left;
                if (kind == CLOSE) {
                    throw new IOException("it was closed");
                }
                if (kind == PING || kind == PONG) {
                    var said = in.readNBytes((int) left);
                    left = 0;
                    if (kind == PING) {
                        send(PONG, said, said.length);
                    }
                }
            }
            var read = super.read(into, (int) Math.min(left, most));
            left -= read;
            return read;
        }
    }
}
