// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.lease;

import dev.assay.contracts.RunId;
import dev.assay.contracts.internal.LeaseRenewal.OfRun;
import dev.assay.contracts.internal.LeasesRenewed;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    private Call next = new Call(new HashMap<>(), new CompletableFuture<>());

    /**
     * One call.
     *
     * @param leases what it is for, which is complete when there is an answer
     */
    private record Call(Map<RunId, OfRun> leases, CompletableFuture<LeasesRenewed> answer) {}

    RenewTogether(Function<List<OfRun>, LeasesRenewed> call) {
        this.call = call;
    }

    LeaseKeeper.Held renew(OfRun lease) throws LeaseLostException {
        var with = join(lease);
        var renewed = await(with.answer());
        var told = Objects.requireNonNull(with.leases().get(lease.run()));
        if (told.attempt() != lease.attempt() || renewed.lost().contains(lease.run())) {
            throw new LeaseLostException();
        }
        return new LeaseKeeper.Held(Duration.ofMillis(renewed.ttlMillis()), renewed.cancel().contains(lease.run()));
    }

    /** Of two attempts of one run the earlier is over, whether or not who works on it knows that. */
    private synchronized Call join(OfRun lease) {
        if (next.leases().isEmpty()) {
            Thread.ofVirtual().name("renew").start(this::callInAMoment);
        }
        next.leases().merge(lease.run(), lease, (one, other) -> one.attempt() > other.attempt() ? one : other);
        return next;
    }

    private void callInAMoment() {
        try {
            Thread.sleep(MOMENT);
        } catch (InterruptedException e) {
            // nobody does that
        }
        Call now;
        synchronized (this) {
            now = next;
            next = new Call(new HashMap<>(), new CompletableFuture<>());
        }
        try {
            now.answer().complete(call.apply(List.copyOf(now.leases().values())));
        } catch (RuntimeException | Error e) {
            now.answer().completeExceptionally(e);
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
