// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.listing;

import dev.assay.kit.problem.Problem;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a list is wanted.
 *
 * @param offset from there
 * @param cursor the place behind which it begins, null: it begins with the list. Unlike an offset it means the same while the list grows
 */
public record Window(int limit, int offset, @Nullable Long cursor) {

    /** A page's {@code next}, as the API document spells it. */
    public static final String CURSOR = "^[0-9]{1,18}$";

    /** The largest limit, as the API document spells it. */
    public static final String MOST_TEXT = "1000";

    /** Further than this a list is read by its cursor: an offset is walked through row by row. */
    public static final String FURTHEST_TEXT = "100000";

    public static final String OF_CURSOR = "A page's `next`; an offset counts from there.";

    private static final int FURTHEST = Integer.parseInt(FURTHEST_TEXT);

    private static final int USUAL = 100;
    private static final int MOST = Integer.parseInt(MOST_TEXT);

    /**
     * Of a list in which an offset is a place, and costs nothing however far it is.
     *
     * @throws Problem 400 that names the parameter
     */
    public static Window ofPlaces(@Nullable Integer limit, @Nullable Integer offset) {
        return of(limit, offset, null, Integer.MAX_VALUE);
    }

    /** @throws Problem 400 that names the parameter */
    public static Window of(@Nullable Integer limit, @Nullable Integer offset, @Nullable String cursor) {
        return of(limit, offset, cursor, FURTHEST);
    }

    private static Window of(@Nullable Integer limit, @Nullable Integer offset, @Nullable String cursor, int furthest) {
        if (cursor != null && !cursor.matches(CURSOR)) {
            throw foreignCursor();
        }
        var place = cursor == null ? null : Long.valueOf(cursor);
        var window = new Window(limit == null ? USUAL : limit, offset == null ? 0 : offset, place);
        if (window.limit < 1 || window.limit > MOST) {
            throw Problem.badRequest("limit", "must be between 1 and " + MOST);
        }
        if (window.offset < 0) {
            throw Problem.badRequest("offset", "must not be negative");
        }
        if (window.offset > furthest) {
            throw Problem.badRequest("offset", "at most " + furthest + "; read on with 'cursor'");
        }
        return window;
    }

    public static Problem foreignCursor() {
        return Problem.badRequest("cursor", "not one that a page of this list gave");
    }

    /** In a list whose places go down: all that is wanted has a lower one. */
    public long before() {
        return cursor == null ? Long.MAX_VALUE : cursor;
    }

    /** In a list whose places go up: all that is wanted has a higher one. */
    public long after() {
        return cursor == null ? 0 : cursor;
    }
}
