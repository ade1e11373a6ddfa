// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.budget;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What may be spent by somebody or something, and how fast.
 *
 * @param scopeId of the team, key, job or run
 * @param limitNanos nano-dollars that may be spent in a period; null: any
 * @param limitTokens tokens, in and out, that may be used in a period; null: any
 * @param callsAtOnce that may go on at the same time; null: any
 */
record Budget(
        UUID id,
        UUID team,
        Scope scope,
        UUID scopeId,
        Period period,
        @Nullable Long limitNanos,
        @Nullable Long limitTokens,
        @Nullable Integer requestsPerMinute,
        @Nullable Integer tokensPerMinute,
        @Nullable Integer callsAtOnce) {

    enum Scope {
        TEAM,
        KEY,
        JOB,
        RUN;

        @JsonValue
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** After which what was spent counts no more; days and months are UTC's. */
    enum Period {
        TOTAL,
        DAY,
        MONTH;

        @JsonValue
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    boolean limitsSpending() {
        return limitNanos != null || limitTokens != null;
    }

    /** For sentences. */
    String name() {
        var of = "The budget of this " + scope.word();
        return switch (period) {
            case TOTAL -> of;
            case DAY -> of + " for today";
            case MONTH -> of + " for this month";
        };
    }
}
