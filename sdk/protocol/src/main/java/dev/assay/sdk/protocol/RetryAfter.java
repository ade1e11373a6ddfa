// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.Optional;

/** When a server wants to be asked again: {@code retry-after-ms}, or {@code retry-after} in seconds. */
public final class RetryAfter {

    /** Beyond this no wait makes sense, and a duration could not hold what a header may say. */
    private static final double LONGEST = Duration.ofDays(365).toSeconds();

    private RetryAfter() {}

    public static Optional<Duration> of(HttpHeaders headers) {
        return number(headers, "retry-after-ms", 1000).or(() -> number(headers, "retry-after", 1));
    }

    private static Optional<Duration> number(HttpHeaders headers, String name, double divisor) {
        try {
            return headers.firstValue(name)
                    .map(value -> Double.parseDouble(value.strip()) / divisor)
                    .filter(value -> !value.isNaN())
                    .map(value -> Duration.ofNanos((long) (Math.clamp(value, 0, LONGEST) * 1e9)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
