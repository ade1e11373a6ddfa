// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.shared;

import dev.assay.sdk.runtimes.Sandbox;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** One run's view of a sandbox in which others are. It says nothing of files of sessions: while others run there, nobody can take them along. */
final class Seat implements Sandbox {

    private final SharedSandboxes all;
    private final SharedSandbox in;
    private final Sandbox sandbox;
    private final AtomicBoolean left = new AtomicBoolean();

    Seat(SharedSandboxes all, SharedSandbox in, Sandbox sandbox) {
        this.all = all;
        this.in = in;
        this.sandbox = sandbox;
    }

    @Override
    public SocketAddress address() {
        return sandbox.address();
    }

    @Override
    public Optional<URI> door() {
        return sandbox.door();
    }

    @Override
    public boolean isOutOfReach() {
        return sandbox.isOutOfReach();
    }

    @Override
    public boolean isShared() {
        return true;
    }

    /** Of all that are in it. */
    @Override
    public String outputTail() {
        return sandbox.outputTail();
    }

    @Override
    public boolean alive() {
        return sandbox.alive();
    }

    @Override
    public Optional<String> lostBecause() {
        return left.get() ? Optional.empty() : sandbox.lostBecause().or(() -> all.brokenBecause(in, sandbox));
    }

    @Override
    public void closeToOthers() {
        all.closeTo(in);
    }

    @Override
    public void close() {
        if (left.compareAndSet(false, true)) {
            all.leave(in);
        }
    }
}
