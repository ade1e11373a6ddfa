// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import dev.assay.gateway.dialect.Operation;
import dev.assay.gateway.dialect.Usage;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a call used and cost, as far as that can be known. */
final class Reckoning {

    /** Of text, and of an answer that comes whole. */
    private static final int BYTES_A_TOKEN = 4;

    /** Of a stream, whose events say much around each token. */
    private static final int STREAMED_BYTES_A_TOKEN = 100;

    /** More than any model takes or makes: what tells more is wrong, and would overflow sums. */
    private static final long MOST = 1_000_000_000;

    private static final long OUTPUT_UNSAID = 4096;

    private Reckoning() {}

    /** What goes in, told by its size alone. */
    static long inputOf(long bytes) {
        return (bytes + BYTES_A_TOKEN - 1) / BYTES_A_TOKEN;
    }

    /** Nothing below 0, nothing beyond all measure, and no part larger than its whole. */
    static @Nullable Usage plausible(@Nullable Usage told) {
        if (told == null) {
            return null;
        }
        var input = bounded(told.input(), MOST);
        var cached = bounded(told.cached(), input);
        var written = bounded(told.cacheWrite(), input - cached);
        var output = bounded(told.output(), MOST);
        return new Usage(
                input, cached, written, bounded(told.cacheWriteLong(), input - cached - written), output,
                bounded(told.reasoning(), output), bounded(told.images(), MOST), told.estimated());
    }

    private static long bounded(long tokens, long most) {
        return Math.max(0, Math.min(tokens, most));
    }

    /** What a call may use at most, so far as can be told before it goes out. @param asked most tokens of the answer; -1: not said */
    static Usage most(Operation operation, long input, long asked, @Nullable Price price) {
        return switch (operation) {
            case GENERATE -> {
                var known = price == null || price.maxOutput() == null ? OUTPUT_UNSAID : price.maxOutput();
                yield used(input, asked >= 0 ? asked : known);
            }
            case COUNT_TOKENS -> Usage.NONE;
            case EMBED, EMBED_BATCH -> used(input, 0);
        };
    }

    /**
     * What whoever answers a call used. Null: nothing, since it refused.
     *
     * @param told by the upstream; null: nothing
     * @param brokenOff whether it was ended from outside, or its answer ended early, after some of it had gone out
     * @param bytesOut of the answer, so far as it got to the client
     */
    static @Nullable Usage used(
            @Nullable Usage told, int status, boolean brokenOff, boolean streamed, Input input, long bytesOut) {
        var output = bytesOut / (streamed ? STREAMED_BYTES_A_TOKEN : BYTES_A_TOKEN);
        if (!brokenOff) {
            return told != null || status >= 400 ? told : guessed(input, output);
        }
        // what came to nothing was made all the same; a usage that was told at the beginning counts little of what came out
        return told == null
                ? guessed(input, output)
                : new Usage(
                        told.input(), told.cached(), told.cacheWrite(), told.cacheWriteLong(), Math.max(told.output(), output),
                        told.reasoning(), told.images(), true);
    }

    /** In nano-dollars: a provider serves a call at the tier that it asks for, or at the usual one. Null: nobody knows. */
    static @Nullable Long most(@Nullable Price price, @Nullable String serviceTier, Usage most) {
        var wanted = price == null ? null : price.at(Price.tier(serviceTier));
        return wanted == null ? null : Long.valueOf(Math.max(price.most(most), wanted.most(most)));
    }

    /** In nano-dollars; empty: nobody knows. */
    static Optional<Long> cost(@Nullable Price price, @Nullable Usage usage, Operation operation) {
        if (usage == null || operation == Operation.COUNT_TOKENS) {
            return Optional.of(0L);
        }
        return Optional.ofNullable(price).map(known -> known.nanos(usage));
    }

    private static Usage guessed(Input input, long output) {
        return new Usage(input.tokens(), 0, 0, 0, output, 0, input.images(), true);
    }

    private static Usage used(long input, long output) {
        return new Usage(input, 0, 0, 0, output, 0, 0, true);
    }
}
