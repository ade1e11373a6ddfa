// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import dev.assay.gateway.call.Exchange;
import dev.assay.gateway.dialect.CallHead;
import dev.assay.gateway.model.ModelResolution;
import org.springframework.stereotype.Component;

/** Who has called which model, and what it cost. */
@Component
public class Ledger {

    /**
     * Takes a call in, and reserves what it may cost at most.
     *
     * @param bodyLength of the request, in bytes
     * @throws dev.assay.gateway.dialect.ModelErrorException 402 or 429 if a budget or a limit does not take it
     */
    public Booking open(Exchange call, ModelResolution model, CallHead head, int bodyLength) {
        return new Booking();
    }
}
