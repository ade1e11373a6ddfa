// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxSpec;
import dev.assay.sdk.runtimes.spare.Spare;

/** While it waits it is paused. */
record SpareContainer(OpenSandboxes open, DockerSandbox sandbox) implements Spare {

    @Override
    public String id() {
        return sandbox.id();
    }

    @Override
    public void layAside() throws SandboxException {
        try {
            sandbox.pause();
        } catch (EngineException e) {
            throw DockerImages.failed("its container cannot be paused: " + e.getMessage(), e);
        }
    }

    @Override
    public void goOn() throws SandboxException {
        try {
            sandbox.goOn();
        } catch (EngineException e) {
            throw DockerImages.failed("its container does not go on: " + e.getMessage(), e);
        }
    }

    @Override
    public void becomes(SandboxSpec spec) throws SandboxException {
        try {
            sandbox.becomes(spec.label());
        } catch (EngineException e) {
            throw DockerImages.failed("its container cannot be renamed: " + e.getMessage(), e);
        }
        var limits = spec.limits();
        sandbox.endsBy(open.endIn(limits.startup().plus(limits.lifetime()), sandbox));
    }

    @Override
    public void whenClosed(Runnable then) {
        sandbox.whenClosed(then);
    }
}
