// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.util.Optional;

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

    private SpanTime() {}

    /** Empty: it is no time, or none of this world. */
    static Optional<Instant> parse(String text) {
        try {
            var time = switch (ISO.parseBest(text.strip(), OffsetDateTime::from, LocalDateTime::from)) {
                case OffsetDateTime zoned -> zoned.toInstant();
                case LocalDateTime local -> local.toInstant(ZoneOffset.UTC);
                default -> Instant.MIN;
            };
            return time.isBefore(EARLIEST) || time.isAfter(LATEST) ? Optional.empty() : Optional.of(time);
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
