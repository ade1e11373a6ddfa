// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.rollout;

import dev.assay.contracts.Failure.Kind;
import dev.assay.sdk.agents.Harness;
import dev.assay.sdk.protocol.Capability;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.worker.sandbox.NotRunnableException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where nobody could tell when a run was submitted: what it is refused for once its sandbox is there, before its agent costs anything. */
final class Refusals {

    private Refusals() {}

    /**
     * @param verifiedApart whether its verifier has a sandbox of its own
     * @param offered what its environment offers to agents
     * @throws NotRunnableException that says why it cannot go on
     */
    static void check(Harness harness, boolean verifiedApart, @Nullable Sandbox sandbox, List<Capability> offered)
            throws NotRunnableException {
        notVerified(verifiedApart, sandbox);
        shared(harness, sandbox);
        lacking(harness, offered);
        outOfReach(harness, sandbox);
    }

    /** An image may be run by workers of several runtimes, and an environment could not be asked. */
    private static void notVerified(boolean apart, @Nullable Sandbox sandbox) throws NotRunnableException {
        if (!apart || sandbox == null || sandbox.keepsSessionFiles()) {
            return;
        }
        if (sandbox.isShared()) {
            throw new NotRunnableException("runtime_config.shared: a verifier in another environment, or with a runtime_config of its own, is shown"
                    + " the files of the actor's session, which nobody can take out of a sandbox in which others are");
        }
        // another worker's runtime may have a place for them
        throw new NotRunnableException(Kind.INFRASTRUCTURE, "verifier: in another environment, or with a runtime_config of its own, it is shown the"
                + " files of the actor's session, which are not taken out of sandboxes as this worker has them for this run");
    }

    /** Of an agent of the operator's own, or of an environment that could not be asked. */
    private static void shared(Harness harness, @Nullable Sandbox sandbox) throws NotRunnableException {
        if (sandbox != null && sandbox.isShared() && harness.worksInside()) {
            throw new NotRunnableException(Kind.AGENT, "runtime_config.shared: agents of type '" + harness.type()
                    + "' work inside the sandbox with the key of their run, which the others in it would find");
        }
    }

    private static void lacking(Harness harness, List<Capability> offered) throws NotRunnableException {
        for (var capability : offered) {
            if (harness.lacking().contains(capability.protocol())) {
                throw new NotRunnableException(Kind.AGENT, "the environment offers '" + capability.name() + "' (" + capability.protocol()
                        + "), which agents of type '" + harness.type() + "' work with and this platform cannot connect them to yet");
            }
        }
    }

    private static void outOfReach(Harness harness, @Nullable Sandbox sandbox) throws NotRunnableException {
        if (harness.worksInside() && sandbox != null && sandbox.isOutOfReach()) {
            throw new NotRunnableException("the agent asks its model from inside the sandbox, which reaches nothing of this platform there:"
                    + " where its operator has named the gateway's public address (assay.worker.public-gateway) it does, at Daytona and Modal with a"
                    + " network only");
        }
    }
}
