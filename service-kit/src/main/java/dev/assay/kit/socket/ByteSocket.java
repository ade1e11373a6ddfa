// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.socket;

import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One end of a WebSocket (RFC 6455) whose binary messages are a stream of bytes, however they are cut. One thread reads, any may send; both
 * block. Extensions there are none.
 */
public final class ByteSocket {

    public static final int NORMAL = 1000;
    public static final int GOING_AWAY = 1001;

    /** What is read and sent at once, in bytes: less costs throughput, and more costs memory for each socket. */
    public static final int CHUNK = 32 * 1024;

    /** The longest head of a frame. */
    static final int HEAD = 14;

    private static final int PROTOCOL_ERROR = 1002;
    private static final int UNSUPPORTED = 1003;
    private static final int NO_CODE = 1005;

    private static final int CONTINUATION = 0;
    private static final int BINARY = 2;
    private static final int TEXT = 1;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final int LAST = 0x80;
    private static final int MASKED = 0x80;
    private static final int LONGEST_CONTROL = 125;
    private static final long FAREWELL_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final ByteChannel channel;
    private final boolean server;
    private final ByteBuffer in = ByteBuffer.allocate(CHUNK).limit(0);
    private final ByteBuffer head = ByteBuffer.allocate(HEAD);
    private final ReentrantLock sending = new ReentrantLock();
    private volatile boolean closed;
    private volatile long closedAt;
    private volatile boolean waiting;
    private volatile int unanswered;

    // of the frame that is being read
    private long left;
    private int mask;
    private boolean inMessage;
    private int code = NO_CODE;

    /**
     * @param server whether it is the end that was connected to: the other one masks what it sends. Ours masks with zeros, which is no mask:
     *     masks are for the sake of proxies that take what a web page sends for something else
     */
    ByteSocket(ByteChannel channel, boolean server) {
        this.channel = channel;
        this.server = server;
    }

    /**
     * What came next, at least one byte, until it is called again; null: the other end closed it, and has its answer.
     *
     * @throws IOException if it broke off: without a word, or with something that is none of ours
     */
    public @Nullable ByteBuffer read() throws IOException {
        while (left == 0) {
            if (!readHead()) {
                return null;
            }
        }
        if (!in.hasRemaining()) {
            fill(1);
        }
        var count = (int) Math.min(left, in.remaining());
        var bytes = in.slice(in.position(), count);
        in.position(in.position() + count);
        left -= count;
        unmask(bytes, mask);
        mask = Integer.rotateLeft(mask, (count & 3) * Byte.SIZE);
        return bytes;
    }

    /** What the other end said when it closed: {@link #NORMAL} and so on; 1005: no code, or it has not closed. */
    public int code() {
        return code;
    }

    /** Returns when the network has taken it; does nothing once this end has closed. */
    public void send(ByteBuffer bytes) throws IOException {
        frame(BINARY, bytes);
    }

    /** What was sent before comes first. The other end answers, and until it has, {@link #read} goes on for a moment. */
    public void close(int because) throws IOException {
        frame(CLOSE, ByteBuffer.allocate(Short.BYTES).putShort((short) because).flip());
    }

    private void frame(int kind, ByteBuffer bytes) throws IOException {
        sending.lock();
        try {
            if (closed) {
                return;
            }
            if (kind == CLOSE) {
                closedAt = System.nanoTime();
                closed = true;
            }
            write(kind, bytes);
        } finally {
            sending.unlock();
        }
    }

    private void write(int kind, ByteBuffer bytes) throws IOException {
        var length = bytes.remaining();
        var masked = server ? 0 : MASKED;
        head.clear().put((byte) (LAST | kind));
        if (length <= LONGEST_CONTROL) {
            head.put((byte) (masked | length));
        } else if (length <= 0xffff) {
            head.put((byte) (masked | 126)).putShort((short) length);
        } else {
            head.put((byte) (masked | 127)).putLong(length);
        }
        if (!server) {
            head.putInt(0);
        }
        channel.write(head.flip());
        channel.write(bytes);
        channel.flush();
    }

