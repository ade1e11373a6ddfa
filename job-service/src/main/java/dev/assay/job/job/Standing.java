// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.job;

import dev.assay.kit.problem.Problem;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which of a job's runs are asked for. */
enum Standing {
    QUEUED,
    /** Also what starts, and what is being cancelled. */
    RUNNING,
    COMPLETED,
    ERROR,
    CANCELLED,
    /** Over, and not in the mean. */
    UNGRADED;

    /** @throws Problem 400 for any other word */
    static @Nullable Standing of(@Nullable String word) {
        if (word == null) {
            return null;
        }
        return Arrays.stream(values())
                .filter(standing -> standing.word().equals(word))
                .findFirst()
                .orElseThrow(() -> Problem.badRequest("status", "must be one of queued, running, completed, error, cancelled, ungraded"));
    }

    /** Texts stand in statements as they are here: only so is a partial index found. */
    String condition() {
        return this == UNGRADED
                ? "(standing = 'error' or standing = 'cancelled' or (standing = 'completed' and reward is null))"
                : "standing = '" + word() + "'";
    }

    private String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
