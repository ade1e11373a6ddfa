// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistics;

import dev.assay.contracts.JobId;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.web.RunRef;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parameters, read and checked. */
final class Asked {

    private static final double USUAL_PASS = 1.0;
    private static final int MOST_JOBS = 10;

    private Asked() {}

    static JobId job(String field, String text) {
        return new JobId(RunRef.ofJob(field, text).id());
    }

    static List<JobId> jobs(String field, @Nullable List<String> texts) {
        if (texts == null || texts.isEmpty()) {
            throw Problem.badRequest(field, "required: the job to compare with");
        }
        if (texts.size() > MOST_JOBS) {
            throw Problem.badRequest(field, "at most " + MOST_JOBS + " jobs at once");
        }
        return texts.stream().map(text -> job(field, text)).distinct().toList();
    }

    static double passesAt(@Nullable Double told) {
        return told == null ? USUAL_PASS : finite("passes_at", told);
    }

    static double finite(String field, double value) {
        if (!Double.isFinite(value)) {
            throw Problem.badRequest(field, "must be a finite number");
        }
        return value;
    }
}
