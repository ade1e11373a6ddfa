// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import dev.assay.gateway.dialect.ModelError;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes a provider's events on, one whole event at a time. A stream that breaks off ends in an error event: what looks like a clean
 * end would be taken for a short answer.
 */
final class StreamRelay {

    private static final Logger log = LoggerFactory.getLogger(StreamRelay.class);
    private static final int AHEAD = 64;
    private static final Pattern DONE = Pattern.compile("\\s*data:\\s*\\[DONE]\\s*");
    private static final Pattern REASON = Pattern.compile("\"finish_reason\"\\s*:\\s*\"");

    private sealed interface Piece {
        record Event(String text) implements Piece {}

        record End() implements Piece {}

        record Broken(IOException cause) implements Piece {}
    }

    private final String provider;
    private final Duration keepAlive;

    StreamRelay(String provider, Duration keepAlive) {
        this.provider = provider;
        this.keepAlive = keepAlive;
    }

    void relay(InputStream from, EventStream to) throws IOException, InterruptedException {
        var pieces = new ArrayBlockingQueue<Piece>(AHEAD);
        // A thread of its own, so that a pause can be told to the client and a client that has gone be noticed.
        var reader = Thread.ofVirtual().name("stream of " + provider).start(() -> read(from, pieces));
        try {
            var finished = false;
            while (true) {
                var piece = pieces.poll(keepAlive.toMillis(), TimeUnit.MILLISECONDS);
                switch (piece) {
                    case null -> to.comment();
                    case Piece.Event(var text) when DONE.matcher(text).matches() -> {
                        to.done();
                        return;
                    }
                    case Piece.Event(var text) -> {
                        finished |= REASON.matcher(text).find();
                        to.write(text);
                    }
                    case Piece.End() -> {
                        // Some providers forget the last line, none the reason.
                        if (finished) {
                            to.done();
                        } else {
                            broken(to, "ended its stream early");
                        }
                        return;
                    }
                    case Piece.Broken(var cause) -> {
                        log.warn("the stream of provider {} broke: {}", provider, cause.toString());
                        broken(to, "broke off in the middle of its answer");
                        return;
                    }
                }
            }
        } finally {
            reader.interrupt();
        }
    }

    private void broken(EventStream to, String how) throws IOException {
        to.data(ModelError.of(502, "The provider '" + provider + "' " + how + ".").body());
    }

    private static void read(InputStream from, BlockingQueue<Piece> pieces) {
        try {
            try {
                var lines = new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8));
                var event = new StringBuilder();
                for (String line; (line = lines.readLine()) != null; ) {
                    event.append(line).append('\n');
                    if (line.isEmpty()) {
                        pieces.put(new Piece.Event(event.toString()));
                        event.setLength(0);
                    }
                }
                if (event.toString().strip().endsWith("[DONE]")) {
                    pieces.put(new Piece.Event(event.append('\n').toString()));
                }
                pieces.put(new Piece.End());
            } catch (IOException e) {
                pieces.put(new Piece.Broken(e));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody reads on
        }
    }
}
