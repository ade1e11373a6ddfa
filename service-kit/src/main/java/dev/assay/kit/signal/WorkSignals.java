// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.signal;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;

/** Makes a service's signals: one for each kind of work. */
public final class WorkSignals {

    private final Duration lookAgain;
    private final MeterRegistry meters;
    private final OtherReplicas others;

    WorkSignals(Duration lookAgain, MeterRegistry meters, OtherReplicas others) {
        this.lookAgain = lookAgain;
        this.meters = meters;
        this.others = others;
    }

    /** @param work what it tells of; the same name in all replicas */
    public WorkSignal of(String work) {
        var signal = new WorkSignal(work, lookAgain, meters, others::tell);
        others.hear(work, signal::wake);
        return signal;
    }

    /** Whoever asks for this work waits at one place. */
    public <L> Dispatcher<L> dispatcher(String name, WorkSignal signal, Dispatcher.Work<L> work) {
        return new Dispatcher<>(name, signal, work, lookAgain, meters);
    }
}
