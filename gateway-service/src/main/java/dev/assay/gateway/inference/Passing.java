// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import dev.assay.gateway.call.Exchange;
import dev.assay.gateway.dialect.AnswerReading;
import dev.assay.gateway.dialect.Dialect;
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
        Supplier<String> cost,
        long largest,
        BytesInFlight inFlight,
        Clock clock) {

    /** What the answer told, for the ledger: also of one that broke off. */
    void tell() {
        var tally = call.tally();
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
