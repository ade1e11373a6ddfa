// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.claude;

import dev.assay.sdk.protocol.PythonText;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** A streamed answer that says in its midst that it failed. */
final class StreamErrorException extends IOException {

    private static final Set<String> PASSING = Set.of(
            "api_error", "gateway_error", "gateway_timeout", "overloaded_error", "rate_limit_error", "timeout_error", "upstream_error");

    private final transient JsonNode body;
    private final transient Optional<Duration> retryAfter;

    /** @param retryAfter what the answer's header asks for */
    StreamErrorException(JsonNode body, Optional<Duration> retryAfter) {
        super(body.isString() ? body.stringValue() : PythonText.repr(body));
        this.body = body;
        this.retryAfter = retryAfter;
    }

    /** Whether the same request may do better a moment later. */
    boolean passes() {
        return PASSING.contains(body.path("error").path("type").asString(""));
    }

    Optional<Duration> retryAfter() {
        return retryAfter;
    }
}
