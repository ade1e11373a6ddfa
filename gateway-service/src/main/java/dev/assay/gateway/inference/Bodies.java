// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import dev.assay.gateway.dialect.Body;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.kit.web.BytesInFlight;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.coyote.Request;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;

/** Reads the bodies of model calls, as far as there is memory for them. */
@Component
final class Bodies {

    private static final String PLAIN = "identity";
    /** So much is nobody's concern. */
    private static final int FIRST = 16 * 1024;

    private final BytesInFlight inFlight;
    private final MeterRegistry meters;
    private final int weight;
    private final long largest;
    private final Duration patience;
    private final double retryAfter;

    Bodies(
            BytesInFlight inFlight,
            MeterRegistry meters,
            @Value("${assay.body.weight}") int weight,
            @Value("${assay.body.largest}") DataSize largest,
            @Value("${assay.body.patience}") Duration patience,
            @Value("${assay.body.retry-after}") Duration retryAfter) {
        this.inFlight = inFlight;
        this.meters = meters;
        this.weight = weight;
        this.largest = Math.min(largest.toBytes(), inFlight.largest(weight));
        this.patience = patience;
        this.retryAfter = retryAfter.toMillis() / 1000.0;
    }

    /**
     * A body, and the share of the memory that it holds until it is closed.
     *
     * @throws ModelErrorException 408, 413, 415, 503
     */
    Held read(Request request) {
        var coding = request.getHeader("content-encoding");
        var plain = coding == null || coding.strip().toLowerCase(Locale.ROOT).equals(PLAIN);
        var announced = plain ? request.getContentLengthLong() : -1;
        if (announced > largest) {
            throw tooLarge();
        }
        var share = inFlight.open(announced, weight);
        var isRead = false;
        try {
            var sent = new SentBody(request);
            var held = new Held(plain ? read(sent, announced, share) : inflated(sent, coding, share), share);
            isRead = true;
            return held;
        } finally {
            if (!isRead) {
                share.close(); // the answer may have to wait for the rest of the body
            }
        }
    }

    record Held(Body body, BytesInFlight.Share share) implements AutoCloseable {
        @Override
        public void close() {
            share.close();
        }
    }

    private Body inflated(SentBody sent, String coding, BytesInFlight.Share share) {
        switch (coding.strip().toLowerCase(Locale.ROOT)) {
            case "gzip", "x-gzip" -> {}
            default -> throw new ModelErrorException(
                    ModelError.of(415, "Content-Encoding: '" + coding.strip() + "' is not taken, only gzip is"));
        }
        try {
            return read(new GZIPInputStream(sent, FIRST), -1, share);
        } catch (ZipException | EOFException e) {
            throw new ModelErrorException(
                    ModelError.badRequest("body", "is not the whole gzip that its Content-Encoding promises"));
        } catch (IOException e) {
            throw slow();
        }
    }

    private Body read(InputStream in, long announced, BytesInFlight.Share share) {
        var most = announced < 0 ? largest : announced;
        var bytes = new byte[(int) Math.min(FIRST, most)];
        var length = 0;
        try {
            while (true) {
                if (length == most) {
                    failIfMore(in, announced);
                    return new Body(bytes, length);
                }
                if (length == bytes.length) {
                    var wanted = Math.min(4L * length, most);
                    makeRoom(share, wanted);
                    bytes = Arrays.copyOf(bytes, (int) wanted);
                }
                var read = in.read(bytes, length, bytes.length - length);
                if (read < 0) {
                    return new Body(bytes, length);
                }
                length += read;
                if (length > FIRST && share.standsInTheWay()) {
                    throw busy("too_slow", "The body comes too slowly while others wait for its memory. Try again.");
                }
            }
        } catch (ZipException | EOFException e) {
            throw new ModelErrorException(
                    ModelError.badRequest("body", "is not the whole gzip that its Content-Encoding promises"));
        } catch (IOException e) {
            throw slow();
        }
    }

    /** Asked once more, because only then the server knows that the body is read. */
    private void failIfMore(InputStream in, long announced) throws IOException {
        if (in.read() >= 0) {
            throw announced < 0 ? tooLarge() : new ModelErrorException(ModelError.badRequest("body", "is longer than was announced"));
        }
    }

    private void makeRoom(BytesInFlight.Share share, long length) {
        try {
            share.cover(length, patience);
        } catch (BytesInFlight.NoRoomException e) {
            throw busy("no_room", "Too many large requests just now: there is no memory for this one. Try again.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ModelErrorException(ModelError.unavailable("The gateway is stopping. Try again.", 1));
        }
    }

    private ModelErrorException busy(String reason, String message) {
        refused(reason);
        return new ModelErrorException(ModelError.unavailable(message, retryAfter));
    }

    private ModelErrorException tooLarge() {
        refused("too_large");
        return new ModelErrorException(ModelError.of(413, "body: larger than the " + largest + " bytes that are taken here"));
    }

    private static ModelErrorException slow() {
        return new ModelErrorException(ModelError.of(408, "body: did not come, or came too slowly"));
    }

    private void refused(String reason) {
        meters.counter("assay.body.refused", "reason", reason).increment();
    }
}
