// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Times as senders write them: ISO 8601, where what names no zone is UTC. Only within a run do they mean something, and there only roughly. */
final class SpanTime {

    /** Python's isoformat may have a space for the T, and no zone; strftime's zones have no colon. */
    private static final DateTimeFormatter ISO = new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendPattern("['T'][' ']")
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .appendPattern("[XXXXX][XXXX][X]")
            .toFormatter(java.util.Locale.ROOT);

    /** Times beyond these are a broken clock's, and no reason to lose a span. */
    private static final Instant EARLIEST = Instant.EPOCH;

    private static final Instant LATEST = Instant.parse("9999-01-01T00:00:00Z");

    private static final int SECONDS_END = "2026-11-25T20:00:00".length();
    private static final int NANO_DIGITS = 9;

    private SpanTime() {}

    /** Empty: it is no time, or none of this world. */
    static Optional<Instant> parse(String text) {
        try {
            var usual = usual(text);
            var time = usual == null ? any(text.strip()) : usual;
            return time.isBefore(EARLIEST) || time.isAfter(LATEST) ? Optional.empty() : Optional.of(time);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /**
     * As the published client writes them, {@code 2026-11-25T20:00:00.000000Z}: read here digit by digit, since a formatter takes longer than
     * all else that is read of a span. Null: it is written in another way.
     */
    private static @Nullable Instant usual(String text) {
        int end = text.endsWith("Z") ? text.length() - 1 : text.endsWith("+00:00") ? text.length() - 6 : 0;
        if (end < SECONDS_END || end > SECONDS_END + 1 + NANO_DIGITS || end == SECONDS_END + 1) {
            return null;
        }
        for (int at = 0; at < end; at++) {
            var expected = at <= SECONDS_END ? "0000-00-00T00:00:00.".charAt(at) : '0';
            if (expected == '0' ? !isDigit(text.charAt(at)) : text.charAt(at) != expected) {
                return null;
            }
        }
        int nanos = 0;
        for (int at = SECONDS_END + 1; at <= SECONDS_END + NANO_DIGITS; at++) {
            nanos = 10 * nanos + (at < end ? text.charAt(at) - '0' : 0);
        }
        return LocalDateTime.of(
                        number(text, 0, 4), number(text, 5, 2), number(text, 8, 2), number(text, 11, 2), number(text, 14, 2),
                        number(text, 17, 2), nanos)
                .toInstant(ZoneOffset.UTC);
    }

    private static boolean isDigit(char character) {
        return character >= '0' && character <= '9';
    }

    private static int number(String text, int from, int digits) {
        return Integer.parseInt(text, from, from + digits, 10);
    }

    private static Instant any(String text) {
        return switch (ISO.parseBest(text, OffsetDateTime::from, LocalDateTime::from)) {
            case OffsetDateTime zoned -> zoned.toInstant();
            case LocalDateTime local -> local.toInstant(ZoneOffset.UTC);
            default -> Instant.MIN;
        };
    }
}
