// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import dev.assay.kit.problem.Problem;
import dev.assay.kit.web.ReadUuid;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads what is asked of calls, and refuses by name what cannot be meant. */
final class CallQueries {

    /** Postgres knows no earlier times, and nobody asks for later ones. */
    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private CallQueries() {}

    static @Nullable Instant time(String field, @Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            // a day alone is its beginning
            var time = text.length() == 10
                    ? LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC)
                    : OffsetDateTime.parse(text).toInstant();
            if (time.isBefore(EARLIEST) || time.isAfter(LATEST)) {
                throw Problem.badRequest(field, "must be of the years 1 to 9999");
            }
            return time;
        } catch (DateTimeException e) {
            throw Problem.badRequest(field, "must be an ISO 8601 time with its zone, like 2026-01-31T12:00:00Z, or a day");
        }
    }

    /** No time lies from one to another that is not later. */
    static void requireOrder(@Nullable Instant from, @Nullable Instant to) {
        if (from != null && to != null && !to.isAfter(from)) {
            throw Problem.badRequest("to", "must be later than from: it is the first moment that counts no more");
        }
    }

    static @Nullable UUID uuid(String field, @Nullable String text) {
        return text == null ? null : ReadUuid.of(field, text);
    }

    static @Nullable String text(String field, @Nullable String text) {
        if (text != null && text.indexOf('\0') >= 0) {
            throw Problem.badRequest(field, "must hold no NUL character");
        }
        if (text != null && text.isBlank()) {
            throw Problem.badRequest(field, "must name one, or be left out");
        }
        return text;
    }
}
