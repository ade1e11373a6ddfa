// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.gateway.call.Tally;
import dev.assay.gateway.dialect.CallHead;
import dev.assay.gateway.model.ModelResolution.Target;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a call when it begins.
 *
 * @param model the catalog's name of it
 * @param run null: none, or none of the team's
 * @param runRef as the caller named it, where the run is none of the team's
 * @param prices those that are unknown are missing
 */
record Opened(
        Instant at,
        CallHead head,
        String model,
        Input input,
        @Nullable RunId run,
        @Nullable String runRef,
        @Nullable JobId job,
        List<Target> targets,
        Map<Target, Price> prices) {

    /** Of who answered, or was asked last. Null: nobody was asked, or nobody knows. */
    @Nullable Price price(Tally tally) {
        var upstream = tally.upstream;
        var last = tally.lastTry();
        var model = last == null || !last.upstream().equals(upstream) ? null : last.model();
        for (var target : targets) {
            if (target.upstream().equals(upstream) && (model == null || target.model().equals(model))) {
                return prices.get(target);
            }
        }
        return null;
    }
}
