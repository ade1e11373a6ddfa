// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Runs that calls have named and that are not known yet, or of no job yet. For one thread at a time. */
final class AwaitedRuns {

    /** Runs that have not become known by then, after their last call, do not any more. */
    static final Duration LATE = Duration.ofMinutes(15);

    /** So many are asked for at a time, and of a team: those that were asked for longest ago first, then the latest. */
    static final int MOST = 200;
    static final int MOST_OF_A_TEAM = 50;
    /** More of a team could not be asked for within the time that they have. */
    static final int MOST_KEPT_OF_A_TEAM = 3_000;

    /** @param ref as calls named it */
    record Run(UUID team, String ref) {}

    /**
     * @param at when its last call came
     * @param isUnknown whether it is no known run yet for some of its calls, and not only without a job
     * @param asked when somebody asked for it last; null: nobody did
     */
    private record Awaited(Run run, Instant at, boolean isUnknown, @Nullable Instant asked) {}

    private static final Comparator<Awaited> NEXT = Comparator
            .comparing(Awaited::asked, Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparing(Awaited::at, Comparator.reverseOrder());

    private final Map<UUID, Map<String, Awaited>> byTeam = new HashMap<>();

    /** A call of it has been looked at that has no job. */
    void saw(Run run, Instant at, boolean isUnknown) {
        byTeam.computeIfAbsent(run.team(), team -> new HashMap<>()).merge(
                run.ref(), new Awaited(run, at, isUnknown, null), (known, seen) -> new Awaited(
                        run, known.at().isAfter(at) ? known.at() : at, known.isUnknown() || isUnknown, known.asked()));
    }

    /** Whether some of its calls do not have it as their run. */
    boolean isUnknown(Run run) {
        var awaited = byTeam.getOrDefault(run.team(), Map.of()).get(run.ref());
        return awaited != null && awaited.isUnknown();
    }

    /** All of its calls that are booked have it as their run now. */
    void isKnown(Run run) {
        byTeam.getOrDefault(run.team(), Map.of()).computeIfPresent(
                run.ref(), (ref, known) -> new Awaited(run, known.at(), false, known.asked()));
    }

    /** And its job: whichever call of it is without one will be seen when it is looked at. */
    void hasJob(Run run) {
        byTeam.getOrDefault(run.team(), Map.of()).remove(run.ref());
    }

    /** Who is to be asked for now; each team in its turn. Whoever is not asked for after all is among the first next time. */
    List<Run> next(Instant now) {
        byTeam.values().removeIf(runs -> {
            runs.values().removeIf(run -> run.at().isBefore(now.minus(LATE)));
            return runs.isEmpty();
        });
        var turns = new ArrayList<List<Awaited>>();
        byTeam.values().forEach(runs -> {
            var first = runs.values().stream().sorted(NEXT).toList();
            first.stream().skip(MOST_KEPT_OF_A_TEAM).forEach(run -> runs.remove(run.run().ref()));
            for (var turn = 0; turn < Math.min(first.size(), MOST_OF_A_TEAM); turn++) {
                if (turn == turns.size()) {
                    turns.add(new ArrayList<>());
                }
                turns.get(turn).add(first.get(turn));
            }
        });
        return turns.stream().flatMap(turn -> turn.stream().sorted(NEXT)).limit(MOST).map(Awaited::run).toList();
    }

    /** Whatever comes of it. */
    void asked(Run run, Instant now) {
        byTeam.getOrDefault(run.team(), Map.of()).computeIfPresent(
                run.ref(), (ref, known) -> new Awaited(run, known.at(), known.isUnknown(), now));
    }
}
