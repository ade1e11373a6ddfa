// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;

/** WebSockets that a key opened. They end soon after the key does: nobody is asked for it again while they are open. */
@Component
public class OpenConnections {

    private static final Logger log = LoggerFactory.getLogger(OpenConnections.class);

    private record Open(WebSocketSession socket, Entrant entrant, CloseStatus farewell) {}

    private final Map<String, Open> open = new ConcurrentHashMap<>();

    /** @param farewell how a client of this kind is told that it may not stay */
    public void opened(WebSocketSession socket, Entrant entrant, CloseStatus farewell) {
        open.put(socket.getId(), new Open(socket, entrant, farewell));
    }

    public void closed(WebSocketSession socket) {
        open.remove(socket.getId());
    }

    @Scheduled(fixedDelay = 1000)
    void closeThoseThatNobodyMayHave() {
        open.values().removeIf(connection -> {
            var over = !stands(connection.entrant());
            if (over) {
                Thread.ofVirtual().name("end of a connection").start(() -> close(connection)); // may wait for a client that reads slowly
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

    private static void close(Open connection) {
        try {
            connection.socket().close(connection.farewell());
        } catch (IOException e) {
            log.debug("a client was gone already: {}", e.toString());
        }
    }
}
