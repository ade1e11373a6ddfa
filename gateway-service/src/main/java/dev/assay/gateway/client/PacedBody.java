// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.client;

import java.io.IOException;
import org.apache.coyote.InputBuffer;
import org.apache.tomcat.util.net.ApplicationBufferHandler;

/**
 * A request's body, which must keep coming. Only the time counts in which the client is waited for: that a service takes what comes
 * slowly is no fault of the client's.
 */
final class PacedBody implements InputBuffer {

    private final InputBuffer body;
    private final Patience patience;
    private long waitedNanos;
    private long received;

    PacedBody(InputBuffer body, Patience patience) {
        this.body = body;
        this.patience = patience;
    }

    @Override
    public int doRead(ApplicationBufferHandler handler) throws IOException {
        var began = System.nanoTime();
        var read = body.doRead(handler);
        waitedNanos += System.nanoTime() - began;
        received += Math.max(0, read);
        if (read >= 0 && tooSlow()) {
            throw new SlowBodyException(received);
        }
        return read;
    }

    private boolean tooSlow() {
        var late = waitedNanos - patience.grace().toNanos();
        return late > 0 && received < patience.slowest().toBytes() * (late / 1e9);
    }

    @Override
    public int available() {
        return body.available();
    }
}
