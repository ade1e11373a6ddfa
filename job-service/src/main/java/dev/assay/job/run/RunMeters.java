// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What operators watch: how long runs wait, how they end, how many workers are lost. */
@Component
public class RunMeters {

    private final MeterRegistry registry;
    private final Timer wait;
    private final Counter lost;
    private final Counter retried;

    RunMeters(MeterRegistry registry, Runs runs) {
        this.registry = registry;
        for (var state : List.of("queued", "held")) {
            Gauge.builder("assay.runs", () -> runs.count(state))
                    .description("Runs that wait for a worker, and runs that workers hold")
                    .tag("state", state)
                    .register(registry);
        }
        this.wait = Timer.builder("assay.runs.wait")
                .description("From acceptance to the first lease")
                .publishPercentileHistogram()
                .register(registry);
        this.lost = Counter.builder("assay.leases.lost")
                .description("Leases that ran out, or whose worker failed")
                .register(registry);
        this.retried = Counter.builder("assay.runs.retried")
                .description("Attempts that failed and are followed by another one")
                .register(registry);
    }

    /** @param waited may be below zero: the transaction that leases may have begun before the run was there */
    public void leased(Duration waited) {
        wait.record(waited.isNegative() ? Duration.ZERO : waited);
    }

    void stepped(@Nullable Transition step) {
        switch (step == null ? null : step.cause()) {
            case WORKER_LOST, WORKER_FAILED -> lost.increment();
            case FAILED -> retried.increment();
            case null, default -> {}
        }
    }

    void finished(Ending ending) {
        Counter.builder("assay.runs.finished")
                .description("Ends of runs, corrections included")
                .tag("status", ending.status().wire())
                .tag("failure", ending.kind() == null ? "none" : ending.kind().wire())
                .tag("graded", String.valueOf(ending.reward() != null))
                .register(registry)
                .increment();
    }
}
