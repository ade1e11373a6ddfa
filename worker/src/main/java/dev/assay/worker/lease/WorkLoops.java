// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.lease;

import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** As many pieces of one kind of work at once as this worker has slots for it. What is held at a planned stop is given back. */
public final class WorkLoops<L> implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(WorkLoops.class);
    private static final Duration LAST_WORDS = Duration.ofSeconds(8);

    private final Work<L> work;
    private final int slots;
    private final BooleanSupplier mayWork;
    private volatile List<WorkLoop<L>> loops = List.of();

    public WorkLoops(Work<L> work, int slots, BooleanSupplier mayWork) {
        this.work = work;
        this.slots = slots;
        this.mayWork = mayWork;
    }

    @Override
    public void start() {
        if (!mayWork.getAsBoolean()) {
            return;
        }
        loops = IntStream.range(0, slots).mapToObj(slot -> new WorkLoop<>(work.name() + "-" + slot, work)).toList();
        loops.forEach(WorkLoop::start);
        LOG.info("{}: up to {} at once", work.name(), slots);
    }

    @Override
    public void stop() {
        loops.forEach(WorkLoop::end);
        withdrawAll();
        work.endAll();
        try {
            var left = LAST_WORDS;
            var end = System.nanoTime() + left.toNanos();
            for (var loop : loops) {
                loop.join(left);
                left = Duration.ofNanos(Math.max(1, end - System.nanoTime()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        loops.forEach(WorkLoop::interrupt);
        loops = List.of();
    }

    /** What is given back after that goes to another worker, and not to a loop of this one that still waits. */
    private void withdrawAll() {
        try {
            for (var withdrawing : loops.stream().map(loop -> Thread.startVirtualThread(loop::withdraw)).toList()) {
                withdrawing.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The kinds end at once, not one after the other. */
    @Override
    public void stop(Runnable ended) {
        Thread.ofVirtual().name("end-" + work.name()).start(() -> {
            try {
                stop();
            } finally {
                ended.run();
            }
        });
    }

    @Override
    public boolean isRunning() {
        return !loops.isEmpty();
    }
}
