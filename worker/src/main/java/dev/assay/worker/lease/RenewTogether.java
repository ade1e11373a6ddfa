// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.lease;

import dev.assay.contracts.internal.LeaseRenewal.OfRun;
import dev.assay.contracts.internal.LeasesRenewed;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** Renews in one call what is to be renewed at about the same time. */
final class RenewTogether {

    private final InOneCall<OfRun, LeasesRenewed> calls;

    RenewTogether(Function<List<OfRun>, LeasesRenewed> call) {
        this.calls = new InOneCall<>(Integer.MAX_VALUE, OfRun::attempt, InOneCall.MOMENT, call);
    }

    LeaseKeeper.Held renew(OfRun lease) throws LeaseLostException {
        var said = calls.say(lease.run(), lease);
        var renewed = said.answer();
        if (!said.spokeFor() || renewed.lost().contains(lease.run())) {
            throw new LeaseLostException();
        }
        return new LeaseKeeper.Held(Duration.ofMillis(renewed.ttlMillis()), renewed.cancel().contains(lease.run()));
    }
}
