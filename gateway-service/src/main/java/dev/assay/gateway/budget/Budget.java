// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.budget;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.assay.kit.problem.Problem;
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

    /** @throws Problem 400 if it limits nothing */
    Budget checked() {
        if (!isHeld() && !limitsPace()) {
            throw Problem.badRequest("limit_usd", "a budget needs at least one limit");
        }
        return this;
    }

    boolean limitsSpending() {
        return limitNanos != null || limitTokens != null;
    }

    /** Whether something of it is held while a call goes on. */
    boolean isHeld() {
        return limitsSpending() || callsAtOnce != null;
    }

    boolean limitsPace() {
        return requestsPerMinute != null || tokensPerMinute != null;
    }

    /** What a call takes of it, until it is settled. */
    Amount of(Need need) {
        return need.amount().withCalls(callsAtOnce == null ? 0 : 1);
    }

    /** What a call takes of its minute. Who needs more than a whole minute has waits for a whole one. */
    Amount paceOf(Need need) {
        var tokens = tokensPerMinute == null ? 0 : Math.min(tokensPerMinute, need.usualTokens());
        return new Amount(0, tokens, requestsPerMinute == null ? 0 : 1);
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
