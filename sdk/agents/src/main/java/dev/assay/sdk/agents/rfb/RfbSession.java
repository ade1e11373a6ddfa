// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.rfb;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a VNC server, protocol 3.8. Pictures are asked for whole, raw or through zlib; nothing is streamed meanwhile. The
 * screen's size is that of the handshake. Used by one thread at a time.
 */
final class RfbSession implements Closeable, RfbScreen.Hand {

    private static final int LONGEST_TEXT = 1 << 20;
    private static final int SEEN = 0xff000000;

    private static final int RAW = 0;
    private static final int ZLIB = 6;

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final Inflater inflater = new Inflater();
    private final int width;
    private final int height;
    private int buttons;
    private int x;
    private int y;

    /** Shakes hands over a connection that is its own from now on. */
    RfbSession(Socket socket, @Nullable String password) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
        this.out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
        new RfbHandshake(in, out).shake(password);
        this.width = in.readUnsignedShort();
        this.height = in.readUnsignedShort();
        in.skipNBytes(16);
        skipText();
        if (width == 0 || height == 0 || (long) width * height > RfbScreen.MOST_PIXELS) {
            throw new RfbException("a screen of " + width + " by " + height + " pixels is not looked at");
        }
        askForColoursAndEncodings();
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    int x() {
        return x;
    }

    int y() {
        return y;
    }

    /** 32 bits a pixel, little-endian: blue, green, red, nothing. */
    private void askForColoursAndEncodings() throws IOException {
        out.write(new byte[] {0, 0, 0, 0, 32, 24, 0, 1, 0, (byte) 255, 0, (byte) 255, 0, (byte) 255, 16, 8, 0, 0, 0, 0});
        out.write(new byte[] {2, 0, 0, 1});
        out.writeInt(ZLIB);
        out.flush();
    }

    @Override
    public void move(int x, int y) throws IOException {
        if (x < 0 || y < 0 || x > 0xffff || y > 0xffff) {
            throw new IllegalArgumentException("(" + x + ", " + y + ") is no place on a screen");
        }
        this.x = x;
        this.y = y;
        tellPointer();
    }

    @Override
    public void press(int button) throws IOException {
        buttons |= 1 << button;
        tellPointer();
    }

    @Override
    public void release(int button) throws IOException {
        buttons &= ~(1 << button);
        tellPointer();
    }

    private void tellPointer() throws IOException {
        out.writeByte(5);
        out.writeByte(buttons);
        out.writeShort(x);
        out.writeShort(y);
    }

    @Override
    public void key(String key, boolean down) throws IOException {
        int keysym = Keysyms.code(key);
        out.writeByte(4);
        out.writeBoolean(down);
        out.writeShort(0);
        out.writeInt(keysym);
    }

    /** What was written so far goes on its way. */
    void flush() throws IOException {
        out.flush();
    }

    /** The whole screen as it is now. */
    BufferedImage capture() throws IOException {
        var picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        var pixels = ((DataBufferInt) picture.getRaster().getDataBuffer()).getData();
        out.write(new byte[] {3, 0, 0, 0, 0, 0});
        out.writeShort(width);
        out.writeShort(height);
        out.flush();
        for (int covered = 0; covered < pixels.length; ) {
            covered += readMessage(pixels);
        }
        return picture;
    }

    /** @return how many pixels were seen for the first time */
    private int readMessage(int[] pixels) throws IOException {
        int kind = in.readUnsignedByte();
        switch (kind) {
            case 0 -> {
                in.skipNBytes(1);
                int covered = 0;
                for (int left = in.readUnsignedShort(); left > 0; left--) {
                    covered += readRectangle(pixels);
                }
                return covered;
            }
            case 2 -> {} // a bell
            case 3 -> {
                in.skipNBytes(3);
                skipText();
            }
            default -> throw new RfbException("the screen sent a message of the unknown kind " + kind);
        }
        return 0;
    }

    private int readRectangle(int[] pixels) throws IOException {
        int left = in.readUnsignedShort();
        int top = in.readUnsignedShort();
        int across = in.readUnsignedShort();
        int down = in.readUnsignedShort();
        int encoding = in.readInt();
        if (left + across > width || top + down > height) {
            throw new RfbException(
                    "the screen changed its size while it was looked at: " + width + " by " + height + " pixels no longer hold it");
        }
        if (encoding != RAW && encoding != ZLIB) {
            throw new RfbException("the screen sent a picture in the unknown encoding " + encoding);
        }
        var packed = encoding == ZLIB ? new ZlibRows(in, in.readInt(), inflater) : null;
        var row = new byte[across * 4];
        int covered = 0;
        for (int line = top; line < top + down; line++) {
            if (packed == null) {
                in.readFully(row);
            } else {
                packed.read(row);
            }
            covered += paint(row, pixels, line * width + left);
        }
        if (packed != null) {
            packed.finish();
        }
        return covered;
    }

    private static int paint(byte[] row, int[] pixels, int at) {
        int covered = 0;
        for (int from = 0, to = at; from < row.length; from += 4, to++) {
            covered += pixels[to] == 0 ? 1 : 0;
            pixels[to] = SEEN | (row[from + 2] & 0xff) << 16 | (row[from + 1] & 0xff) << 8 | row[from] & 0xff;
        }
        return covered;
    }

    private void skipText() throws IOException {
        int length = in.readInt();
        if (length < 0 || length > LONGEST_TEXT) {
            throw new RfbException("the screen sent a text of " + Integer.toUnsignedLong(length) + " bytes");
        }
        in.skipNBytes(length);
    }

    /** By its own thread. Whoever else wants to end it closes the socket. */
    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // gone either way
        } finally {
            inflater.end();
        }
    }
}
