// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import java.time.Duration;
import org.awaitility.core.ConditionTimeoutException;

/** An environment in a container that the user started by hand, and that has said that it serves. */
record Contained(String id, int port) implements AutoCloseable {

    private static final int INSIDE = 8765;

    static Contained of(String image) {
        var id = Engine.docker("run", "--detach", "--publish", "127.0.0.1::" + INSIDE, image).stdout().strip();
        try (var log = Engine.start("logs", "--follow", id)) {
            log.waitFor("(?m)^HUD_SERVE_PORT=" + INSIDE + "$", Duration.ofMinutes(3));
            var mapped = Engine.docker("port", id, String.valueOf(INSIDE)).stdout().strip();
            return new Contained(id, Integer.parseInt(mapped.substring(mapped.lastIndexOf(':') + 1)));
        } catch (AssertionError | ConditionTimeoutException silent) {
            Engine.docker("rm", "--force", id);
            throw silent;
        }
    }

    @Override
    public void close() {
        Engine.docker("rm", "--force", id);
    }
}
