// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.spare;

import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxSpec;

/** A sandbox that serves, as its runtime keeps it for a run and hands it over. */
public interface Spare {

    /** Starts one, for whoever asks. */
    @FunctionalInterface
    interface Start {
        Spare start(SandboxSpec spec) throws SandboxException, InterruptedException;
    }

    Sandbox sandbox();

    String id();

    /** From here on nothing outside hears of it until it {@link #goOn goes on}. */
    void layAside() throws SandboxException;

    void goOn() throws SandboxException;

    /** It is this run's: whoever finds it is told so, and its time is that run's. */
    void becomes(SandboxSpec spec) throws SandboxException;

    void whenClosed(Runnable then);
}
