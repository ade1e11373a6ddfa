// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.listing;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** One page of a list that may grow while it is read. */
public record Page<T>(
        List<T> items,
        @Schema(description = "How many there are in all, not on this page.") long total,
        int limit,
        int offset,
        @Schema(description = "To be passed as `cursor` for the page behind this one; null: this is the last.") @Nullable String next) {

    /** What of a value a list carries: a larger one is named there as left out, and told by the item itself. In bytes. */
    public static final int LARGEST_PART = 4096;

    /** What of a text for people a list carries. In characters. */
    public static final int LONGEST_TEXT = 1000;

    public static final String LEFT_OUT =
            "Members that are null here because they are too large for a list. The item itself, asked for alone, has them.";

    /** @param rows one more than wanted, if there are so many */
    public static <T> Page<T> of(List<T> rows, ToLongFunction<T> place, long total, Window window) {
        var more = rows.size() > window.limit();
        var shown = more ? rows.subList(0, window.limit()) : rows;
        var next = more ? Long.toString(place.applyAsLong(shown.getLast())) : null;
        return new Page<>(shown, total, window.limit(), window.offset(), next);
    }

    public <R> Page<R> map(Function<T, R> view) {
        return new Page<>(items.stream().map(view).toList(), total, limit, offset, next);
    }
}
