// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples are those of RFC 6455, 5.7, where it has one. */
class ByteSocketTests {

    @Test
    void theExamplesOfTheStandardAreUnderstood() throws IOException {
        // "Hello", masked; then in two unmasked frames, with a ping between them
        assertThat(whole(new Canned("82 85 37fa213d 7f9f4d5158"), true, 5)).isEqualTo("Hello".getBytes());
        assertThat(whole(new Canned("02 03 48656c | 89 00 | 80 02 6c6f"), false, 5)).isEqualTo("Hello".getBytes());
        assertThat(Handshake.accept("dGhlIHNhbXBsZSBub25jZQ==")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    @Test
    void aPingIsAnsweredWithWhatItSays() throws Exception {
        var line = new Line();
        read(new ByteSocket(line, true));
        line.comes("89 85 37fa213d 7f9f4d5158");
        assertThat(line.says()).isEqualTo("8a0548656c6c6f");
        line.comes("88 80 00000000");
        assertThat(line.says()).isEqualTo("8800");
    }

    /** Else two ends that wait for each other's reader would wait for good. */
    @Test
    void whoReadsWaitsForNobodyWhoSendsAndTheLastQuestionIsAnsweredAfterThem() throws Exception {
        var line = new Line();
        var socket = new ByteSocket(line, true);
        line.taken.drainPermits();
        var sender = Thread.ofVirtual().start(() -> send(socket, 3));
        await().until(() -> sender.getState() == Thread.State.WAITING);

        line.comes("89 81 00000000 01 | 89 81 00000000 02 | 82 81 00000000 07");
        assertThat(socket.read().get()).isEqualTo((byte) 7);

        line.taken.release(100);
        assertThat(line.says()).isEqualTo("8203000000");
        assertThat(line.says()).isEqualTo("8a0102");
    }

    @Test
    void anEndThatWaitsForWhoeverSendsEndsTheWayInAtOnce() throws Exception {
        var line = new Line();
        var socket = new ByteSocket(line, true);
        line.taken.drainPermits();
        var sender = Thread.ofVirtual().start(() -> send(socket, 3));
        await().until(() -> sender.getState() == Thread.State.WAITING);
        var end = Thread.ofVirtual().start(() -> close(socket));
        await().until(() -> end.getState() == Thread.State.WAITING);

        line.comes("82 81 00000000 07 | 88 80 00000000");

        assertThat(socket.read()).isNull();
        line.taken.release(100);
        assertThat(line.says()).isEqualTo("8203000000");
        assertThat(line.says()).startsWith("88");
    }

    @Test
    void whoSendsWakesWhenTheOtherEndBreaksOffAndTouchesNothingAfterwards() throws Exception {
        var line = new Line();
        var socket = new ByteSocket(line, true);
        line.taken.drainPermits();
        var sender = Thread.ofVirtual().start(() -> send(socket, 3));
        await().until(() -> sender.getState() == Thread.State.WAITING);
        line.comes("");
        assertThatThrownBy(socket::read).isInstanceOf(EOFException.class);
        socket.leave();
        assertThat(sender.join(Duration.ofMinutes(1))).isTrue();

        line.said.clear();
        line.taken.release(100);
        send(socket, 3);
        close(socket);
        assertThat(line.said).isEmpty();
    }

    private static void read(ByteSocket socket) {
        Thread.ofVirtual().start(() -> {
            try {
                socket.read();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static void send(ByteSocket socket, int count) {
        try {
            socket.send(ByteBuffer.allocate(count));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void close(ByteSocket socket) {
        try {
            socket.close(ByteSocket.GOING_AWAY);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives what comes when it comes, and takes what is written when it may. */
    private static final class Line implements ByteChannel {

        final Semaphore taken = new Semaphore(100);
        final BlockingQueue<String> said = new LinkedBlockingQueue<>();
        private final BlockingQueue<String> coming = new LinkedBlockingQueue<>();
        private final StringBuilder frame = new StringBuilder();
        private volatile boolean over;

        void comes(String hex) {
            coming.add(hex.replaceAll("[ |]", ""));
        }

        String says() throws InterruptedException {
            return said.poll(60, TimeUnit.SECONDS);
        }

        @Override
        public int read(ByteBuffer into) throws IOException {
            try {
                var bytes = HexFormat.of().parseHex(coming.take());
                into.put(bytes);
                return bytes.length == 0 ? -1 : bytes.length;
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        @Override
        public int readNow(ByteBuffer into) throws IOException {
            return coming.isEmpty() ? 0 : read(into);
        }

        @Override
        public void write(ByteBuffer bytes) throws IOException {
            taken.acquireUninterruptibly();
            if (over) {
                throw new IOException("hung up");
            }
            frame.append(HexFormat.of().formatHex(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.arrayOffset() + bytes.limit()));
        }

        @Override
        public void flush() {
            said.add(frame.toString());
            frame.setLength(0);
        }

        @Override
        public void hangUp() {
            over = true;
            coming.add("");
            taken.release(1);
        }
    }

    /** Whatever the pieces are that it comes in, whatever the mask, and wherever in the mask a piece ends. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 13, 125, 126, 4096, 65_535, 65_536, 200_000})
    void bytesComeOutAsTheyWentIn(int length) throws IOException {
        var random = new Random(length);
        var bytes = new byte[length];
        random.nextBytes(bytes);
        var sent = new Canned("");
        new ByteSocket(sent, true).send(ByteBuffer.wrap(bytes));
        assertThat(whole(new Canned(sent.said(), length % 11 + 1), false, length)).isEqualTo(bytes);

        sent = new Canned("");
        new ByteSocket(sent, false).send(ByteBuffer.wrap(bytes));
        var frame = HexFormat.of().parseHex(sent.said());
        var head = frame.length - length;
        for (var at = 0; at < length; at++) { // as a client masks that is not ours
            frame[head + at] ^= (byte) (0x5ea1c07b >>> 24 - at % 4 * 8);
        }
        ByteBuffer.wrap(frame).putInt(head - 4, 0x5ea1c07b);
        assertThat(whole(new Canned(HexFormat.of().formatHex(frame), length % 7 + 1), true, length)).isEqualTo(bytes);
    }

    /** The end of a read lies anywhere in a frame: else each frame would be passed on in more and more pieces. */
    @Test
    void whatHasComeIsGivenOutInFewPieces() throws IOException {
        var frames = 10;
        var sent = new Canned("");
        var sender = new ByteSocket(sent, false);
        for (var number = 0; number < frames; number++) {
            sender.send(ByteBuffer.allocate(2 * ByteSocket.CHUNK));
        }
        var socket = new ByteSocket(new Canned(sent.said()), true);
        var pieces = 0;
        for (var left = frames * 2 * ByteSocket.CHUNK; left > 0; pieces++) {
            left -= socket.read().remaining();
        }
        assertThat(pieces).isEqualTo(2 * frames);
    }

    @ParameterizedTest
    @CsvSource({
        "81 80 00000000, 03eb", // text
        "c2 80 00000000, 03ea", // a reserved bit
        "82 00, 03ea", // no mask
        "80 80 00000000, 03ea", // a continuation of nothing
        "02 80 00000000 | 82 80 00000000, 03ea", // another message in the midst of one
        "09 80 00000000, 03ea", // a control frame in parts
        "89 fe 0080 00000000, 03ea", // a long one
        "8b 80 00000000, 03ea", // one that nobody knows
        "82 ff ffffffffffffffff 00000000, 03ea", // a negative length
        "89 ff 800000007fffffff 00000000 41, 03ea",
        "89 ff 8000000000000005 00000000 4142434445, 03ea",
        "88 ff 8000000000004000 00000000, 03ea",
        "89 ff 0000000100000001 00000000 41, 03ea",
        "82 fe 007d 00000000, 03ea", // lengths in more bytes than they need
        "82 ff 000000000000ffff 00000000, 03ea",
        "88 81 00000000 03, 03ea", // half a code
        "88 82 00000000 03ed, 03ea", // codes that are never sent
        "88 82 00000000 03ee, 03ea",
        "88 82 00000000 0000, 03ea",
        "88 82 00000000 07d0, 03ea"
    })
    void whatTheStandardForbidsIsRefusedWithItsCode(String frames, String code) {
        var channel = new Canned(frames);
        assertThatThrownBy(() -> new ByteSocket(channel, true).read()).isInstanceOf(ProtocolException.class);
        assertThat(channel.said()).isEqualTo("8802" + code);
    }

    @Test
    void anEndHasItsCodeAndItsAnswerAndNothingIsSentAfterIt() throws IOException {
        var channel = new Canned("88 82 00000000 03e9");
        var socket = new ByteSocket(channel, true);
        assertThat(socket.read()).isNull();
        assertThat(socket.code()).isEqualTo(ByteSocket.GOING_AWAY);
        socket.send(ByteBuffer.allocate(3));
        socket.close(ByteSocket.NORMAL);
        assertThat(channel.said()).isEqualTo("880203e9");
    }

    @Test
    void whatBreaksOffInTheMidstOfAFrameIsNoEnd() {
        assertThatThrownBy(() -> whole(new Canned("82 85 37fa213d 7f9f"), true, 5)).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> new ByteSocket(new Canned("82"), true).read()).isInstanceOf(EOFException.class);
    }

    private static byte[] whole(Canned channel, boolean server, int length) throws IOException {
        var socket = new ByteSocket(channel, server);
        var all = new ByteArrayOutputStream();
        while (all.size() < length) {
            var bytes = socket.read();
            all.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
        }
        return all.toByteArray();
    }

    /** Gives what it is made of, so many bytes at a time, and keeps what it is given. */
    private static final class Canned implements ByteChannel {

        private final ByteBuffer comes;
        private final int piece;
        private final ByteArrayOutputStream said = new ByteArrayOutputStream();

        Canned(String hex) {
            this(hex, Integer.MAX_VALUE);
        }

        Canned(String hex, int piece) {
            this.comes = ByteBuffer.wrap(HexFormat.of().parseHex(hex.replaceAll("[ |]", "")));
            this.piece = piece;
        }

        String said() {
            return HexFormat.of().formatHex(said.toByteArray());
        }

        @Override
        public int read(ByteBuffer into) {
            if (!comes.hasRemaining()) {
                return -1;
            }
            var count = Math.min(piece, Math.min(into.remaining(), comes.remaining()));
            into.put(comes.slice(comes.position(), count));
            comes.position(comes.position() + count);
            return count;
        }

        @Override
        public int readNow(ByteBuffer into) {
            return read(into);
        }

        @Override
        public void write(ByteBuffer bytes) {
            said.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
            bytes.position(bytes.limit());
        }

        @Override
        public void flush() {}

        @Override
        public void hangUp() {}
    }
}
