// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.batch;

import dev.assay.contracts.Uuids;
import dev.assay.kit.problem.Problem;
import java.io.DataOutputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads the body of {@code backward}, a datum's weights at a time, and writes them down as 32-bit floats, one behind the other. */
final class WeightsReader {

    private WeightsReader() {}

    /** @throws Problem 400 that names the place */
    static GivenWeights.Read read(InputStream body, OutputStream file) throws IOException {
        var out = new DataOutputStream(new BufferedOutputStream(file, 64 * 1024));
        var found = new Object() {
            @Nullable UUID forward;
            @Nullable List<Integer> lengths;
            Map<String, Double> metrics = Map.of();
        };
        PlacedJson.read(body, json -> {
            json.object("the body", Set.of("forward_id", "weights", "metrics"), name -> {
                switch (name) {
                    case "forward_id" -> found.forward = forward(json.text(name));
                    case "weights" -> {
                        var lengths = new ArrayList<Integer>();
                        json.array(name, number -> lengths.add(write(json.floats(name + "[" + number + "]"), out)));
                        found.lengths = lengths;
                    }
                    case "metrics" -> found.metrics = json.isNull() ? Map.of() : json.numbers(name);
                    default -> throw new IllegalStateException(name);
                }
            });
            return found;
        });
        out.flush();
        if (found.forward == null) {
            throw Problem.badRequest("forward_id", "required");
        }
        if (found.lengths == null) {
            throw Problem.badRequest("weights", "required");
        }
        return new GivenWeights.Read(found.forward, found.lengths, found.metrics);
    }

    private static UUID forward(String text) {
        try {
            return Uuids.parse(text);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("forward_id", "'" + PlacedJson.shortened(text) + "' is no id of a forward");
        }
    }

    private static int write(float[] weights, DataOutputStream out) {
        try {
            for (float weight : weights) {
                out.writeFloat(weight);
            }
        } catch (IOException e) {
            throw Batches.unkept(e);
        }
        return weights.length;
    }
}
