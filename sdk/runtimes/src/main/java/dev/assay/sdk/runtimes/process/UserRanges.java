// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** Ranges of users. One is its sandbox's alone for as long as that one's folder is there; those that were used last come again last. */
final class UserRanges {

    static final int RANGES = 16_000;

    private record Held(int first, int count) {}

    private final Map<Path, Held> held = new HashMap<>();
    private int next;

    /** Workers that share a machine begin at different ones. */
    UserRanges() {
        this(new Random().nextInt(RANGES));
    }

    UserRanges(int next) {
        this.next = next;
    }

    /**
     * So many that lie one after the other.
     *
     * @param folder whose they are, which is there
     * @return the first one's first user
     */
    synchronized int take(Path folder, int count) {
        var taken = taken();
        int at = free(taken, next, count);
        if (at < 0) {
            at = free(taken, 0, count);
        }
        if (at < 0) {
            throw new IllegalStateException("no " + count + " ranges of users are free");
        }
        held.put(folder, new Held(at, count));
        next = at + count;
        return Workshop.FIRST_USER + at * Workshop.USERS;
    }

    /** One that lies in another's: it stays a sandbox's own when the other is gone. */
    synchronized void hold(Path folder, int firstUser) {
        held.put(folder, new Held((firstUser - Workshop.FIRST_USER) / Workshop.USERS, 1));
    }

    private BitSet taken() {
        held.keySet().removeIf(folder -> !Files.exists(folder, LinkOption.NOFOLLOW_LINKS));
        var taken = new BitSet(RANGES);
        held.values().forEach(one -> taken.set(one.first(), one.first() + one.count()));
        return taken;
    }

    /** -1: there are none from there on. */
    private static int free(BitSet taken, int from, int count) {
        int at = taken.nextClearBit(from);
        while (at + count <= RANGES) {
            int hindrance = taken.nextSetBit(at);
            if (hindrance < 0 || hindrance >= at + count) {
                return at;
            }
            at = taken.nextClearBit(hindrance);
        }
        return -1;
    }
}
