// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.internal.LeaseRequest;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.signal.Dispatcher.Question;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/** Reads what a worker asks for. */
public final class Questions {

    private static final int MOST_AT_ONCE = 10_000;
    private static final int MOST_KINDS = 100;

    private Questions() {}

    /** @throws Problem 400 */
    public static Question of(String worker, LeaseRequest request) {
        var free = request.free();
        if (free == null) {
            throw Problem.badRequest("free", "required: a worker that leaves it out is of an earlier release, which reads no answer of this one's");
        }
        if (free < 1 || free > MOST_AT_ONCE) {
            throw Problem.badRequest("free", "must be from 1 to " + MOST_AT_ONCE);
        }
        var kinds = Objects.requireNonNullElse(request.kinds(), List.<String>of());
        if (kinds.size() > MOST_KINDS) {
            throw Problem.badRequest("kinds", "must be no more than " + MOST_KINDS);
        }
        for (var number = 0; number < kinds.size(); number++) {
            Told.requiredName("kinds[" + number + "]", kinds.get(number));
        }
        return new Question(worker, Objects.requireNonNullElseGet(request.ask(), UUID::randomUUID), free, Set.copyOf(kinds));
    }
}
