// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** After which time a provider wants to be asked again, in all the ways in which providers say so. What is no time is not passed on. */
public final class RetryAfter {

    private static final Pattern SECONDS = Pattern.compile("\\s*(\\d{1,9}(?:\\.\\d{1,9})?)s?\\s*");

    private RetryAfter() {}

    /** In seconds. A date counts from the provider's own, so that nobody's clock has to be right. */
    public static @Nullable Double in(Fields headers, Instant now) {
        var millis = headers.first("retry-after-ms").map(RetryAfter::number).orElse(null);
        if (millis != null) {
            return millis / 1000;
        }
        var text = headers.first("retry-after").orElse("");
        var seconds = number(text);
        var date = seconds == null ? date(text) : null;
        if (date == null) {
            return seconds;
        }
        var from = headers.first("date").map(RetryAfter::date).orElse(now);
        return Math.max(0, Duration.between(from, date).toMillis() / 1000.0);
    }

    /** A number that is one: neither NaN nor below zero. */
    static @Nullable Double number(String text) {
        var matcher = SECONDS.matcher(text);
        return matcher.matches() ? Double.valueOf(matcher.group(1)) : null;
    }

    private static @Nullable Instant date(String text) {
        try {
            return DateTimeFormatter.RFC_1123_DATE_TIME.parse(text.strip(), Instant::from);
        } catch (DateTimeException e) {
            return null;
        }
    }
}
