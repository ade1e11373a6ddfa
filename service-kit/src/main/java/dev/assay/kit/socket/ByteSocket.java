// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.socket;

import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One end of a WebSocket (RFC 6455) whose binary messages are a stream of bytes, however they are cut. One thread reads, any may send; both
 * block, and neither waits for the other: what a reader has to answer is sent beside it. Extensions there are none.
 */
public final class ByteSocket {

    public static final int NORMAL = 1000;
    public static final int GOING_AWAY = 1001;

    /** What is read and sent at once, in bytes: less costs throughput, and more costs memory for each socket. */
    public static final int CHUNK = 32 * 1024;

    /** The longest head of a frame. */
    static final int HEAD = 14;

    /** Less than that is not passed on by itself while more of its frame has come: each piece costs both hops as much as a large one. */
    private static final int LITTLE = 8 * 1024;

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
    private static final int FAREWELL_SECONDS = 5;

    /** So long one frame may take to be sent, and what was read to be passed on. */
    private static final long SLOWEST_NANOS = TimeUnit.MINUTES.toNanos(10);

    private record Answer(int kind, ByteBuffer what) {}

    private final ByteChannel channel;
    private final boolean server;
    /** There is always room in it for as much as Tomcat reads at once: else it reads into a buffer of its own, and copies. */
    private final ByteBuffer in = ByteBuffer.allocate(LITTLE + CHUNK + HEAD).limit(0);
    private final ByteBuffer head = ByteBuffer.allocate(HEAD);
    private final ReentrantLock sending = new ReentrantLock();
    private final AtomicReference<@Nullable Answer> owed = new AtomicReference<>();

    /** It is to close, though others may be sending yet: nothing more is sent, and nothing that comes is given out. */
    private volatile boolean closing;
    private volatile long closingSince;

    /** Its last frame was sent: whoever holds the lock may not touch the channel. */
    private boolean closed;
    private volatile boolean hungUp;
    private volatile Runnable whenGone = () -> {};

    private volatile boolean busy;
    private volatile long busySince;
    private volatile boolean waiting;
    private volatile long passingSince = System.nanoTime();
    private volatile int unanswered;

    // of the frame that is being read
    private long left;
    private int mask;
    private boolean inMessage;
    private boolean refused;
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
     * What came next, at least one byte, until it is called again; null: the other end closed it, and has its answer. Once this end is
     * closed nothing but that end comes: what the other one says meanwhile is dropped.
     *
     * @throws IOException if it broke off: without a word, or with something that is none of ours
     */
    public @Nullable ByteBuffer read() throws IOException {
        while (true) {
            if (refused) {
                in.position(in.limit()); // where its frames begin nobody knows any more
                fill(1);
            } else if (left == 0) {
                if (!readHead()) {
                    return null;
                }
            } else {
                var bytes = piece();
                if (!closing) {
                    return bytes;
                }
            }
        }
    }

