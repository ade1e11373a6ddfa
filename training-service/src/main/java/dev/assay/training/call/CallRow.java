// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.call;

import dev.assay.contracts.ModelId;
import dev.assay.contracts.training.Call;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A call as the database has it.
 *
 * @param trainer who does it, or did it last
 * @param givenBack how many of its attempts were given back
 * @param leaseIsOver whether nobody holds it any more, by the database's time
 * @param metrics the trainer's, of what is done
 * @param status of what failed
 * @param checkpoint the step that it went into, or was; null: none so far
 * @param dropped whether it counts no more, as the model's head was moved
 * @param databaseTime when this was read
 */
record CallRow(
        UUID id, ModelId model, String kind, State state, Asked asked, @Nullable String datums, @Nullable String weights, @Nullable String logprobs,
        @Nullable UUID forward, int attempt, int givenBack, @Nullable String trainer, boolean leaseIsOver, @Nullable Instant endedAt, boolean moves,
        Map<String, Double> metrics, int status, @Nullable String detail, @Nullable UUID checkpoint, boolean dropped, Instant createdAt,
        Instant databaseTime) {

    enum State {
        WAITING, LEASED, DONE, FAILED;

        boolean isOver() {
            return this == DONE || this == FAILED;
        }
    }

    boolean isStep() {
        return kind.equals(Call.OPTIM_STEP);
    }

    /** Whether it is in nobody's hands. */
    boolean isFree() {
        return state == State.WAITING || state == State.LEASED && leaseIsOver;
    }

    /** Over how many trainers were lost, so far. */
    int losses() {
        return attempt - givenBack;
    }

    /** As a trainer is told of it. */
    Call told() {
        return new Call(id, kind, datums, asked.loss(), asked.config(), asked.advantages(), asked.substeps(), weights, asked.rate());
    }
}
