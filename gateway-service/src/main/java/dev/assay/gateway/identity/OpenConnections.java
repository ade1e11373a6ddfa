// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.web.socket.CloseStatus;

/**
 * WebSockets that a key opened. They end soon after the key does: nobody is asked for it again while they are open. When the gateway stops
 * they end last, after the model calls that whoever drives a sandbox waits for, and each is told that it is the gateway that goes (1001):
 * clients take that for a normal end and come again.
 */
@Component
public class OpenConnections implements SmartLifecycle {

    /** After model calls have come to their end, and before the server takes no connections: who comes again finds this gateway shut. */
    static final int PHASE = DEFAULT_PHASE - 768;

    /** So long clients that read slowly are waited for when the gateway stops. */
    private static final Duration FAREWELL = Duration.ofSeconds(5);
    private static final CloseStatus STOPPING = CloseStatus.GOING_AWAY.withReason("the gateway is stopping");

    private static final Logger log = LoggerFactory.getLogger(OpenConnections.class);

    /** How a client is told that its connection ends. */
    @FunctionalInterface
    public interface Close {
        void because(CloseStatus why) throws IOException;
    }

    private record Open(Close close, Entrant entrant, CloseStatus farewell) {}

    private final Map<Object, Open> open = new ConcurrentHashMap<>();
    private volatile boolean running;
    private volatile boolean stopping;

    /**
     * @param socket known by its identity
     * @param farewell how a client of this kind is told that it may not stay
     */
    public void opened(Object socket, Close close, Entrant entrant, CloseStatus farewell) {
        var connection = new Open(close, entrant, farewell);
        open.put(socket, connection);
        if (stopping) { // asked only now, so that none is forgotten
            close(connection, STOPPING);
        }
    }

    public void closed(Object socket) {
        open.remove(socket);
    }

    @Scheduled(fixedDelay = 1000)
    void closeThoseThatNobodyMayHave() {
        open.values().removeIf(connection -> {
            var over = !stands(connection.entrant());
            if (over) {
                // it may wait for a client that reads slowly
                Thread.ofVirtual().name("end of a connection").start(() -> close(connection, connection.farewell()));
            }
            return over;
        });
    }

    /** While nobody can say whether a key is still good, what it opened stays open. */
    private static boolean stands(Entrant entrant) {
        try {
            return entrant.stillStands();
        } catch (RuntimeException e) {
            log.warn("cannot ask whether a key is still good: {}", e.toString());
            return true;
        }
    }

    private static void close(Open connection, CloseStatus why) {
        try {
            connection.close().because(why);
        } catch (IOException e) {
            log.debug("a client was gone already: {}", e.toString());
        }
    }

    @Override
    public void start() {
        stopping = false;
        running = true;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    @Override
    public void stop() {
        stopping = true;
        running = false;
        var closing = Executors.newVirtualThreadPerTaskExecutor(); // each may wait for a client that reads slowly
        open.values().forEach(connection -> closing.execute(() -> close(connection, STOPPING)));
        closing.shutdown();
        try {
            if (!closing.awaitTermination(FAREWELL.toSeconds(), TimeUnit.SECONDS)) {
                log.warn("some clients read so slowly that their connections end without a farewell");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
