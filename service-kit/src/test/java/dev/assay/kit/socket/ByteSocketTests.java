// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Random;
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
    void aPingIsAnsweredWithWhatItSays() throws IOException {
        var channel = new Canned("89 85 37fa213d 7f9f4d5158 | 88 80 00000000");
        assertThat(new ByteSocket(channel, true).read()).isNull();
        assertThat(channel.said()).isEqualTo("8a0548656c6c6f" + "8800");
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
        "82 ff ffffffffffffffff 00000000, 03ea"
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
        public void write(ByteBuffer bytes) {
            said.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
            bytes.position(bytes.limit());
        }

        @Override
        public void flush() {}
    }
}