    /** Returns false if it was the last frame. */
    private boolean readHead() throws IOException {
        fill(2);
        var first = in.get() & 0xff;
        var second = in.get() & 0xff;
        var kind = first & 0x0f;
        if ((first & 0x70) != 0 || (second & MASKED) != 0 != server) {
            throw refused(PROTOCOL_ERROR, "a frame with reserved bits, or masked as no frame of this side is");
        }
        long length = second & 0x7f;
        if (length == 126) {
            fill(Short.BYTES);
            length = in.getShort() & 0xffff;
        } else if (length == 127) {
            fill(Long.BYTES);
            length = in.getLong();
        }
        if (server) {
            fill(Integer.BYTES);
            mask = in.getInt();
        }
        if (kind >= CLOSE) {
            return control(kind, (first & LAST) != 0 && length <= LONGEST_CONTROL ? (int) length : -1);
        }
        if (kind == TEXT) {
            throw refused(UNSUPPORTED, "text");
        }
        if (kind != (inMessage ? CONTINUATION : BINARY) || length < 0) {
            throw refused(PROTOCOL_ERROR, "a frame of kind " + kind + " and length " + length);
        }
        inMessage = (first & LAST) == 0;
        left = length;
        return true;
    }

    private boolean control(int kind, int length) throws IOException {
        if (length < 0 || kind > PONG) {
            throw refused(PROTOCOL_ERROR, "a control frame of kind " + kind + " that is cut, too long or unknown");
        }
        fill(length);
        var said = ByteBuffer.allocate(length).put(in.slice(in.position(), length)).flip();
        in.position(in.position() + length);
        unmask(said, mask);
        if (kind == PING) {
            frame(PONG, said);
        } else if (kind == CLOSE) {
            code = length < Short.BYTES ? NO_CODE : said.getShort(0) & 0xffff;
            frame(CLOSE, length < Short.BYTES ? said.clear().limit(0) : said.limit(Short.BYTES));
            return false;
        }
        return true;
    }

    private IOException refused(int because, String what) throws IOException {
        close(because);
        return new ProtocolException("the other end of a WebSocket sent " + what);
    }

    private void fill(int least) throws IOException {
        if (in.capacity() - in.position() < least || !in.hasRemaining()) {
            in.compact().flip();
        }
        while (in.remaining() < least) {
            var position = in.position();
            in.position(in.limit()).limit(in.capacity());
            waiting = true;
            try {
                if (channel.read(in) < 0) {
                    throw new EOFException("the other end of a WebSocket left without a word");
                }
            } finally {
                unanswered = 0;
                waiting = false;
                in.limit(in.position()).position(position);
            }
        }
    }

    /**
     * Asks the other end whether it is there; false: it is taken for gone. Its machine may be gone without a word. While what it said is
     * being passed on nobody can hear it, and while something is being sent to it, that has a limit of its own.
     *
     * @param patience so many questions in a row it may leave without an answer
     */
    boolean ask(int patience) throws IOException {
        if (closed) {
            return System.nanoTime() - closedAt < FAREWELL_NANOS;
        }
        if (!waiting) {
            return true;
        }
        if (!sending.tryLock()) {
            unanswered = 0;
            return true;
        }
        try {
            if (unanswered >= patience) {
                return false;
            }
            unanswered++;
            if (!closed) {
                write(PING, ByteBuffer.allocate(0));
            }
            return true;
        } finally {
            sending.unlock();
        }
    }

    /** Eight bytes at a time, which is what makes it cheap. */
    private static void unmask(ByteBuffer bytes, int mask) {
        if (mask == 0) {
            return;
        }
        var twice = (mask & 0xffffffffL) << Integer.SIZE | mask & 0xffffffffL;
        var at = bytes.position();
        for (; at + Long.BYTES <= bytes.limit(); at += Long.BYTES) {
            bytes.putLong(at, bytes.getLong(at) ^ twice);
        }
        for (var shift = Integer.SIZE - Byte.SIZE; at < bytes.limit(); at++, shift -= Byte.SIZE) {
            bytes.put(at, (byte) (bytes.get(at) ^ mask >>> shift));
        }
    }
}
