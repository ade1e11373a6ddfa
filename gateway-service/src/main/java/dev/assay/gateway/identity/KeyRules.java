// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.kit.identity.Caller;
import dev.assay.kit.problem.Problem;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What may be said of a key, and by whom: nobody gives by a key more than the key at hand opens, nor for longer. */
final class KeyRules {

    static final int LONGEST_NAME = 200;
    static final Duration LONGEST_GRACE = Duration.ofDays(7);
    static final Duration USUAL_GRACE = Duration.ofDays(1);

    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");
    private static final Pattern RECORDING = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    private KeyRules() {}

    /**
     * Who makes or changes a key.
     *
     * @param scopes of the key at hand
     * @param expires when that one ends; null: never
     */
    record Maker(Caller caller, Scopes scopes, @Nullable Instant expires) {

        static Maker of(Caller caller, @Nullable Holder holder) {
            return holder == null ? new Maker(caller, Scopes.ALL, null) : new Maker(caller, holder.scopes(), holder.expires());
        }

        /** @throws Problem 403 if a key like this would open more than the maker's own, or for longer */
        void mayGive(Scopes wanted, @Nullable Instant until) {
            if (!scopes.cover(wanted)) {
                throw Problem.forbidden("scopes: the key that asks has the scopes " + String.join(", ", scopes.words())
                        + ", and gives no more than those" + (wanted.held().isEmpty() ? ", while none would mean all." : "."));
            }
            if (expires != null && (until == null || until.isAfter(expires))) {
                throw Problem.forbidden("expires_at: the key that asks ends at " + expires + ", and gives nothing for longer.");
            }
        }
    }

    static String name(String field, @Nullable String value) {
        if (value == null || value.isBlank()) {
            throw Problem.badRequest(field, "required");
        }
        if (value.length() > LONGEST_NAME) {
            throw Problem.badRequest(field, "longer than " + LONGEST_NAME + " characters");
        }
        if (value.indexOf('\0') >= 0) {
            throw Problem.badRequest(field, "holds a NUL character");
        }
        return value.strip();
    }

    /** @param words null: none, which opens all */
    static Scopes scopes(@Nullable List<@Nullable String> words) {
        return words == null ? Scopes.ALL : new Scopes(words.stream().map(KeyRules::scope).collect(Collectors.toSet()));
    }

    private static KeyScope scope(@Nullable String word) {
        return KeyScope.of(String.valueOf(word))
                .orElseThrow(() -> Problem.badRequest("scopes", "each must be one of " + String.join(", ", KeyScope.WORDS)));
    }

    /** @param text null: it does not end by itself */
    static @Nullable Instant expiry(@Nullable String text, Instant now) {
        if (text == null) {
            return null;
        }
        Instant time;
        try {
            time = OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw Problem.badRequest("expires_at", "must be an ISO 8601 time with its zone, like 2027-01-31T12:00:00Z");
        }
        if (!time.isAfter(now)) {
            throw Problem.badRequest("expires_at", "is in the past");
        }
        if (time.isAfter(LATEST)) {
            throw Problem.badRequest("expires_at", "must be of the years up to 9999");
        }
        return time;
    }

    static Duration grace(@Nullable Long seconds) {
        if (seconds != null && (seconds < 0 || seconds > LONGEST_GRACE.toSeconds())) {
            throw Problem.badRequest("grace_seconds", "must be from 0 to " + LONGEST_GRACE.toSeconds());
        }
        return seconds == null ? USUAL_GRACE : Duration.ofSeconds(seconds);
    }

    static KeyRecording recording(@Nullable String name, @Nullable String mode) {
        if (name == null || !RECORDING.matcher(name).matches()) {
            throw Problem.badRequest("recording.name", "has to be 1 to 100 letters, digits, dots, dashes and underscores, "
                    + "and to begin with a letter or a digit");
        }
        if (mode == null || !KeyRecording.MODES.contains(mode)) {
            throw Problem.badRequest("recording.mode", "must be one of " + String.join(", ", KeyRecording.MODES));
        }
        return new KeyRecording(name, mode);
    }

    /** When the old one ends that another takes the place of: after the grace, but no later than it would have. */
    static Instant end(ApiKey old, Duration grace, Instant now) {
        var end = now.plus(grace);
        return old.expires() != null && old.expires().isBefore(end) ? old.expires() : end;
    }

    /**
     * Whether a change needs a maker who may give all that the key is afterwards: one that opens more, lives longer (an ended one would
     * open again), or is recorded otherwise. Another name, fewer scopes and an earlier end give nothing.
     */
    static boolean givesMore(ApiKey before, ApiKey after) {
        var later = before.expires() != null && (after.expires() == null || after.expires().isAfter(before.expires()));
        return later || !before.scopes().cover(after.scopes()) || !Objects.equals(before.recording(), after.recording());
    }

    /** @throws Problem 409 if there is nothing to change any more */
    static void refuseReplaced(ApiKey key) {
        if (key.replacedBy() != null) {
            throw Problem.conflict("The key " + key.id() + " has been replaced by " + key.replacedBy() + ".");
        }
    }

    /** @throws Problem 409 if no other can take its place */
    static void refuseToRotate(ApiKey key, Instant now) {
        refuseReplaced(key);
        if (key.isOver(now)) {
            throw Problem.conflict("The key " + key.id() + " has ended at " + key.expires()
                    + ": make another, or give this one more time first.");
        }
    }
}
