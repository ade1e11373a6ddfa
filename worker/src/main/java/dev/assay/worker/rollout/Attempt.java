// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.rollout;

import dev.assay.contracts.Failure.Phase;
import dev.assay.contracts.internal.Lease;
import dev.assay.sdk.protocol.ControlClient;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SessionFiles;
import dev.assay.worker.lease.StopCause;
import org.jspecify.annotations.Nullable;

/** One attempt while it runs: what must be ended if it is to end, and why it was ended. */
final class Attempt {

    private final Lease lease;
    private final Thread driver;
    private final Timings timings = new Timings();
    private @Nullable StopCause cause;
    private Phase stoppedIn = Phase.PROVISIONING;
    private @Nullable ControlClient client;
    private @Nullable Sandbox sandbox;
    private boolean over;

    Attempt(Lease lease, Thread driver) {
        this.lease = lease;
        this.driver = driver;
    }

    Lease lease() {
        return lease;
    }

    Timings timings() {
        return timings;
    }

    synchronized @Nullable StopCause cause() {
        return cause;
    }

    /** The phase that it was stopped in. */
    synchronized Phase stoppedIn() {
        return stoppedIn;
    }

    /** Called by others. The environment is told first, so that it can let go of what the task holds. */
    void stop(StopCause why) {
        ControlClient live;
        boolean stays;
        synchronized (this) {
            if (over || cause != null) {
                return;
            }
            cause = why;
            stoppedIn = timings.phase();
            live = client;
            stays = sandbox != null && sandbox.isShared();
        }
        if (live != null && (stays || !why.isSilent())) {
            live.cancel();
        }
        synchronized (this) {
            if (!over) {
                driver.interrupt();
            }
            if (client != null) {
                client.close();
            }
        }
        if (why.isSilent()) {
            closeSandbox();
        }
    }

    /** The driver's own word: all is decided, only cleaning up is left, and that must not be interrupted. */
    synchronized void over() {
        over = true;
        client = null;
        Thread.interrupted();
    }

    synchronized void connected(ControlClient value) throws InterruptedException {
        if (cause != null) {
            value.close();
            throw new InterruptedException();
        }
        client = value;
    }

    synchronized void disconnected() {
        client = null;
    }

    void launched(Sandbox value) throws InterruptedException {
        synchronized (this) {
            sandbox = value;
            if (cause == null) {
                return;
            }
        }
        closeSandbox();
        throw new InterruptedException();
    }

    void closeSandbox() {
        var left = takeSandbox();
        if (left != null) {
            left.close();
        }
    }

    /** Keeps the files of that session; null: there are none. Whoever stops this attempt meanwhile still finds what to end. */
    @Nullable SessionFiles closeSandbox(String session) throws SandboxException {
        var left = sandbox();
        if (left == null) {
            throw SandboxException.ofHost("the sandbox was closed before the files of its session were taken along", null);
        }
        try {
            return left.close(session).orElse(null);
        } finally {
            takeSandbox();
        }
    }

    /** @throws SandboxException also if there is no sandbox any more: a verifier must not see less than there was */
    void restore(String session, SessionFiles files) throws SandboxException {
        var into = sandbox();
        if (into == null) {
            throw SandboxException.ofHost("the verifier's sandbox was closed before the files of the actor's session were put into it", null);
        }
        into.restore(session, files);
    }

    private synchronized @Nullable Sandbox takeSandbox() {
        var left = sandbox;
        sandbox = null;
        return left;
    }

    synchronized @Nullable Sandbox sandbox() {
        return sandbox;
    }
}
