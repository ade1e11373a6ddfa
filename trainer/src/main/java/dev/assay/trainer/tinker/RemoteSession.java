// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.tinker;

import static dev.assay.trainer.tinker.TinkerWire.request;

import java.io.IOException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** What the service keeps as long as it hears that somebody wants it; what nobody speaks of any more it drops. */
final class RemoteSession implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RemoteSession.class);

    /** Whose wire is spoken here. */
    private static final String VERSION = "0.38.0";
    private static final int SECONDS_BETWEEN_BEATS = 10;

    private final TinkerWire wire;
    private final String id;
    private final ScheduledFuture<?> heart;

    RemoteSession(TinkerWire wire, ScheduledExecutorService hearts) throws IOException {
        this.wire = wire;
        var body = request("create_session").put("sdk_version", VERSION);
        body.putArray("tags");
        var begun = wire.ask("create_session", body);
        if (begun.path("error_message").isString()) {
            throw new IOException("the service begins no session: " + begun.path("error_message").stringValue());
        }
        this.id = begun.path("session_id").asString("");
        this.heart = hearts.scheduleWithFixedDelay(this::beat, SECONDS_BETWEEN_BEATS, SECONDS_BETWEEN_BEATS, TimeUnit.SECONDS);
    }

    private void beat() {
        try {
            wire.beat(id);
        } catch (IOException e) {
            LOG.warn("a session at the remote service could not be kept alive: {}", e.getMessage());
        }
    }

    TinkerWire wire() {
        return wire;
    }

    /** A request about this session. */
    ObjectNode about(String type) {
        return request(type).put("session_id", id);
    }

    @Override
    public void close() {
        heart.cancel(false);
    }
}
