// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.lease;

import dev.assay.contracts.Failure;
import dev.assay.contracts.internal.Outcome;
import dev.assay.job.run.Ending;
import dev.assay.job.run.Grades;
import dev.assay.job.run.RunStatus;
import dev.assay.job.run.Told;
import dev.assay.kit.problem.Problem;
import org.jspecify.annotations.Nullable;

/** Reads the end of a run out of what a worker reports. A grade without a finite score is none: the run is ungraded, not graded 0. */
final class Endings {

    private Endings() {}

    static Ending of(Outcome outcome) {
        var status =
                switch (outcome.status()) {
                    case "completed" -> RunStatus.COMPLETED;
                    case "error" -> RunStatus.ERROR;
                    case "cancelled" -> RunStatus.CANCELLED;
                    case null -> throw Problem.badRequest("status", "required");
                    case String other -> throw Problem.badRequest("status", "'" + other + "' is none of completed, error, cancelled");
                };
        return Ending.of(
                status,
                Told.name("stopReason", outcome.stopReason()),
                status == RunStatus.ERROR ? failure(outcome.failure()) : null,
                status == RunStatus.CANCELLED ? null : Grades.score(outcome.evaluation()));
    }

    private static @Nullable Failure failure(@Nullable Failure told) {
        if (told == null) {
            return null;
        }
        var detail = Told.required("failure.detail", Told.storable(told.detail()));
        return new Failure(Told.required("failure.kind", told.kind()), told.phase(), detail);
    }
}
