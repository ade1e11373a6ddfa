// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.call;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Whether there is a step to be made when one is asked for. */
final class StepRules {

    sealed interface Decision {}

    /** There is. */
    record Make() implements Decision {}

    /** It was made already: whoever asked has not heard the answer. */
    record Made(UUID checkpoint) implements Decision {}

    /** There is not, and why: an answer of 409. */
    record Refused(String why) implements Decision {}

    private StepRules() {}

    /**
     * @param gathered what was done since the model's head
     * @param last the newest step of all, if the model is still where it led; null: there was none, or the head was moved
     * @param repeat how long after a step the same again is the same
     */
    static Decision decide(CallRow step, List<CallRow> gathered, @Nullable CallRow last, Duration repeat) {
        if (gathered.stream().anyMatch(CallRow::moves)) {
            return new Make();
        }
        if (!gathered.isEmpty()) {
            return new Refused("No gradients are accumulated: every advantage was zero in what was sent since the last step, as all rewards"
                    + " of each group are equal.");
        }
        if (last != null && last.checkpoint() != null && last.endedAt() != null && last.asked().rate() != null
                && last.asked().rate().equals(step.asked().rate())
                && last.endedAt().plus(repeat).isAfter(step.createdAt())) {
            return new Made(last.checkpoint());
        }
        return new Refused("No gradients are accumulated: nothing was sent since the last step. Call forward-backward first.");
    }
}
