// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.web;

import dev.assay.kit.problem.Problem;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/** Reads a moment that a filter begins or ends at. */
public final class ReadTime {

    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private ReadTime() {}

    /**
     * @return null: none was given
     * @throws Problem 400 naming the field if it is none, or further away than databases reach
     */
    public static @Nullable Instant of(String field, @Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            var time = OffsetDateTime.parse(text).toInstant();
            if (time.isBefore(EARLIEST) || time.isAfter(LATEST)) {
                throw Problem.badRequest(field, "must be of the years 1 to 9999");
            }
            return time;
        } catch (DateTimeException e) {
            throw Problem.badRequest(field, "must be an ISO 8601 time with its zone, like 2026-01-31T12:00:00Z");
        }
    }
}
