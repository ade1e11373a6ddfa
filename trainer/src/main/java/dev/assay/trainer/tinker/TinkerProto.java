// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.tinker;

import dev.assay.trainer.engine.Sampler.Alternative;
import dev.assay.trainer.engine.Sampler.Sampled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What of the wire is in Protocol Buffers, as {@code tinker_public.proto} of tinker 0.38 numbers it. */
final class TinkerProto {

    private static final int FLOAT32 = 1;
    private static final int INT64 = 2;
    private static final int BFLOAT16 = 4;

    private TinkerProto() {}

    /**
     * A sequence, and by how much each of its positions counts.
     *
     * @param tokens that are read
     * @param targets of each the next
     */
    record Weighed(int[] tokens, int[] targets, float[] weights) {

        /** About as many as it is on the wire. */
        int bytes() {
            return 16 * tokens.length;
        }
    }

    /** Cross entropy: Σ −weight·ℓ, which is what it is differentiated by. */
    static byte[] forwardBackward(String model, int seq, List<Weighed> data, boolean forwardOnly) {
        var request = new ProtoWriter().put(1, model).put(2, seq);
        for (var one : data) {
            request.put(3, datum(one));
        }
        request.put(4, "cross_entropy");
        return (forwardOnly ? request.put(6, 1) : request).bytes();
    }

    private static ProtoWriter datum(Weighed one) {
        var tokens = ProtoWriter.little(4 * one.tokens().length);
        tokens.asIntBuffer().put(one.tokens());
        var targets = ProtoWriter.little(8 * one.targets().length);
        for (int target : one.targets()) {
            targets.putLong(target);
        }
        var weights = ProtoWriter.little(4 * one.weights().length);
        weights.asFloatBuffer().put(one.weights());
        return new ProtoWriter()
                .put(1, new ProtoWriter().put(1, new ProtoWriter().put(1, tokens.array())))
                .put(2, input("target_tokens", targets.array(), INT64, one.targets().length))
                .put(2, input("weights", weights.array(), FLOAT32, one.weights().length));
    }

    private static ProtoWriter input(String name, byte[] dense, int type, int length) {
        return new ProtoWriter().put(1, name).put(2, new ProtoWriter().put(1, dense).put(3, type).put(4, length));
    }

    /** Of each datum ℓ at each position. */
    static List<double[]> logprobs(byte[] output) throws IOException {
        List<double[]> logprobs = new ArrayList<>();
        var in = new ProtoReader(ByteBuffer.wrap(output));
        while (in.next()) {
            if (in.field() == 2) {
                fields(in.message(), logprobs);
            }
        }
        return logprobs;
    }

    private static void fields(ProtoReader record, List<double[]> into) throws IOException {
        while (record.next()) {
            if (record.field() == 2) {
                var entry = record.message();
                var name = "";
                ProtoReader value = null;
                while (entry.next()) {
                    switch (entry.field()) {
                        case 1 -> name = entry.text();
                        case 2 -> value = entry.message();
                        default -> {}
                    }
                }
                if (name.equals("logprobs") && value != null) {
                    batch(value, into);
                }
            }
        }
    }

    /** Those of several datums, one behind the other, and at which byte each begins. */
    private static void batch(ProtoReader tensor, List<double[]> into) throws IOException {
        var data = ByteBuffer.allocate(0);
        var offsets = ByteBuffer.allocate(0);
        long type = 0;
        while (tensor.next()) {
            switch (tensor.field()) {
                case 1 -> data = tensor.bytes();
                case 2 -> offsets = tensor.bytes();
                case 3 -> type = tensor.number();
                default -> {}
            }
        }
        if (type != FLOAT32 && type != BFLOAT16) {
            throw new IOException("the service tells log-probabilities as numbers of kind " + type);
        }
        int size = type == FLOAT32 ? 4 : 2;
        for (var begins = offsets.asLongBuffer(); begins.remaining() > 1; ) {
            long from = begins.get();
            long to = begins.get(begins.position());
            if (from < 0 || to < from || to > data.limit()) {
                throw new IOException("the service's log-probabilities do not lie where it says");
            }
            var some = new double[(int) (to - from) / size];
            for (int position = 0; position < some.length; position++) {
                int at = (int) from + size * position;
                some[position] = type == FLOAT32 ? data.getFloat(at) : Float.intBitsToFloat(data.getShort(at) << 16);
            }
            into.add(some);
        }
    }

    /** The first that was sampled. Which text ended it is not told. */
    static Sampled sampled(byte[] response) throws IOException {
        var in = new ProtoReader(ByteBuffer.wrap(response));
        while (in.next()) {
            if (in.field() == 1) {
                return sequence(in.message());
            }
        }
        throw new IOException("the service has sampled nothing");
    }

    private static Sampled sequence(ProtoReader sequence) throws IOException {
        var ended = true;
        var tokens = new int[0];
        double @Nullable [] logprobs = null;
        List<List<Alternative>> alternatives = List.of();
        while (sequence.next()) {
            switch (sequence.field()) {
                case 1 -> ended = sequence.number() == 0;
                case 2 -> tokens = ints(sequence.bytes());
                case 3 -> logprobs = floats(sequence.bytes());
                case 4 -> alternatives = alternatives(sequence.message());
                default -> {}
            }
        }
        if (logprobs == null && tokens.length == 0) {
            logprobs = new double[0];
        }
        if (logprobs == null || logprobs.length != tokens.length) {
            throw new IOException("the service has not told the log-probability of every token that it sampled");
        }
        return new Sampled(tokens, logprobs, alternatives, ended, null);
    }

    private static List<List<Alternative>> alternatives(ProtoReader top) throws IOException {
        var tokens = new int[0];
        var logprobs = new double[0];
        int each = 0;
        while (top.next()) {
            switch (top.field()) {
                case 1 -> tokens = ints(top.bytes());
                case 2 -> logprobs = floats(top.bytes());
                case 3 -> each = (int) top.number();
                default -> {}
            }
        }
        List<List<Alternative>> places = new ArrayList<>();
        for (int at = 0; each > 0 && at + each <= Math.min(tokens.length, logprobs.length); at += each) {
            List<Alternative> place = new ArrayList<>();
            for (int one = at; one < at + each; one++) {
                if (Double.isFinite(logprobs[one])) {
                    place.add(new Alternative(tokens[one], logprobs[one]));
                }
            }
            places.add(place);
        }
        return places;
    }

    private static int[] ints(ByteBuffer bytes) {
        var numbers = new int[bytes.remaining() / 4];
        bytes.asIntBuffer().get(numbers);
        return numbers;
    }

    private static double[] floats(ByteBuffer bytes) {
        var numbers = new double[bytes.remaining() / 4];
        for (int at = 0; at < numbers.length; at++) {
            numbers[at] = bytes.getFloat(4 * at);
        }
        return numbers;
    }
}
