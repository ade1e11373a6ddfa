// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.door;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.Promise;

/**
 * Looks up what a sandbox names. A look-up takes as long as the name's owner likes and holds its thread meanwhile, so it has some threads
 * to itself, and no more: whoever asks for slow names makes other sandboxes' look-ups wait, and nothing else.
 */
final class LookUps {

    private static final int AT_ONCE = 32;
    private static final int WAITING = 512;

    private final EgressPolicy policy;
    private final ExecutorService threads;

    LookUps(EgressPolicy policy) {
        this.policy = policy;
        var pool = new ThreadPoolExecutor(
                AT_ONCE, AT_ONCE, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING), Thread.ofPlatform().daemon().name("egress-", 0).factory());
        pool.allowCoreThreadTimeOut(true);
        this.threads = pool;
    }

    interface Found {
        void with(List<InetSocketAddress> addresses);
    }

    /** Where a name leads to, of what may be reached; or why it may not. */
    void find(String host, int port, Found found, Promise<?> promise) {
        try {
            threads.execute(() -> {
                try {
                    found.with(policy.addresses(host, port));
                } catch (IOException | RuntimeException e) {
                    promise.failed(e);
                }
            });
        } catch (RejectedExecutionException e) {
            promise.failed(new IOException("too many names are being looked up just now: try again"));
        }
    }
}
