// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.tinker;

import dev.assay.trainer.engine.Sampler.Alternative;
import dev.assay.trainer.engine.Sampler.Sampled;
import java.util.List;

/** Results as the service tells them in Protocol Buffers. */
final class ToldInProto {

    private ToldInProto() {}

    static byte[] response(Sampled sampled, int alternatives) {
        var sequence = new ProtoWriter();
        if (!sampled.ended()) {
            sequence.put(1, 1);
        }
        sequence.put(2, ints(sampled.tokens())).put(3, floats(sampled.logprobs()));
        if (alternatives > 0) {
            var each = sampled.alternatives().stream().mapToInt(List::size).min().orElse(0);
            var all = sampled.alternatives().stream().flatMap(place -> place.stream().limit(each)).toList();
            sequence.put(4, new ProtoWriter()
                    .put(1, ints(all.stream().mapToInt(Alternative::token).toArray()))
                    .put(2, floats(all.stream().mapToDouble(Alternative::logprob).toArray()))
                    .put(3, each)
                    .put(4, sampled.alternatives().size()));
        }
        return new ProtoWriter().put(1, sequence).bytes();
    }

    private static byte[] ints(int[] numbers) {
        var bytes = ProtoWriter.little(4 * numbers.length);
        bytes.asIntBuffer().put(numbers);
        return bytes.array();
    }

    private static byte[] floats(double[] numbers) {
        var bytes = ProtoWriter.little(4 * numbers.length);
        for (double number : numbers) {
            bytes.putFloat((float) number);
        }
        return bytes.array();
    }

    static byte[] output(List<double[]> logprobs) {
        var all = logprobs.stream().mapToInt(one -> one.length).sum();
        var data = ProtoWriter.little(4 * all);
        var offsets = ProtoWriter.little(8 * (logprobs.size() + 1));
        for (var one : logprobs) {
            offsets.putLong(data.position());
            for (double logprob : one) {
                data.putFloat((float) logprob);
            }
        }
        offsets.putLong(data.position());
        var tensor = new ProtoWriter().put(1, data.array()).put(2, offsets.array()).put(3, 1);
        return new ProtoWriter()
                .put(1, "ArrayRecord")
                .put(2, new ProtoWriter()
                        .put(1, "ArrayRecord")
                        .put(2, new ProtoWriter().put(1, "logprobs").put(2, tensor))
                        .put(3, logprobs.size()))
                .bytes();
    }
}
