// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.rollout;

import dev.assay.contracts.Failure;
import dev.assay.contracts.Failure.Kind;
import dev.assay.sdk.protocol.RpcException;
import java.io.IOException;
import java.util.Optional;

/** What became of an attempt's sandbox, where a connection to it broke. */
final class SandboxEnd {

    private final Attempt attempt;
    private Optional<Failure> loss = Optional.empty();

    SandboxEnd(Attempt attempt) {
        this.attempt = attempt;
    }

    /**
     * That the sandbox was taken away is the fault of nobody who runs in it; that it ended under several, of nobody can be told whose. Asked
     * only where a connection broke.
     */
    Optional<Failure> loss(Exception e) throws InterruptedException {
        var sandbox = attempt.sandbox();
        if (loss.isPresent() || sandbox == null || !(e instanceof IOException broken) || e instanceof RpcException) {
            return loss; // once found it holds: whoever is asked again may answer again
        }
        var words = sandbox.isShared() ? lastWords(broken) : "";
        loss = sandbox.lostBecause()
                .map(reason -> Failure.in(attempt.timings().phase(), Kind.INFRASTRUCTURE, "the sandbox was lost: " + reason + words));
        return loss;
    }

    /** An environment that died tells more by its last line than by the connection that it dropped, which is seen a moment earlier. */
    String lastWords(IOException failure) throws InterruptedException {
        var sandbox = attempt.sandbox();
        if (failure instanceof RpcException || sandbox == null) {
            return "";
        }
        for (int round = 0; round < 25 && sandbox.alive(); round++) {
            Thread.sleep(20);
        }
        var lines = sandbox.outputTail().strip().lines().toList();
        return sandbox.alive() || lines.isEmpty() ? "" : " (the environment ended, its last line: " + lines.getLast().strip() + ")";
    }
}
