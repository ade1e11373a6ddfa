// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long a browser is signed in.
 *
 * @param expires when it ends by itself
 * @param ends when it ends however often the provider says that somebody is still there; not before {@code expires}
 * @param renewal what the provider is asked with, sealed; null: it is not asked
 * @param asks when it is asked next; null: never
 * @param inDoubt whether it was asked, and nobody has heard its answer
 */
record Term(Instant expires, Instant ends, @Nullable String renewal, @Nullable Instant asks, boolean inDoubt) {

    /** It is asked nothing. */
    static Term until(Instant end) {
        return new Term(end, end, null, null, false);
    }

    /** How long the browser keeps its cookie: whole seconds, and not less than it is good for. */
    Duration cookie(Instant now) {
        return Duration.between(now, ends).plusMillis(999).truncatedTo(ChronoUnit.SECONDS);
    }
}
