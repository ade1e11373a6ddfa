// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.lease;

import dev.assay.contracts.RunId;
import dev.assay.contracts.internal.Outcome;
import dev.assay.contracts.internal.OutcomesTaken;
import dev.assay.contracts.internal.OutcomesTold;
import dev.assay.contracts.internal.OutcomesTold.OfRun;
import dev.assay.sdk.protocol.Json;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.client.RestClientException;
import org.springframework.web.client.RestClientResponseException;

/** Tells in one call what has become of runs that end at about the same time. */
final class TellTogether {

    private static final Logger LOG = LoggerFactory.getLogger(TellTogether.class);

    private final InOneCall<OfRun, OutcomesTaken> calls;

    TellTogether(Function<List<OfRun>, OutcomesTaken> call) {
        this.calls = new InOneCall<>(OutcomesTold.MOST, of -> of.outcome().attempt(), call);
    }

    /**
     * False: it is to be told alone, where it hears the reason, or else is taken.
     *
     * @throws RestClientException if nobody answers
     */
    boolean isTaken(RunId run, Outcome outcome) {
        if (Json.MAPPER.writeValueAsBytes(outcome).length > OutcomesTold.MOST_BYTES) {
            return false;
        }
        try {
            var said = calls.say(run, new OfRun(run, outcome));
            return said.spokeFor() && said.answer().taken().contains(run);
        } catch (RestClientResponseException e) {
            // one of the others may be to blame; or it is an older job-service, which is not told of several
            LOG.debug("outcomes that were told together are told alone: {}", e.toString());
            return false;
        }
    }
}
