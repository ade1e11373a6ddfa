// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/** What became of a record that was handed to the broker. */
sealed interface Delivery {

    /** The broker has it. */
    record Made() implements Delivery {}

    /** The broker is away, or lets nobody in: that passes, for this record as for all others. */
    record Awaited(String reason) implements Delivery {}

    /** This record it will never take. */
    record Refused(String reason) implements Delivery {}

    static Delivery of(@Nullable Throwable failure) {
        return switch (failure) {
            case null -> new Made();
            case RetriableException e -> new Awaited(e.toString());
            case TimeoutException e -> new Awaited("no acknowledgement in time");
            // not this record's fault: a service may have come before its rights
            case AuthorizationException e -> new Awaited(e.toString());
            case AuthenticationException e -> new Awaited(e.toString());
            case InterruptException e -> new Awaited(e.toString());
            // the producer is closed, say
            case IllegalStateException e -> new Awaited(e.toString());
            case KafkaException e when e.getCause() instanceof RetriableException -> new Awaited(e.getCause().toString());
            default -> new Refused(failure.toString());
        };
    }
}
