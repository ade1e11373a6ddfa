// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import dev.assay.gateway.call.AskFailure;
import dev.assay.gateway.dialect.ModelError;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What is done when a target has not answered. A pure function: whoever applies it waits, and asks. */
final class AttemptRules {

    /** So long at most a pause doubles. */
    private static final int MOST_DOUBLINGS = 16;

    private final AttemptSettings settings;

    AttemptRules(AttemptSettings settings) {
        this.settings = settings;
    }

    sealed interface Decision {
        /** The same target once more. */
        record Again(Duration after) implements Decision {}

        /** Another target, at once. */
        record Next() implements Decision {}

        record GiveUp(ModelError told) implements Decision {}
    }

    /**
     * Where a call stands.
     *
     * @param tries that failed, the last one included; those on a kept connection that was closed do not count
     * @param waited in between, all together
     * @param answered whether a byte of an answer went out
     * @param others whether a target is left that was not tried and may be
     * @param freshened whether a kept connection was closed before and the call asked again
     * @param isCodex whether the client is a Codex CLI
     */
    record Standing(int tries, Duration waited, boolean answered, boolean others, boolean freshened, boolean isCodex) {}

    /** @param random from 0 to 1: how long a pause is of what it may be */
    Decision decide(AskFailure.Kind kind, ModelError told, Standing standing, double random) {
        if (standing.answered()) {
            return new Decision.GiveUp(told);
        }
        if (kind == AskFailure.Kind.KEPT_CONNECTION_CLOSED && !standing.freshened()) {
            return new Decision.Again(Duration.ZERO);
        }
        if (kind == AskFailure.Kind.REFUSED && isTheCallers(told)) {
            return new Decision.GiveUp(told);
        }
        if (standing.others() && !isSoonOver(told.status())) {
            return new Decision.Next();
        }
        if (!mayHelp(kind, told)) {
            return new Decision.GiveUp(told);
        }
        var full = standing.isCodex() && isFull(told.status());
        if (!full && standing.tries() >= settings.tries()) {
            return giveUp(told, standing);
        }
        var asked = time(told.retryAfter());
        var patience = full ? settings.codexPatience() : settings.patience();
        var pause = asked != null ? asked : pause(standing.tries(), random);
        if (standing.waited().plus(pause).compareTo(patience) > 0) {
            return asked != null ? new Decision.GiveUp(told) : giveUp(told, standing);
        }
        return asked != null && !full && asked.compareTo(settings.retryAfter()) > 0
                ? new Decision.GiveUp(told) // its client knows better than we whether it has that much time
                : new Decision.Again(pause);
    }

    /** Who has tried for them tells clients so: else each of their own tries would be as many of ours. */
    private static Decision giveUp(ModelError told, Standing standing) {
        return new Decision.GiveUp(standing.tries() > 1 ? told.andNoUseTryingAgain() : told);
    }

    /** What was sent is at fault: everybody else would say the same. */
    private static boolean isTheCallers(ModelError told) {
        return switch (told.status()) {
            case 402, 408, 409, 425, 429 -> false;
            default -> told.status() < 500;
        };
    }

    /** Of these states the same target is asked again before another: they pass by themselves. */
    private static boolean isSoonOver(int status) {
        return status == 408 || status == 409 || status == 425;
    }

    private static boolean isFull(int status) {
        return status == 429 || status == 503 || status == 529;
    }

    /** Whether the same target may answer another time. One that was too late was paid for already, and would be as late again. */
    private static boolean mayHelp(AskFailure.Kind kind, ModelError told) {
        return switch (kind) {
            case UNREACHABLE, KEPT_CONNECTION_CLOSED, BROKE_OFF -> true;
            case LATE, STRANGE -> false;
            case REFUSED -> told.status() != 402 && !Boolean.FALSE.equals(told.shouldRetry());
        };
    }

    private Duration pause(int tries, double random) {
        var doubled = settings.firstPause().multipliedBy(1L << Math.min(MOST_DOUBLINGS, Math.max(0, tries - 1)));
        var most = doubled.compareTo(settings.longestPause()) > 0 ? settings.longestPause() : doubled;
        return Duration.ofNanos((long) (most.toNanos() * (0.5 + random / 2)));
    }

    /** What is no time says nothing: below zero, NaN, more than a day. */
    private static @Nullable Duration time(@Nullable Double seconds) {
        return seconds == null || !(seconds >= 0 && seconds <= 86_400) ? null : Duration.ofMillis(Math.round(seconds * 1000));
    }
}
