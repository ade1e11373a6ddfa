// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import dev.assay.contracts.Failure;
import dev.assay.contracts.JsonNull;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * {@code POST /internal/leases/{run}/outcome}: what became of an attempt, told once (a repeat is harmless). Answered with 204, or 409
 * when the attempt no longer holds the lease. Any other 4xx is about what is told: told again it would be refused again, so a worker
 * tells less of it, with the reason as its failure. An attempt is not made again because its outcome was refused.
 *
 * @param status {@code completed}, {@code error} or {@code cancelled}
 * @param stopReason see {@link dev.assay.contracts.event.RunFinished}
 * @param evaluation the grade frame; null: never graded
 * @param failure whose failure it is; null unless something failed. Some are followed by another attempt, which is job-service's decision
 * @param environmentVersion the number of the version that ran, null if none was found
 * @param timings how many milliseconds each phase took: {@code provision}, {@code start}, {@code agent}, {@code grade}, {@code cleanup}
 * @param metadata what the agent told of the run beside its answer, such as what it cost; null: nothing
 */
public record Outcome(
        int attempt,
        String status,
        @Nullable String stopReason,
        @Nullable JsonNode evaluation,
        @Nullable Failure failure,
        @Nullable Integer environmentVersion,
        Map<String, Long> timings,
        @Nullable JsonNode metadata) {

    public Outcome {
        evaluation = JsonNull.absent(evaluation);
        metadata = JsonNull.absent(metadata);
    }

    public Outcome(
            int attempt, String status, @Nullable String stopReason, @Nullable JsonNode evaluation, @Nullable Failure failure,
            @Nullable Integer environmentVersion, Map<String, Long> timings) {
        this(attempt, status, stopReason, evaluation, failure, environmentVersion, timings, null);
    }

    /** What went wrong, for people. */
    public @Nullable String error() {
        return failure == null ? null : failure.detail();
    }
}
