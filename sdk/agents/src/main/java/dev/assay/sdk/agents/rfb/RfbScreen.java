// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.rfb;

import dev.assay.sdk.agents.CapabilityRoute;
import dev.assay.sdk.protocol.Capability;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A screen behind the {@code rfb/3.8} capability, without a password or with one that DES carries. Coordinates are its pixels, from 0 at
 * the left and at the top.
 *
 * <p>A screen that drops the connection, also because it changes its size, is dialled again for the next picture and has the size that it
 * has then; what is pressed and where the pointer is are forgotten with the connection. Everything throws {@link RfbException} when the
 * screen is lost, and {@link InterruptedException} if the thread, which must be a virtual one for that, was interrupted.
 */
final class RfbScreen implements AutoCloseable {

    /** Of a screen: 32 MiB while a picture is taken, and more than 3840 by 2160. */
    static final int MOST_PIXELS = 1 << 23;

    private static final Logger log = LoggerFactory.getLogger(RfbScreen.class);

    /** For a handshake, and for a picture: a screen that says nothing is no screen. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final List<Duration> PAUSES = List.of(Duration.ofMillis(250), Duration.ofMillis(500));

    private final Capability capability;
    private final CapabilityRoute route;
    private final Duration patience;
    private final List<Duration> pauses;
    private Line line;

    /** @param pauses between one try and the next: there is one more try than those */
    RfbScreen(Capability capability, CapabilityRoute route, Duration patience, List<Duration> pauses)
            throws RfbException, InterruptedException {
        this.capability = capability;
        this.route = route;
        this.patience = patience;
        this.pauses = pauses;
        this.line = dial();
    }

    /** Connects and looks at the screen once, trying three times: a picture is what tells a screen from a port that answers. */
    static RfbScreen connect(Capability capability, CapabilityRoute route) throws RfbException, InterruptedException {
        return new RfbScreen(capability, route, PATIENCE, PAUSES);
    }

    /** In pixels. */
    int width() {
        return line.session.width();
    }

    /** In pixels. */
    int height() {
        return line.session.height();
    }

    /** Where the pointer was last sent; 0 before that. */
    int x() {
        return line.session.x();
    }

    int y() {
        return line.session.y();
    }

    /** The whole screen as it is now. */
    BufferedImage capture() throws RfbException, InterruptedException {
        for (int attempt = 0; ; attempt++) {
            try {
                return line.within(patience, "the screen sent no picture", RfbSession::capture);
            } catch (RfbException e) {
                if (attempt == pauses.size()) {
                    throw e;
                }
                log.info("the screen '{}' is dialled again: {}", capability.name(), e.getMessage());
                line.close();
                line = dial();
            }
        }
    }

    /** Pointer and keys in the given order, on their way when this returns. */
    void send(Strokes strokes) throws RfbException, InterruptedException {
        line.within(patience, "the screen takes no more", session -> {
            try {
                strokes.on(session);
            } finally {
                session.flush();
            }
            return this;
        });
    }

    /** What a hand does. */
    @FunctionalInterface
    interface Strokes {
        void on(Hand hand) throws IOException;
    }

    /** Buttons are 0 left, 1 middle, 2 right, 3 wheel up, 4 wheel down; keys are names of X's key symbols or single characters. */
    interface Hand {

        /** @throws IllegalArgumentException if that is beyond what the protocol can say: 0 to 65535 */
        void move(int x, int y) throws IOException;

        void press(int button) throws IOException;

        void release(int button) throws IOException;

        /** @throws IllegalArgumentException if no key is called so */
        void key(String key, boolean down) throws IOException;
    }

    private Line dial() throws RfbException, InterruptedException {
        for (int attempt = 0; ; attempt++) {
            try {
                return dialOnce();
            } catch (RfbException e) {
                if (attempt == pauses.size()) {
                    throw new RfbException("the screen '" + capability.name() + "' cannot be reached: " + e.getMessage(), e);
                }
                Thread.sleep(pauses.get(attempt));
            }
        }
    }

    private Line dialOnce() throws RfbException, InterruptedException {
        Socket socket;
        try {
            socket = route.open(capability);
        } catch (IOException e) {
            throw lost(e, null);
        }
        var password = capability.params().path("password");
        try (var limit = new Limit(socket, patience, "the screen did not answer")) {
            try {
                var session = new RfbSession(socket, password.isString() ? password.stringValue() : null);
                session.capture();
                return new Line(socket, session);
            } catch (IOException e) {
                socket.close();
                throw lost(e, limit);
            }
        } catch (IOException e) {
            throw lost(e, null);
        }
    }

    /** The library's words for a connection that an interrupt closed are those for one that broke. */
    private static RfbException lost(IOException failure, @Nullable Limit limit) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (limit != null && limit.hasPassed()) {
            return new RfbException(limit.otherwise(), failure);
        }
        return failure instanceof RfbException told ? told : new RfbException("the connection to the screen was lost: " + failure, failure);
    }

    @Override
    public void close() {
        line.close();
    }

    /** A connection and what is spoken over it. */
    private record Line(Socket socket, RfbSession session) {

        <T> T within(Duration patience, String otherwise, Spoken<T> spoken) throws RfbException, InterruptedException {
            try (var limit = new Limit(socket, patience, otherwise)) {
                try {
                    return spoken.with(session);
                } catch (IOException e) {
                    throw lost(e, limit);
                }
            }
        }

        void close() {
            session.close();
        }
    }

    private interface Spoken<T> {
        T with(RfbSession session) throws IOException;
    }

    /** Closes a socket that is still read from, or written to, when its time is over. */
    private static final class Limit implements AutoCloseable {

        private final CompletableFuture<Void> end;
        private final String otherwise;
        private volatile boolean passed;

        Limit(Socket socket, Duration patience, String otherwise) {
            this.otherwise = otherwise + " for " + patience.toSeconds() + " seconds";
            this.end = CompletableFuture.runAsync(
                    () -> pass(socket), CompletableFuture.delayedExecutor(patience.toMillis(), TimeUnit.MILLISECONDS, Thread::startVirtualThread));
        }

        String otherwise() {
            return otherwise;
        }

        boolean hasPassed() {
            return passed;
        }

        /** In this order: whoever reads from the socket learns of its end at once. */
        private void pass(Socket socket) {
            passed = true;
            try {
                socket.close();
            } catch (IOException e) {
                // gone either way
            }
        }

        @Override
        public void close() {
            end.cancel(false);
        }
    }
}
