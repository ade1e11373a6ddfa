// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The one thread that starts every sandbox. "Die with the parent" means the thread that forked, not its process: a sandbox started
 * from a thread that ends is killed by the kernel in the middle of its work. This thread ends with the process.
 */
final class LaunchThread {

    private static final ExecutorService THREAD = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("sandbox-launch").factory());

    private LaunchThread() {}

    /** Not interrupted: a process that is being started must not get lost between the two threads. */
    static Process start(ProcessBuilder builder) throws IOException {
        var started = THREAD.submit(() -> {
            SessionKeyring.renew();
            return builder.start();
        });
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return started.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
