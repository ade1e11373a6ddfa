// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.robot;

import dev.assay.sdk.agents.StepRecorder;
import dev.assay.sdk.protocol.step.RobotStep;
import dev.assay.sdk.protocol.step.RobotStep.Feature;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Tells of an episode as it happens: the robot's state and the policy's plans as steps, what its cameras see as films. */
final class EpisodeRecorder implements AutoCloseable {

    private final Contract contract;
    private final StepRecorder steps;
    private final Clock clock;
    private final Films films;
    private double reward;

    EpisodeRecorder(Contract contract, StepRecorder steps, Clock clock) {
        this.contract = contract;
        this.steps = steps;
        this.clock = clock;
        this.films = new Films(contract.rate(), piece -> steps.record(piece, null, clock.instant()));
    }

    /** @throws IOException if what was seen is not what anybody could look at */
    void saw(int tick, Map<String, @Nullable Object> data) throws IOException {
        var state = new LinkedHashMap<String, Feature>();
        int numbers = 0;
        for (var one : data.entrySet()) {
            if (one.getValue() instanceof NdArray array && array.rank() >= 2) {
                continue; // a camera's, or a table that nobody draws
            }
            var values = one.getValue() instanceof NdArray array ? Numbers.all(array) : new double[] {Numbers.number(one.getValue())};
            numbers += Math.max(1, values.length); // names alone take their room, too
            if (numbers > Numbers.MOST) {
                throw Numbers.tooMany();
            }
            label(one.getKey(), Arrays.stream(values).boxed().toList(), state);
        }
        steps.record(new RobotStep.Observation(tick, state), null, clock.instant());
        films.take(tick, data);
    }

    /** One part of an observation's numbers, from one to another, both included. */
    private record Slice(int from, int to, String name, List<String> names) {}

    /**
     * Names what a vector holds: by the contract's features that have its name as one of their parts, if their orders tile it; else by the
     * one that is called like it and names every number; else by nothing.
     */
    private void label(String name, List<Double> values, Map<String, Feature> state) {
        var slices = new ArrayList<Slice>();
        List<String> whole = List.of();
        for (var feature : contract.features(name)) {
            var order = feature.order();
            if (!order.isMissingNode() && !order.isNull()) {
                slices.add(slice(order, feature.name(), feature.names()));
            } else if (feature.name().equals(name) && feature.names().size() == values.size()) {
                whole = feature.names();
            }
        }
        slices.sort(Comparator.comparingInt(Slice::from).thenComparingInt(Slice::to));
        if (!slices.isEmpty() && tile(slices, values.size())) {
            for (var slice : slices) {
                var part = values.subList(slice.from(), slice.to() + 1);
                state.put(slice.name(), new Feature(slice.names().size() == part.size() ? slice.names() : List.of(), part));
            }
        } else {
            state.put(name, new Feature(whole, values));
        }
    }

    private static Slice slice(JsonNode order, String name, List<String> names) {
        var bounds = order.asString("").split("-", -1);
        try {
            return new Slice(Integer.parseInt(bounds[0].strip()), Integer.parseInt(bounds[bounds.length - 1].strip()), name, names);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("a contract with an order that is none: " + order);
        }
    }

    private static boolean tile(List<Slice> slices, int size) {
        int next = 0;
        for (var slice : slices) {
            if (slice.from() != next || slice.to() < slice.from() || slice.to() >= size) {
                return false;
            }
            next = slice.to() + 1;
        }
        return next == size;
    }

    void planned(int tick, double[][] rows) {
        var chunk = Arrays.stream(rows).map(row -> Arrays.stream(row).boxed().toList()).toList();
        steps.record(new RobotStep.Inference(tick, chunk, rows.length, contract.actionNames()), null, clock.instant());
    }

    void rewarded(double more) {
        reward += more;
    }

    /** All rewards of the episode so far, added up. */
    double reward() {
        return reward;
    }

    /** How many pictures are in no film, because there was no time for them. */
    long lost() {
        return films.lost();
    }

    /** Whole films: the last pieces are told when this returns. */
    @Override
    public void close() {
        films.close();
    }
}
