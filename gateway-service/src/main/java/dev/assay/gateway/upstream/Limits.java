// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How long one upstream is waited for; null: as long as any.
 *
 * @param connect until it can be written to
 * @param first until an answer begins, or, if it is not streamed, is whole
 * @param next how long it may say nothing in the middle of a stream
 * @param total until an answer is whole, of each attempt; a call as a whole has a limit beside it
 */
record Limits(@Nullable Duration connect, @Nullable Duration first, @Nullable Duration next, @Nullable Duration total) {

    static final Limits NONE = new Limits(null, null, null, null);

    Limits {
        if (Stream.of(connect, first, next, total).anyMatch(time -> time != null && !time.isPositive())) {
            throw new IllegalArgumentException("the limits of an upstream have to be more than nothing");
        }
    }
}
