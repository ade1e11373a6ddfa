// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.spare;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which spares are to be started, and which have waited for long enough: as many as the last minute's starts make likely to be
 * taken, and none that a run at hand would miss.
 *
 * @param end spares that wait
 * @param start one spare for each, in this order
 */
record SparePlan(List<Waiting> end, List<SpareKey> start) {

    /** For so long a spare may wait, and a start is remembered. */
    static final Duration LONGEST_WAIT = SpareKeeping.LONGEST_WAIT;

    private static final Duration RECENTLY = Duration.ofMinutes(1);

    /** What starts once may never start again, and a spare would have been for nothing. */
    private static final int FEWEST_STARTS = 2;

    private static final int STARTS_FOR_EACH = 4;
    private static final int MOST_OF_ONE = 8;

    /** One that serves, and that nobody has taken. */
    record Waiting(String id, SpareKey key, Instant since) {}

    /**
     * What runs leave.
     *
     * @param memoryBytes that nobody needs; below zero: runs need it more
     * @param most spares at a time
     * @param starts that may begin now, of those that may be under way at a time
     */
    record Room(long memoryBytes, int most, int starts) {}

    /**
     * @param making spares that are being started
     * @param starts when each was asked for, whatever came of it
     * @param refused of which none is to be started
     */
    static SparePlan of(
            List<Waiting> waiting, List<SpareKey> making, Map<SpareKey, List<Instant>> starts, Set<SpareKey> refused, Room room, Instant now) {
        if (room.memoryBytes() < 0) {
            return new SparePlan(waiting, List.of());
        }
        var kept = waiting.stream().filter(spare -> !isOld(spare.since(), now) && wanted(starts.getOrDefault(spare.key(), List.of()), now) > 0).toList();
        var end = new ArrayList<>(waiting);
        end.removeAll(kept);
        var all = Stream.concat(kept.stream().map(Waiting::key), making.stream()).toList();
        Map<SpareKey, Integer> missing = new HashMap<>();
        starts.forEach((key, own) -> missing.put(key, wanted(own, now) - (int) all.stream().filter(key::equals).count()));
        var lacking = missing.entrySet().stream()
                .filter(one -> one.getValue() > 0 && !refused.contains(one.getKey()))
                .map(one -> new Lacking(one.getKey(), one.getValue()))
                .toList();
        if (all.size() >= room.most() && lacking.stream().anyMatch(one -> isRecent(starts.get(one.key()).getLast(), now))) {
            kept.stream() // the place of one too many, or of what was asked for long ago, is another's
                    .filter(spare -> missing.get(spare.key()) < 0 || !isRecent(starts.get(spare.key()).getLast(), now))
                    .min(Comparator.comparing(spare -> starts.get(spare.key()).getLast()))
                    .ifPresent(end::add);
        }
        return new SparePlan(List.copyOf(end), begun(lacking, all.size(), room));
    }

    private record Lacking(SpareKey key, int number) {}

    private static List<SpareKey> begun(List<Lacking> lacking, int there, Room room) {
        var begun = new ArrayList<SpareKey>();
        long memory = room.memoryBytes();
        for (var one : lacking.stream().sorted(Comparator.comparingInt(Lacking::number).reversed()).toList()) {
            for (int i = 0; i < one.number() && begun.size() < room.starts() && there + begun.size() < room.most(); i++) {
                if (one.key().limits().memoryBytes() <= memory) {
                    memory -= one.key().limits().memoryBytes();
                    begun.add(one.key());
                }
            }
        }
        return begun;
    }

    static boolean isOld(Instant since, Instant now) {
        return !since.plus(LONGEST_WAIT).isAfter(now);
    }

    private static boolean isRecent(Instant start, Instant now) {
        return start.plus(RECENTLY).isAfter(now);
    }

    private static int wanted(List<Instant> starts, Instant now) {
        if (starts.stream().filter(start -> !isOld(start, now)).count() < FEWEST_STARTS) {
            return 0;
        }
        int recent = (int) starts.stream().filter(start -> isRecent(start, now)).count();
        return Math.clamp(Math.ceilDiv(recent, STARTS_FOR_EACH), 1, MOST_OF_ONE);
    }
}
