// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.kubernetes;

import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.sdk.runtimes.SandboxSpec;
import dev.assay.sdk.runtimes.spare.Spare;
import dev.assay.sdk.runtimes.spare.SpareKeeping;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.function.BiConsumer;

/**
 * No cluster pauses a pod: while it waits, no way leads out of it.
 *
 * @param endIn after that time
 */
record SparePod(KubernetesSandbox sandbox, Cluster cluster, BiConsumer<KubernetesSandbox, Duration> endIn) implements Spare {

    private static final int FORBIDDEN = 403;

    @Override
    public String id() {
        return sandbox.id();
    }

    /** That it can be told whose it is shows here already: a pod that nobody may label would be made for nothing. */
    @Override
    public void layAside() throws SandboxException {
        sandbox.closeDoor();
        label(SpareKeeping.LABEL);
    }

    @Override
    public void goOn() {
        sandbox.openDoor();
    }

    @Override
    public void becomes(SandboxSpec spec) throws SandboxException {
        label(spec.label());
        endIn.accept(sandbox, spec.limits().lifetime());
    }

    private void label(SandboxLabel label) throws SandboxException {
        try {
            cluster.label(id(), label);
        } catch (KubernetesClientException e) {
            var failed = cluster.failed("its pod cannot be labelled: ", e);
            throw e.getCode() == FORBIDDEN ? new SandboxException(String.valueOf(failed.getMessage()), e) : failed;
        }
    }

    @Override
    public void whenClosed(Runnable then) {
        sandbox.whenClosed(then);
    }
}
