// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.socket;

import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PingMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.standard.StandardWebSocketSession;

/**
 * Asks the other end of a WebSocket again and again whether it is there, and closes one that says nothing for long: its machine may be gone
 * without a word. Who reads slowly has more time: as long as something is being sent to it, that has a limit of its own.
 */
public final class Pulse {

    private static final Logger log = LoggerFactory.getLogger(Pulse.class);
    private static final String SEND_TIMEOUT = "org.apache.tomcat.websocket.BLOCKING_SEND_TIMEOUT";
    private static final long SLOWEST_READER_MILLIS = 600_000;

    private final WebSocketSession socket;
    private final Duration every;
    private final int most;
    private volatile long heard = System.nanoTime();
    private volatile boolean busy;

    private Pulse(WebSocketSession socket, Duration every, int most) {
        this.socket = socket;
        this.every = every;
        this.most = most;
    }

    /**
     * Of a socket that was just opened, as long as it is open.
     *
     * @param most so many questions in a row it may leave without an answer
     */
    public static Pulse of(WebSocketSession socket, Duration every, int most) {
        if (socket instanceof StandardWebSocketSession standard) {
            standard.getNativeSession().getUserProperties().put(SEND_TIMEOUT, SLOWEST_READER_MILLIS);
        }
        var pulse = new Pulse(socket, every, most);
        Thread.ofVirtual().name("pulse").start(pulse::beat);
        return pulse;
    }

    /** It answered. */
    public void heard() {
        heard = System.nanoTime();
    }

    /** It said something, which is passed on now. Until that is done it is not read on: what it says meanwhile nobody can hear. */
    public void during(Handling handling) throws IOException {
        busy = true;
        try {
            handling.run();
        } finally {
            heard();
            busy = false;
        }
    }

    /** What may fail because the way on is gone. */
    @FunctionalInterface
    public interface Handling {
        void run() throws IOException;
    }

    private void beat() {
        try {
            while (socket.isOpen()) {
                Thread.sleep(every);
                if (!busy && System.nanoTime() - heard > every.toNanos() * most) {
                    log.info("a WebSocket was silent for {} s: it is closed", every.toSeconds() * most);
                    socket.close(CloseStatus.GOING_AWAY);
                } else if (socket.isOpen()) {
                    ping();
                }
            }
        } catch (IOException | IllegalStateException e) {
            log.debug("a WebSocket was gone already: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** It waits for what is being sent: if that took long, it has been read, which is an answer, too. */
    private void ping() throws IOException {
        var begun = System.nanoTime();
        socket.sendMessage(new PingMessage());
        if (System.nanoTime() - begun > every.toNanos()) {
            heard();
        }
    }
}
