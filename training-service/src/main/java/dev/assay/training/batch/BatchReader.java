// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.batch;

import dev.assay.contracts.RunId;
import dev.assay.kit.problem.Problem;
import dev.assay.training.datum.Sample;
import dev.assay.training.datum.Trajectory;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of {@code forward-backward} and {@code forward}, a turn at a time. Everything that is wrong is said with where it stands.
 * Members that no client sends are refused, as the client refuses them.
 */
final class BatchReader {

    private static final Set<String> OF_A_FORWARD = Set.of("inputs", "group_size", "reward_scale");
    private static final Set<String> OF_A_BATCH =
            Set.of("inputs", "loss_fn", "loss_fn_config", "group_size", "reward_scale", "num_substeps");

    private final PlacedJson json;
    private final Set<String> members;
    private final BatchInputs inputs;

    private @Nullable String lossFn;
    private Map<String, Double> lossFnConfig = Map.of();
    private @Nullable Integer groupSize;
    private double rewardScale = 1;
    private int substeps = 1;
    private int count;

    private BatchReader(PlacedJson json, Set<String> members, BatchInputs inputs) {
        this.json = json;
        this.members = members;
        this.inputs = inputs;
    }

    /** @throws Problem 400 that names the place */
    static BatchSettings read(InputStream body, BatchInputs inputs) {
        return read(body, OF_A_BATCH, inputs);
    }

    /** Of a batch that is not learnt from. @throws Problem 400 that names the place */
    static BatchSettings readForward(InputStream body, BatchInputs inputs) {
        return read(body, OF_A_FORWARD, inputs);
    }

    private static BatchSettings read(InputStream body, Set<String> members, BatchInputs inputs) {
        return PlacedJson.read(body, json -> {
            var reader = new BatchReader(json, members, inputs);
            reader.batch();
            return new BatchSettings(reader.lossFn, reader.lossFnConfig, reader.groupSize, reader.rewardScale, reader.substeps);
        });
    }

    private void batch() {
        json.object("the body", members, name -> {
            switch (name) {
                case "inputs" -> json.array(name, at -> input(name + "[" + at + "]"));
                case "loss_fn" -> lossFn = json.text(name);
                case "loss_fn_config" -> lossFnConfig = json.isNull() ? Map.of() : json.numbers(name);
                case "group_size" -> groupSize = json.isNull() ? null : json.positive(name);
                case "reward_scale" -> rewardScale = json.number(name);
                case "num_substeps" -> substeps = json.positive(name);
                default -> throw new IllegalStateException(name);
            }
        });
        if (count == 0) {
            throw Problem.badRequest("inputs", "must hold at least one");
        }
        if (groupSize != null && count % groupSize != 0) {
            throw Problem.badRequest("group_size", count + " inputs are no groups of " + groupSize);
        }
    }

    private void input(String at) {
        count++;
        if (json.isText()) {
            RunId run;
            try {
                run = RunId.parse(json.text(at));
            } catch (IllegalArgumentException e) {
                throw Problem.badRequest(at, "'" + PlacedJson.shortened(json.text(at)) + "' is no id of a trace");
            }
            inputs.recorded(run);
            return;
        }
        List<Sample> samples = new ArrayList<>();
        var found = new Object() {
            @Nullable Double reward;
            @Nullable RunId trace;
        };
        json.object(at, Set.of("samples", "reward", "trace_id"), name -> {
            var here = at + "." + name;
            switch (name) {
                case "samples" -> json.array(here, number -> samples.add(SampleReader.read(json, here + "[" + number + "]")));
                case "reward" -> found.reward = json.number(here);
                case "trace_id" -> found.trace = json.isNull() ? null : trace(here);
                default -> throw new IllegalStateException(name);
            }
        });
        if (samples.isEmpty()) {
            throw Problem.badRequest(at + ".samples", "must hold at least one");
        }
        if (found.reward == null) {
            throw Problem.badRequest(at + ".reward", "required");
        }
        inputs.given(new Trajectory(samples, found.reward, found.trace));
    }

    private RunId trace(String at) {
        var text = json.text(at);
        try {
            return RunId.parse(text);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(at, "'" + PlacedJson.shortened(text) + "' is no id of a trace");
        }
    }
}
