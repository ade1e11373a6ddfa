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
     * @param usage what it told of tokens; null: nothing
     * @param serviceTier at which it was served, in its provider's word; null: not told
     */
    public record Try(
            String upstream,
            @Nullable String model,
            int status,
            @Nullable String error,
            long nanos,
            @Nullable Usage usage,
            @Nullable String serviceTier) {}

    private final long began = System.nanoTime();
    private final List<Try> tries = new ArrayList<>(1);
    /** Which model is being asked just now; null: none is. */
    private @Nullable String asked;
    /** What is told by who is being asked. */
    private @Nullable Usage usage;
    private @Nullable String serviceTier;
    public volatile long firstByteNanos;
    public volatile long bytesIn;
    public volatile long bytesOut;
    public volatile int status;
    public volatile @Nullable String upstream;
    /** Whether the upstream is one that a team entered, and named as it liked. */
    public volatile boolean upstreamIsTeams;
    public volatile @Nullable String servedModel;
    /** Which checkpoint of it answered, where a trainer did and says so. */
    public volatile @Nullable String checkpoint;
    public volatile @Nullable String finish;
    public volatile @Nullable String error;

    public long beganNanos() {
        return began;
    }

    /** A try begins. @param teams whether a team entered the upstream, and named it as it liked */
    public synchronized void asks(String who, String model, boolean teams) {
        upstream = who;
        upstreamIsTeams = teams;
        asked = model;
    }

    /** The try that went on has ended, however that was: what was told since the one before is its own. */
    public synchronized void tried(String who, String model, int answered, @Nullable String failure, long nanos) {
        tries.add(new Try(who, model, answered, failure, nanos, usage, serviceTier));
        asked = null;
        usage = null;
        serviceTier = null;
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

    /** What the try that goes on tells of its tokens. */
    public synchronized void told(Usage told) {
        usage = usage == null ? told : usage.plus(told);
    }

    /** At which tier the try that goes on is served. */
    public synchronized void served(String tier) {
        serviceTier = tier;
    }

    /** The try that goes on; null: none does, and what there is to say of the last stands with the others. */
    public synchronized @Nullable Try current() {
        var who = upstream;
        return who == null || asked == null && usage == null && !tries.isEmpty()
                ? null
                : new Try(who, asked, 0, null, 0, usage, serviceTier);
    }

    /** All that was told, by each that was asked: one that was asked again has been paid for as well. Null: nothing. */
    public synchronized @Nullable Usage usage() {
        var all = usage;
        for (var one : tries) {
            all = all == null ? one.usage() : one.usage() == null ? all : all.plus(one.usage());
        }
        return all;
    }
}
