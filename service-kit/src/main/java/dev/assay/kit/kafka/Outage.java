// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.kafka;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RetriableException;

/** Tells an outage, which passes if one waits, from a record that no broker will ever take. */
public final class Outage {

    private Outage() {}

    /**
     * Whether a send that failed like this may succeed later: the broker is away or busy, does not know this service's rights yet, or has
     * lost track of this producer, none of which is the record's fault. What else there is will happen again however long one waits.
     */
    public static boolean is(Throwable failure) {
        var cause = failure.getCause();
        return switch (failure) {
            case ExecutionException wrapped when cause != null -> is(cause);
            case CompletionException wrapped when cause != null -> is(cause);
            case java.util.concurrent.TimeoutException late -> true;
            case RetriableException passing -> true;
            case AuthenticationException unknown -> true;
            case AuthorizationException notYet -> true;
            case OutOfOrderSequenceException lost -> true;
            case InvalidProducerEpochException lost -> true;
            case InvalidPidMappingException lost -> true;
            case ProducerFencedException lost -> true;
            default -> false;
        };
    }
}
