// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says hello again and again, so that proxies on the way see life, and so that a dead peer is noticed between calls. */
final class Heartbeat {

    private static final Logger log = LoggerFactory.getLogger(Heartbeat.class);
    /** How long between two, and how long for the answer to one. */
    record Pace(Duration every, Duration replyLimit) {

        static final Pace USUAL = new Pace(Duration.ofSeconds(120), Duration.ofSeconds(5));
    }

    private final Thread thread;

    private Heartbeat(Thread thread) {
        this.thread = thread;
    }

    static Heartbeat start(RpcConnection connection, String session, Pace pace) {
        return new Heartbeat(Thread.ofVirtual().name("control-heartbeat").start(() -> beat(connection, session, pace)));
    }

    private static void beat(RpcConnection connection, String session, Pace pace) {
        try {
            while (connection.isOpen()) {
                Thread.sleep(pace.every());
                connection.call("hello", Json.object().put("session_id", session), pace.replyLimit());
            }
        } catch (InterruptedException _) {
            // Stopped: the client closes.
        } catch (IOException failed) {
            // An error reply leaves the connection, without further beats; anything else has ended it, and what was done meanwhile.
            if (connection.isOpen() || !Thread.currentThread().isInterrupted()) {
                log.warn("control heartbeat failed: {}", failed.getMessage());
            }
        }
    }

    void stop() {
        thread.interrupt();
    }
}
