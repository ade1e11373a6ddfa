// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What counts as a grade: an evaluation with a finite number as its score that does not call itself an error. */
public final class Grades {

    private Grades() {}

    /** The score of an evaluation, or null: that is no grade. */
    public static @Nullable Double score(@Nullable JsonNode evaluation) {
        if (evaluation == null || !evaluation.isObject()) {
            return null;
        }
        var score = evaluation.get("score");
        if (score == null || !score.isNumber() || !Double.isFinite(score.asDouble(Double.NaN))) {
            return null;
        }
        var isError = evaluation.get("isError");
        return isError != null && isError.isBoolean() && isError.booleanValue() ? null : Double.valueOf(score.doubleValue());
    }
}
