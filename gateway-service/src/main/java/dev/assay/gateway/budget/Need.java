// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.budget;

import org.jspecify.annotations.Nullable;

/**
 * What a call may use at most.
 *
 * @param what it is a call of, as people know it
 * @param nanos null: nobody knows its price
 * @param usualTokens how many it is likely to use, where it leaves that open: by the minute so many count until it has ended
 */
public record Need(String what, @Nullable Long nanos, long tokens, long usualTokens) {

    Amount amount() {
        return new Amount(nanos == null ? 0 : nanos, tokens);
    }
}
