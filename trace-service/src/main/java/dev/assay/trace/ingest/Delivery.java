// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import dev.assay.kit.kafka.Outage;
import org.apache.kafka.common.errors.InterruptException;
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
            // this service is being stopped
            case InterruptException stopping -> new Awaited(stopping.toString());
            case IllegalStateException closed -> new Awaited(closed.toString());
            default -> Outage.is(failure) ? new Awaited(failure.toString()) : new Refused(failure.toString());
        };
    }
}
