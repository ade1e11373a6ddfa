// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** Says hello again and again, so that proxies on the way see life, and so that a dead peer is noticed between calls. */
final class Heartbeat {

    private static final Logger log = LoggerFactory.getLogger(Heartbeat.class);
    /** How long between two, and how long for the answer to one. */
    record Pace(Duration every, Duration replyLimit) {

        static final Pace USUAL = new Pace(Duration.ofSeconds(120), Duration.ofSeconds(5));
    }

    private final RpcConnection connection;
    private final Pace pace;
    private final Thread thread;
    private volatile ObjectNode params;

    private Heartbeat(RpcConnection connection, String session, Pace pace) {
        this.connection = connection;
        this.pace = pace;
        this.params = Json.object().put("session_id", session);
        this.thread = Thread.ofVirtual().name("control-heartbeat").unstarted(this::beat);
    }

    static Heartbeat start(RpcConnection connection, String session, Pace pace) {
        var heartbeat = new Heartbeat(connection, session, pace);
        heartbeat.thread.start();
        return heartbeat;
    }

    /** Says hello like this from now on: what one does not say again ends. */
    void say(ObjectNode told) {
        params = told;
    }

    private void beat() {
        try {
            while (connection.isOpen()) {
                Thread.sleep(pace.every());
                connection.call("hello", () -> params, pace.replyLimit());
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
