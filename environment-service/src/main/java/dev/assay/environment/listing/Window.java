// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.listing;

import dev.assay.kit.problem.Problem;
import org.jspecify.annotations.Nullable;

/** Which part of a list is wanted. */
public record Window(int limit, int offset) {

    /** The largest limit, as the API document spells it. */
    public static final String MOST_TEXT = "1000";

    private static final int USUAL = 100;
    private static final int MOST = Integer.parseInt(MOST_TEXT);

    /** @throws Problem if the limit is not between 1 and 1000 or the offset is negative */
    public static Window of(@Nullable Integer limit, @Nullable Integer offset) {
        var window = new Window(limit == null ? USUAL : limit, offset == null ? 0 : offset);
        if (window.limit < 1 || window.limit > MOST) {
            throw Problem.badRequest("limit", "must be between 1 and " + MOST);
        }
        if (window.offset < 0) {
            throw Problem.badRequest("offset", "must not be negative");
        }
        return window;
    }
}
