// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import dev.assay.contracts.internal.ResolvedModel;
import dev.assay.gateway.call.Answer;
import dev.assay.gateway.call.Exchange;
import dev.assay.gateway.dialect.AnswerReading;
import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.sample.Sampling;
import dev.assay.gateway.translate.AnswerTranslation;
import dev.assay.kit.web.BytesInFlight;
import java.time.Clock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One answer on its way to its client.
 *
 * @param provider who answers
 * @param of the dialect of the answer
 * @param translation null: the client speaks it
 * @param sampling null: nothing is kept of it
 * @param cost of the call, once the usage is told
 * @param largest answer, and event of a stream, in bytes
 */
record Passing(
        Exchange call,
        CoyoteAnswer client,
        String provider,
        Dialect of,
        AnswerReading reading,
        @Nullable AnswerTranslation translation,
        @Nullable Sampling sampling,
        Supplier<String> cost,
        long largest,
        BytesInFlight inFlight,
        Clock clock) {

    /** A whole answer, or one event of it, in its upstream's own dialect: before the client has it. */
    void sampled(byte[] bytes, int from, int to, Answer answer) {
        if (sampling == null) {
            return;
        }
        sampling.sees(bytes, from, to);
        if (reading.finished()) {
            sampling.keep(answer.headers());
        }
    }

    /** What the answer told, for the ledger: also of one that broke off. */
    void tell(Answer answer) {
        var tally = call.tally();
        if (provider.equalsIgnoreCase(ResolvedModel.TRAINER)) {
            tally.checkpoint = answer.headers().first("x-hud-checkpoint").orElse(null); // nobody else knows what is a checkpoint here
        }
        var usage = reading.usage();
        if (usage != null) {
            tally.told(usage);
        }
        var tier = reading.serviceTier();
        if (tier != null) {
            tally.served(tier);
        }
        tally.finish = reading.finish();
        tally.servedModel = reading.servedModel();
    }
}
