// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.rfb;

import dev.assay.sdk.protocol.Capability;
import dev.assay.sdk.protocol.Json;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** A stand-in for a VNC server: a socket that answers as it is written to, so that what it was told and what was waited stand in order. */
final class FakeScreen extends Socket {

    static final Capability CAPABILITY = new Capability("screen", "rfb/3.8", "rfb://127.0.0.1:5901", Json.object());

    private static final byte[] END = {};

    /** What it answers when it is asked for a picture. */
    interface Picture {
        void write(DataOutputStream out, int width, int height) throws IOException;
    }

    /** One colour everywhere, raw. */
    static final Picture GREY = (out, width, height) -> {
        rectangles(out, 1);
        rectangle(out, 0, 0, width, height, 0);
        out.write(new byte[width * height * 4]);
    };

    final List<String> events;
    private final int width;
    private final int height;
    private final Picture picture;
    private final LinkedBlockingQueue<byte[]> said = new LinkedBlockingQueue<>();
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
    private int greeted;

    FakeScreen(int width, int height, Picture picture) {
        this(width, height, picture, new ArrayList<>());
    }

    FakeScreen(int width, int height, Picture picture, List<String> events) {
        this.width = width;
        this.height = height;
        this.picture = picture;
        this.events = events;
        said.add("RFB 003.008\n".getBytes(StandardCharsets.US_ASCII));
    }

    static void rectangles(DataOutputStream out, int count) throws IOException {
        out.write(new byte[] {0, 0});
        out.writeShort(count);
    }

    static void rectangle(DataOutputStream out, int x, int y, int width, int height, int encoding) throws IOException {
        out.writeShort(x);
        out.writeShort(y);
        out.writeShort(width);
        out.writeShort(height);
        out.writeInt(encoding);
    }

    /** Ends the connection after what was said. */
    void hangUp() {
        said.add(END);
    }

    @Override
    public InputStream getInputStream() {
        return new InputStream() {
            private ByteBuffer now = ByteBuffer.allocate(0);

            @Override
            public int read() throws IOException {
                var one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                try {
                    if (!now.hasRemaining()) {
                        var next = said.take();
                        if (next.length == 0) {
                            said.add(END);
                            return -1;
                        }
                        now = ByteBuffer.wrap(next);
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException("Closed by interrupt");
                }
                int count = Math.min(length, now.remaining());
                now.get(into, offset, count);
                return count;
            }
        };
    }

    @Override
    public OutputStream getOutputStream() {
        return new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                heard.write(one);
                hear();
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                heard.write(bytes, offset, length);
                hear();
            }
        };
    }

    private void hear() throws IOException {
        for (var message = next(); message != null; message = next()) {
            switch (greeted) {
                case 0 -> said.add(new byte[] {1, 1});
                case 1 -> said.add(new byte[4]);
                case 2 -> said.add(ByteBuffer.allocate(24).putShort((short) width).putShort((short) height).array());
                default -> hear(message);
            }
            greeted++;
        }
    }

    private void hear(ByteBuffer message) throws IOException {
        switch (message.get(0)) {
            case 3 -> {
                var bytes = new ByteArrayOutputStream();
                picture.write(new DataOutputStream(bytes), width, height);
                if (bytes.size() > 0) {
                    said.add(bytes.toByteArray());
                } else {
                    hangUp();
                }
            }
            case 4 -> events.add("key " + (message.get(1) == 1 ? "down " : "up ") + Integer.toHexString(message.getInt(4)));
            case 5 -> events.add("pointer " + message.get(1) + " " + message.getShort(2) + " " + message.getShort(4));
            default -> {}
        }
    }

    /** The next whole message; null: not yet. */
    private @Nullable ByteBuffer next() {
        var bytes = heard.toByteArray();
        if (bytes.length == 0) {
            return null;
        }
        int size = switch (greeted) {
            case 0 -> 12;
            case 1, 2 -> 1;
            default -> switch (bytes[0]) {
                case 0 -> 20;
                case 2 -> 8;
                case 3 -> 10;
                case 4 -> 8;
                default -> 6;
            };
        };
        if (bytes.length < size) {
            return null;
        }
        heard.reset();
        heard.write(bytes, size, bytes.length - size);
        return ByteBuffer.wrap(bytes, 0, size);
    }

    @Override
    public void close() {
        hangUp();
    }
}
