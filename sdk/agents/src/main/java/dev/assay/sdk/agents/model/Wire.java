// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.model;

import dev.assay.sdk.protocol.PythonText;
import dev.assay.sdk.protocol.RetryAfter;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Whose library we call in place of: how it says who calls, what it tries again and how long it waits, and how it words a refusal. */
public enum Wire {
    OPENAI("Authorization", "Bearer ", 7),
    ANTHROPIC("Authorization", "Bearer ", 7),
    GEMINI("x-goog-api-key", "", 5);

    private static final Duration LONGEST_OF_OPENAI = Duration.ofSeconds(120);
    private static final Duration LONGEST_OF_ANTHROPIC = Duration.ofSeconds(4_294_967);
    private static final Set<Integer> RETRIED_BY_GOOGLE = Set.of(408, 429, 500, 502, 503, 504);

    private final String keyHeader;
    private final String keyPrefix;
    private final int attempts;

    Wire(String keyHeader, String keyPrefix, int attempts) {
        this.keyHeader = keyHeader;
        this.keyPrefix = keyPrefix;
        this.attempts = attempts;
    }

    String keyHeader() {
        return keyHeader;
    }

    String key(String apiKey) {
        return keyPrefix + apiKey;
    }

    /**
     * How long to wait before the next try; nothing if there is none.
     *
     * @param tries so far, at least one
     * @param status of the answer; null if there was none
     * @param chance from 0 up to 1, by which waits are spread
     */
    Optional<Duration> pause(int tries, @Nullable Integer status, @Nullable HttpHeaders headers, double chance) {
        if (tries >= attempts) {
            return Optional.empty();
        }
        if (this == GEMINI) {
            return status != null && !RETRIED_BY_GOOGLE.contains(status)
                    ? Optional.empty()
                    : Optional.of(seconds(Math.min(3 * Math.pow(2, tries - 1) + chance, 5)));
        }
        var told = headers == null ? Optional.<Duration>empty() : RetryAfter.of(headers);
        if (this == OPENAI && told.filter(wait -> wait.compareTo(LONGEST_OF_OPENAI) > 0).isPresent()) {
            return Optional.empty();
        }
        if (status != null && headers != null && !isRetried(status, headers.firstValue("x-should-retry").orElse(""))) {
            return Optional.empty();
        }
        var backoff = seconds(Math.min(0.5 * Math.pow(2, tries - 1), 8) * (1 - 0.25 * chance));
        return Optional.of(told.filter(Duration::isPositive).map(wait -> min(wait, LONGEST_OF_ANTHROPIC)).orElse(backoff));
    }

    private static boolean isRetried(int status, String told) {
        return switch (told) {
            case "true" -> true;
            case "false" -> false;
            default -> status == 408 || status == 409 || status == 429 || status >= 500;
        };
    }

    /**
     * What a refusal is called on a run's timeline.
     *
     * @param body the answer, or an event within one: JSON, or a text where it was none
     */
    public String text(int status, JsonNode body) {
        return switch (this) {
            case OPENAI -> {
                var error = body.path("error").isObject() ? body.path("error") : body;
                var message = error.path("message").isString() ? error.path("message").stringValue()
                        : error.isMissingNode() || error.isNull() ? "" : error.isString() ? error.stringValue() : error.toString();
                yield "Error code: " + status + (message.isEmpty() ? "" : " - " + message);
            }
            case ANTHROPIC -> body.isString()
                    ? body.stringValue().isEmpty() ? "Error code: " + status : body.stringValue()
                    : "Error code: " + status + " - " + PythonText.repr(body);
            case GEMINI -> {
                var error = body.path("error").isObject() ? body.path("error") : body;
                var word = error.path("status").asString("None");
                yield error.path("code").asInt(status) + " " + word + ". " + PythonText.repr(body);
            }
        };
    }

    private static Duration seconds(double seconds) {
        return Duration.ofNanos((long) (seconds * 1e9));
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
