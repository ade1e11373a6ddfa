// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.tinker;

import dev.assay.contracts.training.Chunk;
import dev.assay.contracts.training.Datum;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A request to learn, as it came. */
record SentToLearn(String model, int sequence, String loss, boolean forwardOnly, List<One> data) {

    record One(Datum datum, double[] weights) {}

    static SentToLearn read(byte[] body) throws IOException {
        var in = new ProtoReader(ByteBuffer.wrap(body));
        var model = "";
        int sequence = 0;
        var loss = "";
        var forwardOnly = false;
        List<One> data = new ArrayList<>();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> model = in.text();
                case 2 -> sequence = (int) in.number();
                case 3 -> data.add(one(in.message()));
                case 4 -> loss = in.text();
                case 6 -> forwardOnly = in.number() != 0;
                default -> {}
            }
        }
        return new SentToLearn(model, sequence, loss, forwardOnly, data);
    }

    private static One one(ProtoReader datum) throws IOException {
        List<Chunk> chunks = new ArrayList<>();
        Map<String, ByteBuffer> inputs = new HashMap<>();
        while (datum.next()) {
            if (datum.field() == 1) {
                var tokens = first(new ProtoReader(first(datum.message()))).asIntBuffer();
                var ids = new int[tokens.remaining()];
                tokens.get(ids);
                chunks.add(new Chunk.Text(ids));
            } else if (datum.field() == 2) {
                var entry = datum.message();
                entry.next();
                var name = entry.text();
                entry.next();
                inputs.put(name, first(entry.message()));
            }
        }
        var targets = inputs.get("target_tokens").asLongBuffer();
        var ids = new int[targets.remaining()];
        for (int at = 0; at < ids.length; at++) {
            ids[at] = (int) targets.get(at);
        }
        var weights = new double[ids.length];
        var given = inputs.get("weights");
        for (int at = 0; at < weights.length; at++) {
            weights[at] = given.getFloat(4 * at);
        }
        var mask = new float[ids.length];
        Arrays.fill(mask, 1);
        return new One(new Datum(0, chunks, ids, mask, new float[ids.length]), weights);
    }

    /** What its first field holds. */
    private static ByteBuffer first(ProtoReader message) throws IOException {
        message.next();
        return message.bytes();
    }
}
