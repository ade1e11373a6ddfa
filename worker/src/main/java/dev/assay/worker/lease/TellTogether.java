// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.lease;

import dev.assay.contracts.RunId;
import dev.assay.contracts.internal.Outcome;
import dev.assay.contracts.internal.OutcomesTaken;
import dev.assay.contracts.internal.OutcomesTold;
import dev.assay.contracts.internal.OutcomesTold.RunOutcome;
import dev.assay.sdk.protocol.Json;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.web.client.RestClientResponseException;

/** Tells in one call what has become of runs that end at about the same time. */
final class TellTogether {

    private static final Logger LOG = LoggerFactory.getLogger(TellTogether.class);

    private final InOneCall<RunOutcome, OutcomesTaken> calls;

    TellTogether(Function<List<RunOutcome>, OutcomesTaken> call) {
        this(InOneCall.MOMENT, call);
    }

    TellTogether(Runnable moment, Function<List<RunOutcome>, OutcomesTaken> call) {
        this.calls = new InOneCall<>(OutcomesTold.MOST, of -> of.outcome().attempt(), moment, call);
    }

    /**
     * False: it is to be told alone, where it hears the reason, or else is taken.
     *
     * @throws RestClientResponseException if it is to be told later
     */
    boolean isTaken(RunId run, Outcome outcome) {
        if (Json.MAPPER.writeValueAsBytes(outcome).length > OutcomesTold.MOST_BYTES) {
            return false;
        }
        try {
            var said = calls.say(run, new RunOutcome(run, outcome));
            return said.spokeFor() && said.answer().taken().contains(run);
        } catch (RestClientResponseException e) {
            if (TellOnce.isPassing(e.getStatusCode()) || e.getStatusCode().isSameCodeAs(HttpStatus.SERVICE_UNAVAILABLE)) {
                throw e; // as many calls as there are runs would be more of what it has too much of
            }
            return alone(e);
        } catch (RuntimeException e) { // it cannot be written, is not answered, or with something else
            return alone(e);
        }
    }

    /** One of the others may be to blame; or it is an older job-service, which is not told of several. */
    private static boolean alone(RuntimeException why) {
        LOG.info("outcomes that were told together are told alone: {}", why.toString());
        return false;
    }
}
