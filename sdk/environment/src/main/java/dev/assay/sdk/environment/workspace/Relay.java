// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.environment.workspace;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;

/**
 * What a command writes, on its way to the client, as fast as that takes it. All that the command wrote arrives; what a program wrote that
 * stepped out of the command's process group and outlives it does not, and it is not waited for.
 */
final class Relay {

    /** As much as may be on its way when a command ends: a pipe of Linux and the buffer in front of it. */
    private static final int IN_THE_PIPE = (64 + 8) * 1024;

    private static final Duration LOOK = Duration.ofMillis(50);
    /** A read that takes that long finds nothing in the pipe. */
    private static final Duration QUIET = Duration.ofMillis(500);

    private final InputStream from;
    private final OutputStream to;
    private final Thread thread;
    private volatile boolean ended;
    private volatile boolean writing;
    private volatile long readsSince = System.nanoTime();

    private Relay(InputStream from, OutputStream to) {
        this.from = from;
        this.to = to;
        this.thread = Thread.ofVirtual().name("command-output").unstarted(this::run);
    }

    static Relay start(InputStream from, OutputStream to) {
        var relay = new Relay(from, to);
        relay.thread.start();
        return relay;
    }

    private void run() {
        var buffer = new byte[8192];
        int left = IN_THE_PIPE;
        try {
            for (int count = read(buffer); count >= 0 && left > 0; count = read(buffer)) {
                writing = true;
                to.write(buffer, 0, count);
                to.flush();
                left -= ended ? count : 0;
            }
        } catch (IOException _) {
            // one of the two ends is gone
        }
    }

    private int read(byte[] buffer) throws IOException {
        readsSince = System.nanoTime();
        writing = false;
        return from.read(buffer);
    }

    /** Waits for what the command, which has ended, had written. */
    void finish() throws InterruptedException {
        ended = true;
        while (!thread.join(LOOK) && (writing || System.nanoTime() - readsSince < QUIET.toNanos())) {
            // the client takes it slowly
        }
    }
}
