// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.job;

import dev.assay.kit.problem.Problem;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A part of a list, newest first. */
record Page<T>(
        List<T> items,
        @Schema(description = "Of all rows, not of this page.") long total,
        @Schema(description = "As it was applied.") int limit,
        long offset,
        @Schema(description = "To be passed as `cursor` for the page behind this one; null: this is the last.") @Nullable String next) {

    /** Further than this a list is read by its cursor: an offset is walked through row by row. */
    private static final long FURTHEST = 100_000;

    static final String CURSOR = "^[0-9]{1,18}$";

    /** A row with its place in the list. */
    record Placed<T>(long seq, T item) {}

    /** @param rows one more than wanted, if there are so many */
    static <T> Page<T> of(List<Placed<T>> rows, long total, Wanted wanted) {
        var more = rows.size() > wanted.limit();
        var shown = more ? rows.subList(0, wanted.limit()) : rows;
        var next = more ? Long.toString(shown.getLast().seq()) : null;
        return new Page<>(shown.stream().map(Placed::item).toList(), total, wanted.limit(), wanted.offset(), next);
    }

    /**
     * Which part is wanted.
     *
     * @param offset from there
     * @param before only what stands behind this place: unlike an offset it means the same while the list grows
     */
    record Wanted(int limit, long offset, long before) {

        /** @throws Problem 400 that names the parameter */
        static Wanted of(@Nullable Integer limit, @Nullable Long offset, @Nullable String cursor, int usual, int most) {
            if (limit != null && limit < 1) {
                throw Problem.badRequest("limit", "must be at least 1");
            }
            if (offset != null && offset < 0) {
                throw Problem.badRequest("offset", "must not be negative");
            }
            if (offset != null && offset > FURTHEST) {
                throw Problem.badRequest("offset", "at most " + FURTHEST + "; read further with 'cursor'");
            }
            return new Wanted(
                    Math.min(limit == null ? usual : limit, most),
                    offset == null ? 0 : offset,
                    cursor == null ? Long.MAX_VALUE : Cursor.read(cursor, Long::parseLong));
        }
    }

    /** Places in lists as callers hand them back. */
    static final class Cursor {

        private Cursor() {}

        static <T> T read(String cursor, Function<String, T> reading) {
            if (cursor.isEmpty()) {
                throw foreign();
            }
            try {
                return reading.apply(cursor);
            } catch (IllegalArgumentException e) {
                throw foreign();
            }
        }

        private static Problem foreign() {
            return Problem.badRequest("cursor", "not one that a page of this list gave");
        }
    }
}
