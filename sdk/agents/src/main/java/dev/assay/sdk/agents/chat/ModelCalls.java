// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.chat;

import com.openai.core.Sleeper;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** What became of a run's model calls, also of those that the library tries again: it pauses after each failure. */
final class ModelCalls implements Sleeper {

    private volatile boolean failed;
    private volatile boolean answered;

    void answered() {
        answered = true;
    }

    /** Whether all tries so far, and there were some, have failed. */
    boolean onlyFailed() {
        return failed && !answered;
    }

    @Override
    public void sleep(Duration pause) {
        // a call that was told to end fails by that, and no provider is to blame
        failed |= !Thread.currentThread().isInterrupted();
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public CompletableFuture<Void> sleepAsync(Duration pause) {
        throw new UnsupportedOperationException("all calls are synchronous");
    }

    @Override
    public void close() {
        // holds nothing
    }
}
