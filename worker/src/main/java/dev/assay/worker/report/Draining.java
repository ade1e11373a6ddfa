// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.report;

import java.time.Duration;
import java.time.Instant;

/** Where a worker stands that may be drained. */
sealed interface Draining {

    /** It takes none as yet: it was told nothing since it started, and may be drained. */
    record Unheard() implements Draining {}

    /** It takes work. */
    record Working() implements Draining {}

    /** It takes none, and what is at hand then is given back. */
    record Until(Instant end) implements Draining {}

    /** What it is once it was told so; told the same again, nothing changes. */
    default Draining told(boolean drain, Instant now, Duration within) {
        return switch (this) {
            case Unheard unheard -> drain ? new Until(now.plus(within)) : new Working();
            case Working working when drain -> new Until(now.plus(within));
            case Until until when !drain -> new Working();
            default -> this;
        };
    }

    /** Whether what is at hand is to be given back. */
    default boolean isOver(Instant now) {
        return this instanceof Until(var end) && !now.isBefore(end);
    }

    /** As it is told, of a worker that holds so much. */
    default String word(int held) {
        return switch (this) {
            case Unheard unheard -> "working";
            case Working working -> "working";
            case Until until -> held > 0 ? "draining" : "drained";
        };
    }
}