    private ByteBuffer piece() throws IOException {
        if (!in.hasRemaining()) {
            fill(1);
        } else if (in.remaining() < Math.min(left, LITTLE)) {
            more(false);
        }
        var count = (int) Math.min(left, Math.min(in.remaining(), CHUNK));
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

    /** Is told when the other end is taken for gone, for whoever cannot hear it from {@link #read}: they may be passing something on. */
    public void whenGone(Runnable told) {
        whenGone = told;
    }

    /** Returns when the network has taken it; does nothing once this end is closed, or has hung up. */
    public void send(ByteBuffer bytes) throws IOException {
        if (!closing) {
            frame(BINARY, bytes);
        }
    }

    /**
     * What was sent before comes first. The other end answers, and {@link #read} goes on until it has, for a moment; what it says until
     * then is dropped from now on, however long others may hold the way out.
     */
    public void close(int because) throws IOException {
        endBegins();
        frame(CLOSE, ByteBuffer.allocate(Short.BYTES).putShort((short) because).flip());
    }

    private void endBegins() {
        if (!closing) {
            closingSince = System.nanoTime();
            closing = true;
        }
    }

    private void frame(int kind, ByteBuffer bytes) throws IOException {
        sending.lock();
        try {
            put(kind, bytes);
        } finally {
            sending.unlock();
        }
        answer();
    }

    /** With the lock. */
    private void put(int kind, ByteBuffer bytes) throws IOException {
        if (closed || closing && kind != CLOSE) {
            return;
        }
        closed = kind == CLOSE;
        busySince = System.nanoTime();
        busy = true;
        try {
            write(kind, bytes);
        } catch (IOException e) {
            if (!hungUp) { // else it is no news
                throw e;
            }
        } finally {
            busy = false;
        }
    }

    /** Whoever holds the lock does it afterwards: a reader that waited for them would tie both directions together. */
    private void answer() throws IOException {
        while (owed.get() != null && sending.tryLock()) {
            try {
                var answer = owed.getAndSet(null);
                if (answer != null) {
                    put(answer.kind(), answer.what());
                }
            } finally {
                sending.unlock();
            }
        }
    }

    /** Of several questions the last is answered, which is enough. Not by the reader: the network may be in no hurry to take it. */
    private void pong(ByteBuffer said) {
        if (owed.getAndSet(new Answer(PONG, said)) == null) {
            Thread.ofVirtual().name("pong").start(() -> {
                try {
                    answer();
                } catch (IOException e) {
                    hangUp();
                }
            });
        }
    }

    /** Both ways end at once: who waits for the one or the other wakes. */
    private void hangUp() {
        endBegins();
        hungUp = true;
        channel.hangUp();
    }

    /** The other end is taken for gone. */
    void giveUp() {
        hangUp();
        whenGone.run();
    }

    /** When it returns, nobody uses the channel any more, nor will: who is sending has a moment to finish. */
    void leave() {
        endBegins();
        if (!sentWithin(FAREWELL_SECONDS)) {
            hangUp();
            sending.lock();
        }
        closed = true;
        sending.unlock();
    }

    private boolean sentWithin(int seconds) {
        try {
            return sending.tryLock(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
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
        var shortest = true;
        if (length == 126) {
            fill(Short.BYTES);
            length = in.getShort() & 0xffff;
            shortest = length > LONGEST_CONTROL;
        } else if (length == 127) {
            fill(Long.BYTES);
            length = in.getLong();
            shortest = length > 0xffff; // or negative, which no length is
        }
        if (server) {
            fill(Integer.BYTES);
            mask = in.getInt();
        }
        if (!shortest) {
            throw refused(PROTOCOL_ERROR, "a frame whose length is negative, or written longer than it need be");
        }
        if (kind >= CLOSE) {
            if ((first & LAST) == 0 || length > LONGEST_CONTROL || kind > PONG) {
                throw refused(PROTOCOL_ERROR, "a control frame of kind " + kind + " that is cut, too long or unknown");
            }
            return control(kind, (int) length);
        }
        if (kind == TEXT) {
            throw refused(UNSUPPORTED, "text");
        }
        if (kind != (inMessage ? CONTINUATION : BINARY)) {
            throw refused(PROTOCOL_ERROR, "a frame of kind " + kind + " where it does not belong");
        }
        inMessage = (first & LAST) == 0;
        left = length;
        return true;
    }

    private boolean control(int kind, int length) throws IOException {
        fill(length);
        var said = ByteBuffer.allocate(length).put(in.slice(in.position(), length)).flip();
        in.position(in.position() + length);
        unmask(said, mask);
        if (kind == PING) {
            pong(said);
        } else if (kind == CLOSE) {
            if (length == 1 || length > 1 && !mayBeSent(said.getShort(0) & 0xffff)) {
                throw refused(PROTOCOL_ERROR, "an end without a code that may be sent");
            }
            code = length == 0 ? NO_CODE : said.getShort(0) & 0xffff;
            endBegins();
            owed.set(new Answer(CLOSE, said.limit(Math.min(length, Short.BYTES))));
            answer();
            return false;
        }
        return true;
    }

    /** Those of the standard and its register, and those that are left to others. */
    private static boolean mayBeSent(int code) {
        return code >= 1000 && code <= 1014 && (code < 1004 || code > 1006) || code >= 3000 && code < 5000;
    }

    private IOException refused(int because, String what) throws IOException {
        refused = true;
        close(because);
        return new ProtocolException("the other end of a WebSocket sent " + what);
    }

    private void fill(int least) throws IOException {
        if (least > in.capacity()) {
            throw new IllegalArgumentException(least + " bytes at once are more than there is room for");
        }
        while (in.remaining() < least) {
            more(true);
        }
    }

    /** @param wait until there is more; else what has come is taken, if anything has */
    private void more(boolean wait) throws IOException {
        in.compact();
        in.limit(Math.min(in.capacity(), in.position() + CHUNK + HEAD)); // more would lie here in little pieces
        waiting = wait;
        try {
            if ((wait ? channel.read(in) : channel.readNow(in)) < 0 && wait) {
                throw new EOFException("the other end of a WebSocket left without a word");
            }
        } catch (IOException e) {
            hangUp(); // who sends to it need not find out by themselves
            throw e;
        } finally {
            unanswered = 0;
            passingSince = System.nanoTime();
            waiting = false;
            in.flip();
        }
    }

    /**
     * Asks the other end whether it is there; false: it is taken for gone. Its machine may be gone without a word. While what it said is
     * being passed on nobody can hear it, and while something is being sent to it it need not answer: each has a limit of its own, and so
     * has an end that it does not answer.
     *
     * @param patience so many questions in a row it may leave without an answer
     */
    boolean ask(int patience) throws IOException {
        if (closing) {
            return System.nanoTime() - closingSince < TimeUnit.SECONDS.toNanos(FAREWELL_SECONDS);
        }
        if (busy && System.nanoTime() - busySince > SLOWEST_NANOS) {
            return false;
        }
        if (!waiting) {
            return waiting || System.nanoTime() - passingSince < SLOWEST_NANOS;
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
            put(PING, ByteBuffer.allocate(0));
        } finally {
            sending.unlock();
        }
        answer();
        return true;
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
