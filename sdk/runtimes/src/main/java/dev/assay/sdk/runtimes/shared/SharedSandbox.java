// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.shared;

import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** One of them, from when it is being launched. Whoever counts its occupants sees to it that nobody else does. */
final class SharedSandbox {

    private final Object key;
    private final Instant until;
    private final CompletableFuture<Optional<Sandbox>> sandbox = new CompletableFuture<>();
    int occupants = 1;

    /** @param until when it is there at least */
    SharedSandbox(Object key, Instant until) {
        this.key = key;
        this.until = until;
    }

    boolean takes(Object whose, int width, Instant untilWhen) {
        return isFor(whose) && occupants < width && !untilWhen.isAfter(until);
    }

    boolean isFor(Object whose) {
        return key.equals(whose);
    }

    /** By whoever came first. */
    Optional<Sandbox> launched(SharedSandboxes.Launch launch) throws SandboxException, InterruptedException {
        try {
            sandbox.complete(Optional.of(launch.launch()));
        } catch (SandboxException e) {
            sandbox.completeExceptionally(e);
            throw e;
        } finally {
            sandbox.complete(Optional.empty());
        }
        return sandbox.join();
    }

    /** Empty: who launched it was stopped, and nobody knows whether it would have started. */
    Optional<Sandbox> await() throws SandboxException, InterruptedException {
        try {
            return sandbox.get();
        } catch (ExecutionException e) {
            throw (SandboxException) e.getCause();
        }
    }

    /** Whoever is the last: it was launched by then, or never will be. */
    void close() {
        if (!sandbox.isCompletedExceptionally()) {
            sandbox.join().ifPresent(Sandbox::close);
        }
    }
}
