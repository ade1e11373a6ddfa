// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Interrupts one thread when a connection is lost, but not once that thread has gone on to something else. */
final class LossWatch {

    private final Thread thread;
    private @Nullable IOException loss;
    private boolean ended;

    LossWatch(Thread thread) {
        this.thread = thread;
    }

    synchronized void lost(IOException reason) {
        if (!ended) {
            loss = reason;
            thread.interrupt();
        }
    }

    /** The thread's own word that it is done. */
    synchronized void end() throws ControlLostException {
        ended = true;
        if (loss != null) {
            Thread.interrupted(); // this watch's own, which has done its work
            throw new ControlLostException(loss);
        }
    }
}
