// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.JobId;
import dev.assay.contracts.TeamId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Whose run is given out next, without clock or database. The team that holds the fewest runs comes first, whatever its number of jobs;
 * within it the jobs of the highest priority, and of these the one that holds the fewest. Of equals it is whose turn was longest ago. A
 * job, a team and a model hold no more than they may. A team's sessions are given out, and count, as a job of its own does.
 */
public final class FairOrder {

    /**
     * What is given out in the order in which it came: the runs of one job, for one kind of runtime, with one model. Sessions are of no job and
     * no model: the id of what they open, a version of an environment, stands for the job, and the model is "".
     */
    public record Flow(TeamId team, JobId job, String runtime, String model) {}

    /**
     * What is known of a flow's job.
     *
     * @param age the smaller the older
     * @param most how many of its runs may be held at once; null: any number
     */
    record Standing(long age, int priority, @Nullable Integer most) {}

    /**
     * What no team and no model may hold more of.
     *
     * @param team of all teams that are not named; null: any number
     * @param teams of those; empty: any number
     */
    record Limits(@Nullable Integer team, Map<TeamId, Optional<Integer>> teams, Map<String, Integer> models) {

        static final Limits NONE = new Limits(null, Map.of(), Map.of());

        /** Null: any number. */
        @Nullable Integer of(TeamId one) {
            var own = teams.get(one);
            return own == null ? team : own.orElse(null);
        }

        /** Null: any number. */
        @Nullable Integer of(String model) {
            return models.get(model);
        }

        /**
         * Whether one more of a flow may be held.
         *
         * @param most of its job
         * @param held how many are, of a team, a job, or a model
         */
        boolean allow(Flow flow, @Nullable Integer most, ToIntFunction<Object> held) {
            return isBelow(held.applyAsInt(flow.job()), most)
                    && isBelow(held.applyAsInt(flow.team()), of(flow.team()))
                    && isBelow(held.applyAsInt(flow.model()), of(flow.model()));
        }

        private static boolean isBelow(int held, @Nullable Integer most) {
            return most == null || held < most;
        }
    }

    private final Limits limits;
    private final Map<Flow, Standing> flows;
    private final Map<Object, Integer> held = new HashMap<>();
    private final Map<UUID, Long> lastGiven;
    private final Map<UUID, Long> given = new HashMap<>();
    private long turn;

    private final Comparator<Flow> order = Comparator.<Flow>comparingInt(flow -> held(flow.team()))
            .thenComparingLong(flow -> last(flow.team().value()))
            .thenComparing(flow -> flow.team().value())
            .thenComparing(flow -> -standing(flow).priority())
            .thenComparingInt(flow -> held(flow.job()))
            .thenComparingLong(flow -> last(flow.job().value()))
            .thenComparingLong(flow -> standing(flow).age());

    /**
     * @param flows those that have a run to give out
     * @param lastGiven when it was last whose turn, by the team's and the job's id
     * @param turn greater than all of these
     */
    FairOrder(Limits limits, Map<Flow, Standing> flows, Map<UUID, Long> lastGiven, long turn) {
        this.limits = limits;
        this.flows = new LinkedHashMap<>(flows);
        this.lastGiven = new HashMap<>(lastGiven);
        this.turn = turn;
    }

    /** Somebody holds so many more. */
    void holds(TeamId team, JobId job, String model, int runs) {
        held.merge(team, runs, Integer::sum);
        held.merge(job, runs, Integer::sum);
        held.merge(model, runs, Integer::sum);
    }

    /** How many to give out of which flow, so many in all; fewer, if no more may be. They count as held from now on. */
    Map<Flow, Integer> pick(int most) {
        var picked = new LinkedHashMap<Flow, Integer>();
        for (var number = 0; number < most; number++) {
            var next = next();
            if (next.isEmpty()) {
                break;
            }
            var flow = next.get();
            picked.merge(flow, 1, Integer::sum);
            gives(flow);
        }
        return picked;
    }

    /** It has one of its turns, whosever it was. */
    void gives(Flow flow) {
        holds(flow.team(), flow.job(), flow.model(), 1);
        turn++;
        for (var id : List.of(flow.team().value(), flow.job().value())) {
            lastGiven.put(id, turn);
            given.put(id, turn);
        }
    }

    boolean isEmpty() {
        return flows.isEmpty();
    }

    /** Whether it has something to give out. */
    boolean has(Flow flow) {
        return flows.containsKey(flow);
    }

    /** The flow had so many fewer than were picked, and has no more. */
    void hadFewer(Flow flow, int missing) {
        flows.remove(flow);
        holds(flow.team(), flow.job(), flow.model(), -missing);
    }

    /** Whose turn it was, and when. */
    Map<UUID, Long> given() {
        return given;
    }

    private Optional<Flow> next() {
        return flows.keySet().stream().filter(this::mayHoldMore).min(order);
    }

    private boolean mayHoldMore(Flow flow) {
        return mayHoldMore(flow, standing(flow).most());
    }

    /** @param most how many of its job may be held */
    boolean mayHoldMore(Flow flow, @Nullable Integer most) {
        return limits.allow(flow, most, this::held);
    }

    private Standing standing(Flow flow) {
        return Objects.requireNonNull(flows.get(flow));
    }

    /** Of a team, a job, or a model. */
    int held(Object what) {
        return held.getOrDefault(what, 0);
    }

    private long last(UUID id) {
        return lastGiven.getOrDefault(id, 0L);
    }
}
