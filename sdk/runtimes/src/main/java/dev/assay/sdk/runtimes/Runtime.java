// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

/** Launches sandboxes, each serving one environment's control channel. */
public interface Runtime {

    /**
     * Returns once the environment accepts connections.
     *
     * @throws SandboxException if it does not come to that; nothing is left of the sandbox then
     */
    Sandbox launch(SandboxSpec spec) throws SandboxException, InterruptedException;
}
