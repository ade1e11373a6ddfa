// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.shared;

import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxException;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/** One of them, from when it is being launched. Whoever counts its occupants sees to it that nobody else does. */
final class SharedSandbox {

    private final Object key;
    private final Instant until;
    private final CompletableFuture<Sandbox> sandbox = new CompletableFuture<>();
    private final Set<String> guests = new HashSet<>();
    private final Thread launching;
    private int occupants;

    /**
     * @param until when it is there at least
     * @param launch in a thread of its own: it outlasts whoever came first, if others wait for it
     * @param onFailure before those who wait for it hear
     */
    SharedSandbox(Object key, Instant until, SharedSandboxes.Launch launch, Consumer<SharedSandbox> onFailure) {
        this.key = key;
        this.until = until;
        this.launching = Thread.ofVirtual().name("shared-launch").unstarted(() -> {
            try {
                sandbox.complete(launch.launch());
            } catch (Throwable e) {
                onFailure.accept(this);
                sandbox.completeExceptionally(e);
            }
        });
    }

    void start() {
        launching.start();
    }

    boolean takes(Object whose, int width, String who, Instant untilWhen) {
        return isFor(whose) && occupants < width && !untilWhen.isAfter(until) && !guests.contains(who);
    }

    boolean isFor(Object whose) {
        return key.equals(whose);
    }

    void enter(String who) {
        occupants++;
        guests.add(who);
    }

    /** Whether nobody is left. */
    boolean leave() {
        return --occupants == 0;
    }

    int occupants() {
        return occupants;
    }

    /** Whether more than one have been in it. */
    boolean hadCompany() {
        return guests.size() > 1;
    }

    boolean isLaunched() {
        return sandbox.isDone();
    }

    Sandbox await() throws SandboxException, InterruptedException {
        try {
            return sandbox.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SandboxException told) {
                throw told;
            }
            throw new IllegalStateException("the shared sandbox was not launched", e.getCause());
        }
    }

    /** When nobody is left: one that is still being launched is for nobody. */
    void close() {
        launching.interrupt();
        sandbox.handle((served, failure) -> Optional.ofNullable(served)).join().ifPresent(Sandbox::close);
    }
}
