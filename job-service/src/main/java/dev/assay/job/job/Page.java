// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.job;

import dev.assay.kit.problem.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list.
 *
 * @param total of all rows, not of this page
 * @param limit as it was applied
 */
record Page<T>(List<T> items, long total, int limit, long offset) {

    /** Which part is wanted. */
    record Wanted(int limit, long offset) {

        /** @throws Problem 400 that names the parameter */
        static Wanted of(@Nullable Integer limit, @Nullable Long offset, int usual, int most) {
            if (limit != null && limit < 1) {
                throw Problem.badRequest("limit", "must be at least 1");
            }
            if (offset != null && offset < 0) {
                throw Problem.badRequest("offset", "must not be negative");
            }
            return new Wanted(Math.min(limit == null ? usual : limit, most), offset == null ? 0 : offset);
        }
    }
}
