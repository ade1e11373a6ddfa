// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.event;

/** The names of the Kafka topics. Every record's key is the canonical id of the run that it is about. */
public final class Topics {

    /** {@link RunFinished} events, from job-service. */
    public static final String RUN_FINISHED = "assay.run-finished";

    /** {@link SpansReceived} events, from trace-service to itself and to live views. */
    public static final String SPANS = "assay.spans";

    private Topics() {}
}
