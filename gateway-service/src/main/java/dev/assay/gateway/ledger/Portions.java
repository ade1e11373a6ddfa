// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * What waits, some of it at a time, for one thread that deals with it. Nobody wakes that thread for each piece: it sleeps while pieces
 * gather, until there are enough.
 */
public final class Portions<T> {

    private static final Duration GATHER = Duration.ofMillis(100);
    private static final int PAUSES = 5;
    /** More at once keep a processor busy for so long that calls which are due then are noticeably late. */
    private static final int ENOUGH = 50;
    /** As JSON they stay below half a megabyte: what is larger is dear to collect for a heap of some hundred megabytes. */
    static final int MOST = 700;

    private final BlockingQueue<T> waiting;
    private final BooleanSupplier stopping;

    /** @param stopping whether what waits is wanted at once */
    public Portions(BlockingQueue<T> waiting, BooleanSupplier stopping) {
        this.waiting = waiting;
        this.stopping = stopping;
    }

    /** At most 700 pieces, in their order; none where nothing came for a tenth of a second. */
    public List<T> next() throws InterruptedException {
        var portion = new ArrayList<T>();
        var first = waiting.poll(GATHER.toMillis(), TimeUnit.MILLISECONDS);
        if (first != null) {
            portion.add(first);
            for (var pause = 0; pause < PAUSES && !stopping.getAsBoolean() && waiting.size() < ENOUGH; pause++) {
                Thread.sleep(GATHER.dividedBy(PAUSES));
            }
            waiting.drainTo(portion, MOST - 1);
        }
        return portion;
    }
}
