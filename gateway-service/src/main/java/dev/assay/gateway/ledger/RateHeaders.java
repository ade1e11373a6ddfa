// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import dev.assay.gateway.budget.Reservation;
import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.Fields;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** How a caller's own limits are told to it, as its SDK reads them. */
final class RateHeaders {

    private RateHeaders() {}

    static Fields of(Dialect dialect, Reservation.@Nullable Requests requests, Instant now) {
        if (requests == null || dialect == Dialect.GEMINI) {
            return Fields.NONE;
        }
        var prefix = dialect == Dialect.MESSAGES ? "anthropic-ratelimit-requests-" : "x-ratelimit-";
        var suffix = dialect == Dialect.MESSAGES ? "" : "-requests";
        return Fields.builder()
                .add(prefix + "limit" + suffix, String.valueOf(requests.limit()))
                .add(prefix + "remaining" + suffix, String.valueOf(requests.remaining()))
                .add(prefix + "reset" + suffix, reset(dialect, now, requests.resetSeconds()))
                .build();
    }

    /** When all are there again: OpenAI's clients read in how long that is, Anthropic's at which moment. */
    private static String reset(Dialect dialect, Instant now, long seconds) {
        return dialect == Dialect.MESSAGES ? now.truncatedTo(ChronoUnit.SECONDS).plusSeconds(seconds).toString() : seconds + "s";
    }
}
