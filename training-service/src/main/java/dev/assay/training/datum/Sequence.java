// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.datum;

import dev.assay.contracts.training.Datum;
import dev.assay.contracts.training.Chunk;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was read and sampled so far, turn after turn. Text that follows text is one chunk, however it came. */
final class Sequence {

    private final List<Chunk> chunks = new ArrayList<>();
    private final List<float[]> mask = new ArrayList<>();
    private final List<float[]> sampled = new ArrayList<>();
    private int length;

    /** Whether the prompt begins with all of it. */
    boolean isPrefixOf(List<Chunk> prompt) {
        return restOf(joined(prompt)) != null;
    }

    /** The turn after: its prompt begins with all of this. */
    void add(Sample turn) {
        var rest = restOf(joined(turn.prompt()));
        if (rest == null) {
            throw new IllegalArgumentException("the prompt does not go on from here");
        }
        for (var chunk : rest) {
            append(chunk, 0, new float[chunk.length()]);
        }
        append(new Chunk.Text(turn.output()), 1, turn.logprobs().length == 0 ? new float[turn.output().length] : turn.logprobs());
    }

    private void append(Chunk chunk, float action, float[] logprobs) {
        var last = chunks.isEmpty() ? null : chunks.getLast();
        if (last instanceof Chunk.Text(int[] before) && chunk instanceof Chunk.Text(int[] more)) {
            chunks.set(chunks.size() - 1, new Chunk.Text(joined(before, more)));
        } else {
            chunks.add(chunk);
        }
        var actions = new float[chunk.length()];
        Arrays.fill(actions, action);
        mask.add(actions);
        sampled.add(logprobs);
        length += chunk.length();
    }

    /** What the prompt has behind this; null: it does not begin with it. */
    private @Nullable List<Chunk> restOf(List<Chunk> prompt) {
        if (chunks.isEmpty()) {
            return prompt;
        }
        int last = chunks.size() - 1;
        if (prompt.size() <= last || !prompt.subList(0, last).equals(chunks.subList(0, last))) {
            return null;
        }
        var behind = prompt.subList(last + 1, prompt.size());
        if (prompt.get(last).equals(chunks.get(last))) {
            return behind;
        }
        if (!(chunks.get(last) instanceof Chunk.Text(int[] known) && prompt.get(last) instanceof Chunk.Text(int[] longer))
                || longer.length < known.length || !Arrays.equals(known, 0, known.length, longer, 0, known.length)) {
            return null;
        }
        var rest = new ArrayList<Chunk>();
        rest.add(new Chunk.Text(Arrays.copyOfRange(longer, known.length, longer.length)));
        rest.addAll(behind);
        return rest;
    }

    private static List<Chunk> joined(List<Chunk> prompt) {
        var joined = new ArrayList<Chunk>();
        for (var chunk : prompt) {
            if (chunk.length() == 0) {
                continue;
            }
            if (!joined.isEmpty() && joined.getLast() instanceof Chunk.Text(int[] before) && chunk instanceof Chunk.Text(int[] more)) {
                joined.set(joined.size() - 1, new Chunk.Text(joined(before, more)));
            } else {
                joined.add(chunk);
            }
        }
        return joined;
    }

    private static int[] joined(int[] before, int[] more) {
        var both = Arrays.copyOf(before, before.length + more.length);
        System.arraycopy(more, 0, both, before.length, more.length);
        return both;
    }

    /** The last chunk is what was sampled last, so text. */
    Datum shifted(int trajectory) {
        var input = new ArrayList<>(chunks);
        var last = (Chunk.Text) input.removeLast();
        if (last.length() > 1) {
            input.add(new Chunk.Text(Arrays.copyOf(last.tokens(), last.length() - 1)));
        }
        return new Datum(trajectory, List.copyOf(input), tokensBehindTheFirst(), behindTheFirst(mask), behindTheFirst(sampled));
    }

    private int[] tokensBehindTheFirst() {
        var tokens = new int[length];
        int at = 0;
        for (var chunk : chunks) {
            if (chunk instanceof Chunk.Text(int[] ids)) {
                System.arraycopy(ids, 0, tokens, at, ids.length);
            }
            at += chunk.length();
        }
        return Arrays.copyOfRange(tokens, 1, length);
    }

    private float[] behindTheFirst(List<float[]> parts) {
        var whole = new float[length];
        int at = 0;
        for (var part : parts) {
            System.arraycopy(part, 0, whole, at, part.length);
            at += part.length;
        }
        return Arrays.copyOfRange(whole, 1, length);
    }
}
