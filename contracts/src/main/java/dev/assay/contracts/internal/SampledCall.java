// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import dev.assay.contracts.ModelId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /internal/samples}: what a model that is trained here sampled for a run, as it went through the gateway. Told before the
 * answer has ended; told twice it is told once.
 *
 * @param call the gateway's id of it
 * @param team the caller's: whose run it says that it is of, if the team has such a run
 * @param attempt whose key the call was made with; null: a person's
 * @param checkpoint null: the model's first weights
 * @param retry how often its client had asked the same before, and got no answer
 * @param prompt null, as are the others: the call did not ask for ids
 */
public record SampledCall(
        UUID call,
        TeamId team,
        RunId run,
        @Nullable Integer attempt,
        ModelId model,
        @Nullable String checkpoint,
        int retry,
        int @Nullable [] prompt,
        int @Nullable [] output,
        float @Nullable [] logprobs) {

    /** Whether it can be learnt from. */
    public boolean hasIds() {
        return prompt != null && output != null && logprobs != null;
    }
}
