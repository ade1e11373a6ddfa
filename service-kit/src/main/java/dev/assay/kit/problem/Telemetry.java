// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.problem;

import java.time.Duration;
import org.springframework.http.HttpHeaders;

/**
 * What is special about spans: their client tries three times, within two seconds unless it is told to wait (up to 30 s), and then drops
 * them for good. After a 500 it drops them at once, as OpenTelemetry's exporters do. So trouble of ours is always a 503 there, with a
 * time that outlasts a restart.
 */
public final class Telemetry {

    /** After this time the spans should be sent again. */
    public static final Duration TRY_AGAIN = Duration.ofSeconds(25);

    private Telemetry() {}

    /** @param path as the public has it, or a service */
    public static boolean is(String path) {
        return path.startsWith("/telemetry/") || path.startsWith("/otlp/");
    }

    /** The value of {@link HttpHeaders#RETRY_AFTER} for a request to this path which may succeed soon. */
    public static String retryAfter(String path) {
        return is(path) ? String.valueOf(TRY_AGAIN.toSeconds()) : "1";
    }

    /** What is said when something went wrong that nobody foresaw. */
    static Problem unforeseen() {
        return Problem.unavailable("Something went wrong here, not with your spans. Send them again.", TRY_AGAIN);
    }
}
