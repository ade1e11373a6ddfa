// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.gateway.budget.Need;
import dev.assay.gateway.dialect.CallHead;
import dev.assay.gateway.dialect.Operation;
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

    /** At the usual service tier. @param asked the model, as its upstream calls it; null: whichever is asked there. Null: nobody knows. */
    @Nullable Price price(String upstream, @Nullable String asked) {
        for (var target : targets) {
            if (target.upstream().equalsIgnoreCase(upstream) && (asked == null || target.model().equals(asked))) {
                return prices.get(target);
            }
        }
        return null;
    }

    /**
     * What the call may use at most, whoever of its targets serves it.
     *
     * @param input tokens at most
     * @param usualInput without what is only named by an address: most that is, is much less than the most
     */
    Need need(Operation operation, long input, long usualInput) {
        Long nanos = 0L;
        var tokens = 0L;
        var usual = Reckoning.most(operation, usualInput, head.maxOutput(), null);
        for (var target : targets) {
            var price = prices.get(target);
            var most = Reckoning.most(operation, input, head.maxOutput(), price);
            var cost = Reckoning.most(price, head.serviceTier(), most);
            tokens = Math.max(tokens, most.input() + most.output());
            nanos = nanos == null || cost == null ? null : Long.valueOf(Math.max(nanos, cost));
        }
        var tier = Price.tier(head.serviceTier());
        var what = "model '" + model + "'" + (tier == null ? "" : " at service tier '" + tier + "'");
        return new Need(what, nanos, tokens, usual.input() + usual.output());
    }
}
