// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.web;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Until when whoever asked waits: what comes later, nobody hears. Said in seconds from now ({@code X-Request-Timeout}) or as a time
 * ({@code X-Deadline}: milliseconds since 1970, which is how it travels on, or an instant as {@code 2026-11-26T12:00:00Z}).
 */
public record Deadline(Instant at) {

    public static final String HEADER = "X-Deadline";
    public static final String TIMEOUT = "X-Request-Timeout";

    private static final Duration LONGEST = Duration.ofDays(1);
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}(\\.[0-9]{1,9})?");
    private static final Pattern MILLIS = Pattern.compile("[0-9]{12,14}");
    private static final BigDecimal NANOS = BigDecimal.valueOf(1_000_000_000);

    /**
     * @param headers all values of a header, by its name
     * @throws IllegalArgumentException if it cannot be, with a message that begins with the header's name
     */
    public static Optional<Deadline> of(Function<String, List<String>> headers, Instant now) {
        var timeouts = headers.apply(TIMEOUT);
        var times = headers.apply(HEADER);
        if (timeouts.isEmpty() && times.isEmpty()) {
            return Optional.empty();
        }
        if (timeouts.size() + times.size() > 1) {
            throw new IllegalArgumentException((times.isEmpty() ? TIMEOUT : HEADER) + ": a request has one deadline, and here are "
                    + (timeouts.size() + times.size()));
        }
        return Optional.of(new Deadline(times.isEmpty() ? now.plus(seconds(timeouts.getFirst().strip())) : time(times.getFirst().strip())));
    }

    private static Duration seconds(String text) {
        if (!SECONDS.matcher(text).matches()) {
            throw new IllegalArgumentException(TIMEOUT + ": has to be a number of seconds");
        }
        var nanos = new BigDecimal(text).multiply(NANOS).longValueExact();
        if (nanos == 0) {
            throw new IllegalArgumentException(TIMEOUT + ": has to be more than 0");
        }
        return Duration.ofNanos(nanos);
    }

    private static Instant time(String text) {
        if (MILLIS.matcher(text).matches()) {
            return Instant.ofEpochMilli(Long.parseLong(text));
        }
        try {
            var time = OffsetDateTime.parse(text);
            if (time.getYear() >= 1 && time.getYear() <= 9999) { // others have no milliseconds to travel on as
                return time.toInstant();
            }
        } catch (DateTimeException e) {
            // said below
        }
        throw new IllegalArgumentException(HEADER + ": has to be milliseconds since 1970, or a time as 2026-11-26T12:00:00Z");
    }

    /** At most a day. Zero or less: it is over. */
    public Duration left(Instant now) {
        return at.isAfter(now.plus(LONGEST)) ? LONGEST : Duration.between(now, at);
    }

    /** As it travels on. */
    public String header() {
        return String.valueOf(at.toEpochMilli());
    }
}
