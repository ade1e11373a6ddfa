// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.lease;

import dev.assay.contracts.RunId;
import dev.assay.contracts.internal.LeaseRenewal.OfRun;
import dev.assay.contracts.internal.LeasesRenewed;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/**
 * Renews in one call what is to be renewed at about the same time. Whoever comes first calls, a moment later, for all that have come by then;
 * a call that hangs holds up only those it is for.
 */
final class RenewTogether {

    private static final Duration MOMENT = Duration.ofMillis(10);

    private final Function<List<OfRun>, LeasesRenewed> call;
    private Map<RunId, OfRun> next = new HashMap<>();
    private CompletableFuture<LeasesRenewed> answer = new CompletableFuture<>();

    RenewTogether(Function<List<OfRun>, LeasesRenewed> call) {
        this.call = call;
    }

    LeaseKeeper.Held renew(OfRun lease) throws LeaseLostException {
        var renewed = await(join(lease));
        if (renewed.lost().contains(lease.run())) {
            throw new LeaseLostException();
        }
        return new LeaseKeeper.Held(Duration.ofMillis(renewed.ttlMillis()), renewed.cancel().contains(lease.run()));
    }

    private synchronized CompletableFuture<LeasesRenewed> join(OfRun lease) {
        if (next.isEmpty()) {
            Thread.ofVirtual().name("renew").start(this::callInAMoment);
        }
        next.put(lease.run(), lease);
        return answer;
    }

    private void callInAMoment() {
        try {
            Thread.sleep(MOMENT);
        } catch (InterruptedException e) {
            // nobody does that
        }
        List<OfRun> leases;
        CompletableFuture<LeasesRenewed> whose;
        synchronized (this) {
            leases = List.copyOf(next.values());
            whose = answer;
            next = new HashMap<>();
            answer = new CompletableFuture<>();
        }
        try {
            whose.complete(call.apply(leases));
        } catch (RuntimeException | Error e) {
            whose.completeExceptionally(e);
        }
    }

    private static LeasesRenewed await(CompletableFuture<LeasesRenewed> answer) {
        try {
            return answer.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : e;
        }
    }
}
