// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** How an upstream has answered within the last five minutes, as this process saw it. Times are of {@link System#nanoTime()}. */
final class Health {

    private static final int BUCKETS = 30;
    private static final long BUCKET_NANOS = Duration.ofSeconds(10).toNanos();

    /** Latencies are kept in steps of a quarter of their doubling: a percentile is right to a fifth. */
    private static final int STEPS = 4;
    private static final int CLASSES = STEPS * 24;

    /**
     * @param calls that ended, well or not
     * @param p50Millis to the head of an answer; null: there was none
     * @param lastError of all time; null: there was none
     */
    record Report(
            long calls, long errors, @Nullable Long p50Millis, @Nullable Long p95Millis, @Nullable String lastError,
            @Nullable Instant lastErrorAt) {}

    private static final class Bucket {
        long turn = Long.MIN_VALUE;
        long calls;
        long errors;
        final long[] latencies = new long[CLASSES];
    }

    private final Bucket[] ring = new Bucket[BUCKETS];
    private @Nullable String lastError;
    private @Nullable Instant lastErrorAt;
    private volatile long lastCallNanos = Long.MIN_VALUE;

    Health() {
        Arrays.setAll(ring, i -> new Bucket());
    }

    synchronized void answered(long afterNanos, long now) {
        var bucket = bucket(now);
        bucket.calls++;
        bucket.latencies[latencyClass(afterNanos)]++;
        lastCallNanos = now;
    }

    synchronized void failed(String error, Instant at, long now) {
        var bucket = bucket(now);
        bucket.calls++;
        bucket.errors++;
        lastError = error;
        lastErrorAt = at;
        lastCallNanos = now;
    }

    /** Whether nothing was asked for so long. */
    boolean isIdle(Duration time, long now) {
        var last = lastCallNanos;
        return last == Long.MIN_VALUE || now - last > time.toNanos();
    }

    synchronized Report report(long now) {
        var turn = Math.floorDiv(now, BUCKET_NANOS);
        var calls = 0L;
        var errors = 0L;
        var latencies = new long[CLASSES];
        for (var bucket : ring) {
            if (bucket.turn > turn - BUCKETS && bucket.turn <= turn) {
                calls += bucket.calls;
                errors += bucket.errors;
                for (int i = 0; i < CLASSES; i++) {
                    latencies[i] += bucket.latencies[i];
                }
            }
        }
        return new Report(calls, errors, percentile(latencies, 0.5), percentile(latencies, 0.95), lastError, lastErrorAt);
    }

    private Bucket bucket(long now) {
        var turn = Math.floorDiv(now, BUCKET_NANOS);
        var bucket = ring[(int) Math.floorMod(turn, BUCKETS)];
        if (bucket.turn != turn) {
            bucket.turn = turn;
            bucket.calls = 0;
            bucket.errors = 0;
            Arrays.fill(bucket.latencies, 0);
        }
        return bucket;
    }

    private static int latencyClass(long nanos) {
        var millis = Math.max(1, nanos / 1_000_000.0);
        return Math.min(CLASSES - 1, (int) (STEPS * Math.log(millis) / Math.log(2)));
    }

    private static @Nullable Long percentile(long[] latencies, double share) {
        var all = Arrays.stream(latencies).sum();
        if (all == 0) {
            return null;
        }
        var wanted = (long) Math.ceil(all * share);
        var seen = 0L;
        for (int i = 0; i < latencies.length; i++) {
            seen += latencies[i];
            if (seen >= wanted) {
                return Math.round(Math.pow(2, (i + 0.5) / STEPS));
            }
        }
        throw new IllegalStateException("a share of more than all");
    }
}
