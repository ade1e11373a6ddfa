// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.batch;

import dev.assay.contracts.ModelId;
import dev.assay.contracts.internal.SampledCall;
import dev.assay.contracts.training.Chunk;
import dev.assay.training.batch.RecordedSamples.Steps;
import dev.assay.training.datum.Sample;
import dev.assay.training.sample.SampledCalls;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a run is learnt from. Its steps say which calls were turns of its agent; what was read and sampled in them says the gateway, if it
 * knows. Steps are the client's word: they can choose among what was sampled, and add nothing to it. A record that is not whole is none.
 * Of a run that must have one and has none its steps say nothing: whatever runs inside it can send them.
 */
public sealed interface Settled {

    /** @param models that the gateway saw; none: it saw nothing, and the samples are those of the steps */
    record Samples(List<Sample> samples, Set<ModelId> models) implements Settled {}

    /** @param why in words that go on from the run's name */
    record Refused(String why) implements Settled {}

    /** @param recorded whether all that the run's model sampled has gone past the gateway */
    static Settled of(SampledCalls.OfRun record, Steps steps, boolean recorded) {
        if (record.full()) {
            return new Refused("sampled more than is kept of one run: its tokens are not all on record.");
        }
        if (record.calls().isEmpty()) {
            if (recorded) {
                return new Refused("has no record of what its model sampled: no call named it, or that is too long ago.");
            }
            return steps.samples().isEmpty()
                    ? new Refused("has no token ids: its model was asked without return_token_ids, or does not give them.")
                    : new Samples(steps.samples(), Set.of());
        }
        if (steps.turns() > 0 && steps.samples().size() == steps.turns()) {
            var chosen = chosen(record.calls(), steps.samples());
            if (chosen != null) {
                return samples(chosen);
            }
        }
        var calls = answered(record.calls());
        long without = calls.stream().filter(call -> !call.hasIds()).count();
        if (without > 0) {
            return new Refused("has no token ids of " + without + " of its " + calls.size()
                    + " calls: its model was asked without return_token_ids and logprobs.");
        }
        if (steps.graded() && steps.turns() > 0 && steps.turns() != calls.size()) {
            return new Refused("has " + steps.turns() + " turns of its agent and " + calls.size()
                    + " calls of models that are trained here: which of them were its turns cannot be told.");
        }
        var of = samples(calls);
        if (steps.turns() > calls.size() || steps.elsewhere() > 0 || of.models().size() > 1) {
            return new Refused("was answered by other models as well, and its steps do not say which answers were turns of its agent.");
        }
        return of;
    }

    /** Without those whose client has not had the answer, and has asked again. */
    private static List<SampledCall> answered(List<SampledCall> calls) {
        var answered = new ArrayList<SampledCall>();
        for (var call : calls) {
            var before = answered.isEmpty() ? null : answered.getLast();
            if (call.retry() > 0 && before != null && Arrays.equals(before.prompt(), call.prompt())) {
                answered.removeLast();
            }
            answered.add(call);
        }
        return answered;
    }

    /** The calls that these samples are of, in their order; null: one of them is of none. */
    private static @Nullable List<SampledCall> chosen(List<SampledCall> calls, List<Sample> samples) {
        var chosen = new ArrayList<SampledCall>();
        int next = 0;
        for (var call : calls) {
            if (next < samples.size() && isOf(samples.get(next), call)) {
                chosen.add(call);
                next++;
            }
        }
        return next == samples.size() ? chosen : null;
    }

    /** By what was read and sampled; how likely that was is not asked. */
    private static boolean isOf(Sample sample, SampledCall call) {
        return call.hasIds() && Arrays.equals(sample.output(), call.output()) && sample.prompt().equals(prompt(call));
    }

    private static List<Chunk> prompt(SampledCall call) {
        var prompt = Objects.requireNonNull(call.prompt());
        return prompt.length == 0 ? List.of() : List.of(new Chunk.Text(prompt));
    }

    private static Samples samples(List<SampledCall> calls) {
        return new Samples(
                calls.stream().map(call -> new Sample(
                        prompt(call), Objects.requireNonNull(call.output()), Objects.requireNonNull(call.logprobs()))).toList(),
                calls.stream().map(SampledCall::model).collect(Collectors.toSet()));
    }
}
