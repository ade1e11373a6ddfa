// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.lease;

import dev.assay.contracts.internal.Lease;
import dev.assay.kit.signal.Dispatcher.Question;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Asks for one run, as if nobody else waited. */
final class Takes {

    private Takes() {}

    static Optional<Lease> one(Leases leases, String worker) {
        return one(leases, worker, UUID.randomUUID());
    }

    static Optional<Lease> one(Leases leases, String worker, UUID ask) {
        var question = new Question(worker, ask, 1, Set.of());
        return leases.give(List.of(question)).answers().getOrDefault(question, List.of()).stream().findFirst().map(leases::lease);
    }
}
