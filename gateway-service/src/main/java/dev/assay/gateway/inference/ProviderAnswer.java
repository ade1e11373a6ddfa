// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import dev.assay.kit.web.BytesInFlight;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A provider's answer as it comes, in pieces: events, or the whole. It is read by a thread of its own, so that whoever waits for the next
 * piece can look after its client and the time meanwhile. Whether it is a stream is seen from how it begins.
 */
final class ProviderAnswer implements AutoCloseable {

    private static final int AHEAD = 4;
    private static final int MOST_OF_AN_ERROR = 1 << 20;
    private static final int CHUNK = 16 * 1024;
    /** As bytes, as a tree, as text. */
    private static final int WEIGHT = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    sealed interface Piece {
        record Event(String name, String data) implements Piece {}

        record Whole(byte[] bytes) implements Piece {}

        record End() implements Piece {}

        record Broken(Exception cause) implements Piece {}
    }

    /** It is larger than what is taken. */
    static final class TooLargeException extends IOException {
        TooLargeException(long largest) {
            super("larger than the " + largest + " bytes that are taken");
        }
    }

    /** It is encoded in a way that was not asked for. */
    static final class UnknownEncodingException extends IOException {
        private UnknownEncodingException(String encoding) {
            super("in the encoding '" + encoding + "', which nobody asked for");
        }
    }

    private final BlockingQueue<Piece> pieces = new ArrayBlockingQueue<>(AHEAD);
    private final HttpResponse<InputStream> response;
    private final long largest;
    private final BytesInFlight.Share share;
    private final Thread reader;
    private volatile long heard = System.nanoTime();

    ProviderAnswer(String provider, HttpResponse<InputStream> response, long largest, BytesInFlight inFlight) {
        this.response = response;
        this.largest = largest;
        this.share = inFlight.open(-1, WEIGHT);
        this.reader = Thread.ofVirtual().name("answer of " + provider).start(this::read);
    }

    HttpResponse<InputStream> head() {
        return response;
    }

    boolean isSuccess() {
        return response.statusCode() / 100 == 2;
    }

    /** The next piece; null if none comes within the time. */
    @Nullable Piece next(Duration within) throws InterruptedException {
        return pieces.poll(within.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** When the last byte came, on the clock of {@link System#nanoTime()}. */
    long heardNanos() {
        return heard;
    }

    /** Ends the call at the provider too, if it is still under way. */
    @Override
    public void close() throws IOException {
        reader.interrupt();
        share.close();
        response.body().close();
    }

    private void read() {
        try {
            try {
                var in = new BufferedInputStream(decoded(), CHUNK);
                if (!isSuccess()) {
                    pieces.put(new Piece.Whole(in.readNBytes(MOST_OF_AN_ERROR)));
                } else if (isStream(in)) {
                    var events = new EventReader(in, this::bound);
                    for (EventReader.Event event; (event = events.next()) != null; ) {
                        pieces.put(new Piece.Event(event.name(), event.data()));
                    }
                    pieces.put(new Piece.End());
                } else {
                    pieces.put(new Piece.Whole(whole(in)));
                }
            } catch (IOException | RuntimeException e) {
                pieces.put(new Piece.Broken(e));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody reads on
        }
    }

    private byte[] whole(InputStream in) throws IOException {
        var whole = new ByteArrayOutputStream();
        var buffer = new byte[CHUNK];
        for (int read; (read = in.read(buffer)) >= 0; ) {
            bound(whole.size() + read);
            whole.write(buffer, 0, read);
        }
        return whole.toByteArray();
    }

    private void bound(long length) throws IOException {
        if (length > largest) {
            throw new TooLargeException(largest);
        }
        try {
            share.cover(length, PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    private InputStream decoded() throws IOException {
        InputStream in = new Heard(response.body());
        var encodings = String.join(",", response.headers().allValues("content-encoding")).toLowerCase(Locale.ROOT).split(",");
        for (int last = encodings.length - 1; last >= 0; last--) {
            in = switch (encodings[last].strip()) {
                case "", "identity" -> in;
                case "gzip", "x-gzip" -> new GZIPInputStream(in, 512);
                case "deflate" -> new InflaterInputStream(in);
                default -> throw new UnknownEncodingException(encodings[last].strip());
            };
        }
        return in;
    }

    /** Whether this is a stream of events, whatever the headers say. Leaves the answer at its beginning. */
    private boolean isStream(InputStream in) throws IOException {
        var said = response.headers().firstValue("content-type").orElse("").strip().toLowerCase(Locale.ROOT).startsWith("text/event-stream");
        in.mark(CHUNK);
        var begin = new StringBuilder();
        for (int octet, looked = 0; looked < CHUNK / 2 && begin.length() < 6 && (octet = in.read()) >= 0; looked++) {
            if (begin.isEmpty() && (Character.isWhitespace(octet) || octet == 0xEF || octet == 0xBB || octet == 0xBF)) {
                continue; // blanks and a byte order mark
            }
            begin.append((char) octet);
            if ("{[<\":".indexOf(begin.charAt(0)) >= 0) {
                break;
            }
        }
        in.reset();
        var text = begin.toString();
        return said
                ? text.isEmpty() || "{[<\"".indexOf(text.charAt(0)) < 0
                : text.startsWith(":") || text.startsWith("data:") || text.startsWith("event:") || text.startsWith("id:") || text.startsWith("retry:");
    }

    /** Notes when something comes. */
    private final class Heard extends FilterInputStream {

        Heard(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            var octet = super.read();
            heard = System.nanoTime();
            return octet;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            var read = super.read(buffer, offset, length);
            heard = System.nanoTime();
            return read;
        }
    }
}
