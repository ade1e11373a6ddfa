// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.training;

import dev.assay.contracts.ModelId;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A call that a trainer may do until the lease runs out; nobody else does one of the same model meanwhile. Renewed by
 * {@code POST /internal/training/calls/{id}/renew?attempt=…}, which answers 204, or 409 once it is another's; ended by
 * {@code POST /internal/training/calls/{id}/outcome} ({@link CallOutcome}); by whoever does not do it after all, given back by
 * {@code POST /internal/training/calls/{id}/give-back?attempt=…}.
 *
 * @param attempt the fencing token: 1 for the first lease of a call, one more for each later one
 * @param ttlMillis how long it holds from now; renew well before
 * @param kind which trainer's the model is: one of those that were asked for
 * @param base what that trainer calls the weights that all began with
 * @param head the checkpoint that the model is at; null: its first weights
 * @param steps how many steps the model has made, on whatever branch
 * @param state blob of the head's training state; null: there is no head, and moments are fresh
 * @param weights without a head: blob of the weights that it was forked with; null: the base's
 * @param gathered what has been done since the head, in its order: the gradient that a step would be made of is theirs together. Whoever has
 *     done them itself, for this model at this head, has it already; others do them again
 * @param call what is to be done now
 */
public record CallLease(
        int attempt,
        long ttlMillis,
        ModelId model,
        String kind,
        String base,
        @Nullable UUID head,
        int steps,
        @Nullable String state,
        @Nullable String weights,
        List<Call> gathered,
        Call call) {}
