// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A part of what a user may, which a key of that user's may be kept to. */
public enum KeyScope {
    /** Model calls, and what is kept of them. */
    MODELS,
    /** Telling of runs: their spans, their beginnings and ends. */
    TELEMETRY,
    /** Looking at what is the team's. */
    READ,
    /** Changing what a member may change. */
    WRITE,
    /** Changing what an administrator may change too. */
    ADMIN;

    static final List<String> WORDS = Arrays.stream(values()).map(KeyScope::word).toList();

    /** As the API spells it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<KeyScope> of(String word) {
        return Arrays.stream(values()).filter(scope -> scope.word().equals(word)).findFirst();
    }

    boolean covers(KeyScope other) {
        return this == other || this == ADMIN && other == WRITE;
    }
}
