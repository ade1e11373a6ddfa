// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import dev.assay.gateway.call.Answer;
import dev.assay.kit.web.BytesInFlight;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;

/** What an upstream answers, as it was before it was encoded, in a buffer that grows as far as an answer or an event may. */
final class AnswerBytes implements AutoCloseable {

    private static final int FIRST = 8 * 1024;
    /** Whose events are small, mostly, and which stays for long. */
    private static final int FIRST_OF_STREAM = 2 * 1024;
    /** As bytes, and as what is made of them. */
    private static final int WEIGHT = 4;
    private static final List<String> STREAMS = List.of(":", "data:", "event:", "id:", "retry:");
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** It is larger than what is taken. */
    static final class TooLargeException extends IOException {
        private TooLargeException(long largest) {
            super("larger than the " + largest + " bytes that are taken");
        }
    }

    /** It is encoded in a way that was not asked for. */
    static final class UnknownEncodingException extends IOException {
        private UnknownEncodingException(String encoding) {
            super("in the encoding '" + encoding + "', which nobody asked for");
        }
    }

    private final Answer answer;
    private final boolean saysStream;
    private final long largest;
    private final BytesInFlight.Share share;
    private byte[] bytes;
    private int to;
    private boolean begun;
    private InputStream in;

    AnswerBytes(Answer answer, long largest, BytesInFlight inFlight) {
        this.answer = answer;
        this.largest = largest;
        this.share = inFlight.open(-1, WEIGHT);
        var type = answer.headers().first("content-type").orElse("").strip().toLowerCase(Locale.ROOT);
        this.saysStream = type.startsWith("text/event-stream");
        this.bytes = new byte[saysStream ? FIRST_OF_STREAM : first(answer)];
        this.in = new Encoded(answer);
    }

    /** One byte more than is announced, so that the end is seen without growing. */
    private static int first(Answer answer) {
        var announced = answer.headers().first("content-length").orElse("");
        var isShort = !announced.isEmpty() && announced.length() < 5 && announced.chars().allMatch(digit -> digit >= '0' && digit <= '9');
        return isShort ? Integer.parseInt(announced) + 1 : FIRST;
    }

    /** They change when more is read. */
    byte[] bytes() {
        return bytes;
    }

    int to() {
        return to;
    }

    /** Reads at least one byte more; false at the end. */
    boolean more() throws IOException {
        if (!begun) {
            begun = true;
            in = decoded(in);
        }
        if (to == bytes.length) {
            grow();
        }
        var read = in.read(bytes, to, (int) Math.min(bytes.length, largest + 1) - to);
        to += Math.max(0, read);
        if (to > largest) {
            throw new TooLargeException(largest);
        }
        return read >= 0;
    }

    /** Reads as much as is taken, and no more. */
    void all() throws IOException {
        while (more()) {}
    }

    /**
     * Lets go of what stands before.
     *
     * @return by how much the rest has moved to the beginning
     */
    int drop(int before) {
        if (before == 0) {
            return 0;
        }
        System.arraycopy(bytes, before, bytes, 0, to - before);
        to -= before;
        return before;
    }

    /** Whether this is a stream of events, whatever the headers say. */
    boolean isStream() throws IOException {
        while (true) {
            var at = 0;
            while (at < to && (Character.isWhitespace(bytes[at]) || (bytes[at] & 0xff) >= 0xBB)) {
                at++; // blanks and a byte order mark
            }
            if (at < to && "{[<\"".indexOf(bytes[at]) >= 0) {
                return false;
            }
            if (at < to && saysStream) {
                return true;
            }
            var enough = to - at >= 6 || at > FIRST / 2;
            if (enough || !more()) {
                var begin = at;
                return saysStream || STREAMS.stream().anyMatch(field -> begins(begin, field));
            }
        }
    }

    private boolean begins(int at, String with) {
        if (to - at < with.length()) {
            return false;
        }
        for (var i = 0; i < with.length(); i++) {
            if (bytes[at + i] != with.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private void grow() throws IOException {
        var wanted = Math.min(4L * bytes.length, largest + 1);
        if (wanted <= bytes.length) {
            throw new TooLargeException(largest);
        }
        try {
            share.cover(Math.min(wanted, largest), PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
        bytes = Arrays.copyOf(bytes, (int) wanted);
    }

    private InputStream decoded(InputStream encoded) throws IOException {
        var said = answer.headers().all("content-encoding");
        if (said.isEmpty()) {
            return encoded;
        }
        var decoded = encoded;
        var encodings = String.join(",", said).toLowerCase(Locale.ROOT).split(",");
        for (int last = encodings.length - 1; last >= 0; last--) {
            decoded = switch (encodings[last].strip()) {
                case "", "identity" -> decoded;
                case "gzip", "x-gzip" -> new GZIPInputStream(decoded, 512);
                case "deflate" -> new InflaterInputStream(decoded);
                default -> throw new UnknownEncodingException(encodings[last].strip());
            };
        }
        return decoded;
    }

    /** Ends the call at the upstream too, if it is still under way. */
    @Override
    public void close() {
        share.close();
        answer.close();
    }

    private static final class Encoded extends InputStream {

        private final Answer answer;

        Encoded(Answer answer) {
            this.answer = answer;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int from, int most) throws IOException {
            return answer.read(into, from, most);
        }
    }
}
