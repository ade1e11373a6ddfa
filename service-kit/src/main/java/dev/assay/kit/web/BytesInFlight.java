// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.web;

import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The memory that bodies take together, shared out before they are read. A body holds a share that grows with what has come of it, so that
 * who sends slowly holds little. What a sender announced is kept for it as well, as long as it keeps coming: those who began get to their
 * end, and those who come later wait at their beginning, instead of all of them standing still half-way.
 */
public final class BytesInFlight {

    /** So much of every body is nobody's concern: small requests are answered however full it is. */
    static final int FREE = 16 * 1024;

    private static final int UNIT = 64 * 1024;
    /** Who is to have more than this leaves an eighth of the room to those who want less. */
    private static final int LARGE = 1024 * 1024;
    /** Within this a unit must come, or what was announced is not kept any longer. */
    private static final long PACE_NANOS = Duration.ofSeconds(5).toNanos();

    private static final Map<Long, BytesInFlight> OF_THIS_PROCESS = new ConcurrentHashMap<>();

    private final long room;
    private final LongSupplier nanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<Share> shares = new HashSet<>();
    private int waiting;

    BytesInFlight(long room, LongSupplier nanos) {
        this.room = room;
        this.nanos = nanos;
    }

    /** The heap is the process's, and so is this: services that run in one process, with the same room, have it together. */
    public static BytesInFlight ofThisProcess(long room) {
        return OF_THIS_PROCESS.computeIfAbsent(room, bytes -> new BytesInFlight(bytes, System::nanoTime));
    }

    /** There was no room in time. */
    public static final class NoRoomException extends RuntimeException {
        private NoRoomException() {
            super("no room for another body", null, false, false);
        }
    }

    /** Bytes of memory that are taken now. */
    long held() {
        lock.lock();
        try {
            return shares.stream().mapToLong(share -> share.covered * share.weight).sum();
        } finally {
            lock.unlock();
        }
    }

    /** The largest body that there is ever room for. */
    public long largest(int weight) {
        return FREE + roomFor(Long.MAX_VALUE) / weight;
    }

    /**
     * A share, of nothing as yet.
     *
     * @param announced bytes that are to come; -1: nobody knows
     * @param weight how many bytes of memory each of them takes
     */
    public Share open(long announced, int weight) {
        return new Share(announced < 0 ? -1 : Math.max(0, announced - FREE), weight);
    }

    private long roomFor(long bytes) {
        return bytes > LARGE ? room - room / 8 : room;
    }

    /** One body's part. To be closed when its memory is free again. */
    public final class Share implements AutoCloseable {

        private final long announced;
        private final int weight;
        private long covered;
        private long grew;
        private boolean kept;
        private boolean lost;
        /** Whether it has ever wanted more than what is nobody's concern: most never do, and need not wait for the others' lock. */
        private volatile boolean wants;
        private volatile boolean closed;

        private Share(long announced, int weight) {
            this.announced = announced;
            this.weight = weight;
        }

        /**
         * Makes room for the bytes of this body up to a length; waits where there is none.
         *
         * @return up to which length there is room now, {@code length} or more
         * @throws NoRoomException if there is none in time
         */
        public long cover(long length, Duration patience) throws InterruptedException {
            var wanted = length - FREE;
            if (wanted <= covered) {
                return covered + FREE;
            }
            wants = true;
            lock.lockInterruptibly();
            try {
                wanted = Math.max(wanted, announced < 0 ? wanted - 1 + UNIT : Math.min(announced, covered + UNIT));
                var until = nanos.getAsLong() + patience.toNanos();
                waiting++;
                try {
                    for (long left; closed || !fits(wanted); changed.awaitNanos(Math.min(left, PACE_NANOS / 20))) {
                        left = until - nanos.getAsLong();
                        if (left <= 0 || closed) {
                            throw new NoRoomException();
                        }
                    }
                } finally {
                    waiting--;
                }
                covered = wanted;
                grew = nanos.getAsLong();
                return covered + FREE;
            } finally {
                lock.unlock();
            }
        }

        /** Whether this has not grown for a while although others wait for room. */
        public boolean standsInTheWay() {
            lock.lock();
            try {
                return covered > 0 && waiting > 0 && nanos.getAsLong() - grew > 2 * PACE_NANOS;
            } finally {
                lock.unlock();
            }
        }

        private boolean fits(long wanted) {
            var now = nanos.getAsLong();
            lost |= kept && !isKept(now);
            if (isKept(now) && wanted <= announced) {
                return true;
            }
            // who lost what was kept for it, by coming too slowly, gets only what has come
            var most = kept ? wanted : Math.max(wanted, announced);
            var taken = shares.stream().filter(share -> share != this).mapToLong(share -> share.taken(now)).sum();
            if (taken + most * weight > roomFor(most)) {
                return false;
            }
            kept = true;
            shares.add(this);
            return true;
        }

        private boolean isKept(long now) {
            return kept && !lost && now - grew < PACE_NANOS;
        }

        private long taken(long now) {
            return (isKept(now) ? Math.max(covered, announced) : covered) * weight;
        }

        @Override
        public void close() {
            closed = true;
            if (!wants) {
                return;
            }
            lock.lock();
            try {
                covered = 0;
                shares.remove(this);
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
