// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.call;

import dev.assay.gateway.dialect.Usage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is counted of a call while it goes on, by the thread that serves it; others may look. Times are of {@link System#nanoTime()}. */
public final class Tally {

    /**
     * One try at an upstream.
     *
     * @param status its answer's; 0: none came
     * @param error why it does not count; null: it is the answer
     * @param nanos how long it took
     */
    public record Try(String upstream, String model, int status, @Nullable String error, long nanos) {}

    private final long began = System.nanoTime();
    private final List<Try> tries = new ArrayList<>(1);
    private Usage usage = Usage.NONE;
    private boolean usageTold;
    public volatile long firstByteNanos;
    public volatile long bytesIn;
    public volatile long bytesOut;
    public volatile int status;
    public volatile @Nullable String upstream;
    /** Whether the upstream is one that a team entered, and named as it liked. */
    public volatile boolean upstreamIsTeams;
    public volatile @Nullable String servedModel;
    public volatile @Nullable String finish;
    public volatile @Nullable String error;

    public long beganNanos() {
        return began;
    }

    public synchronized void tried(Try one) {
        tries.add(one);
    }

    public synchronized List<Try> tries() {
        return List.copyOf(tries);
    }

    public synchronized int tryCount() {
        return tries.size();
    }

    /** Null: there was none. */
    public synchronized @Nullable Try lastTry() {
        return tries.isEmpty() ? null : tries.getLast();
    }

    /** Adds what one try told: one that was asked again has been paid for as well. */
    public synchronized void told(Usage told) {
        usage = usage.plus(told);
        usageTold = true;
    }

    /** All that was told; null: nothing. */
    public synchronized @Nullable Usage usage() {
        return usageTold ? usage : null;
    }
}
