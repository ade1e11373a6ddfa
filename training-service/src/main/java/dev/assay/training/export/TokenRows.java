// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.export;

import dev.assay.contracts.training.Chunk;
import dev.assay.contracts.training.Datum;
import dev.assay.training.datum.Datums;
import dev.assay.training.datum.Sample;
import dev.assay.training.datum.Trajectory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Rows of sampled ids: one for each sequence that training would make of a run. */
final class TokenRows {

    /** Reasons to stop before it was done. */
    private static final Set<String> CUT = Set.of("length", "max_steps");

    private TokenRows() {}

    static List<ObjectNode> of(Format format, Member member, List<Sample> samples) throws LeftOutException {
        check(samples);
        var datums = Datums.of(new Trajectory(samples, Objects.requireNonNull(member.run().reward()), member.run().id()), 0);
        if (datums.isEmpty()) {
            throw new LeftOutException("nothing was sampled behind a first token, which nothing predicts");
        }
        var rows = new ArrayList<ObjectNode>();
        for (var datum : datums) {
            rows.add(switch (format) {
                case TINKER -> tinker(member, datum);
                case SLIME -> slime(member, Tokens.of(datum), rows.size());
                case VERL -> verl(member, Tokens.of(datum));
                case PRIME -> prime(member, Tokens.of(datum));
                default -> throw new IllegalArgumentException("rows of " + format.wire() + " are not made of ids alone");
            });
        }
        return rows;
    }

    /** What every format with ids asks for. */
    static void check(List<Sample> samples) throws LeftOutException {
        if (samples.isEmpty()) {
            throw new LeftOutException("it has no token ids: its model was asked without return_token_ids, or does not give them");
        }
        if (samples.stream().anyMatch(sample -> sample.output().length > 0 && sample.logprobs().length == 0)) {
            throw new LeftOutException("it has token ids without log-probabilities");
        }
    }

    /** {@code Datum} of tinker 0.38, with the inputs of tinker-cookbook 0.6. */
    private static ObjectNode tinker(Member member, Datum datum) {
        var row = object();
        var chunks = row.putObject("model_input").putArray("chunks");
        datum.input().forEach(chunk -> chunk(chunk, chunks));
        var inputs = row.putObject("loss_fn_inputs");
        tensor(inputs, "target_tokens", datum.targets(), "int64", datum);
        tensor(inputs, "logprobs", datum.sampled(), "float32", datum);
        tensor(inputs, "advantages", advantages(member, datum.mask()), "float32", datum);
        tensor(inputs, "mask", datum.mask(), "float32", datum);
        row.set("assay", member.origin());
        return row;
    }

    private static void chunk(Chunk chunk, ArrayNode to) {
        switch (chunk) {
            case Chunk.Text(int[] tokens) -> to.addObject().put("type", "encoded_text").putPOJO("tokens", tokens);
            case Chunk.Image(String data, String format, int length) -> to.addObject()
                    .put("type", "image").put("data", data).put("format", format).put("expected_tokens", length);
        }
    }

    private static void tensor(ObjectNode inputs, String name, Object data, String type, Datum datum) {
        inputs.putObject(name).putPOJO("data", data).put("dtype", type).putPOJO("shape", new int[] {datum.length()});
    }

    /** {@code Sample.to_dict()} of slime 0.3. It has no text: that would have to be made of the ids. */
    private static ObjectNode slime(Member member, Tokens tokens, int sequence) {
        var run = member.run();
        var row = object()
                .put("group_index", member.group())
                .put("index", member.index())
                .put("prompt", "")
                .putPOJO("tokens", tokens.ids())
                .put("response", "")
                .put("response_length", tokens.ids().length - tokens.prompt())
                .putPOJO("loss_mask", whole(tokens.responseMask()))
                .putPOJO("rollout_log_probs", tokens.responseLogprobs())
                .put("reward", run.reward())
                .put("status", switch (run.status()) {
                    case "completed" -> CUT.contains(Objects.requireNonNullElse(run.stopReason(), "")) ? "truncated" : "completed";
                    case "cancelled" -> "aborted";
                    default -> "failed";
                });
        row.set("metadata", member.origin().put("sequence", sequence));
        return row;
    }

    /** {@code AgentLoopOutput} of verl 0.9. */
    private static ObjectNode verl(Member member, Tokens tokens) {
        var row = object()
                .putPOJO("prompt_ids", Arrays.copyOf(tokens.ids(), tokens.prompt()))
                .putPOJO("response_ids", Arrays.copyOfRange(tokens.ids(), tokens.prompt(), tokens.ids().length))
                .putPOJO("response_mask", whole(tokens.responseMask()))
                .putPOJO("response_logprobs", tokens.responseLogprobs())
                .put("reward_score", member.run().reward())
                .put("num_turns", tokens.turns());
        row.putObject("metrics");
        row.set("extra_fields", member.origin());
        return row;
    }

    /** {@code TrainingSample} of prime-rl 0.8, which wants temperatures: log-probabilities are of what was sampled from, so 1. */
    private static ObjectNode prime(Member member, Tokens tokens) {
        var mask = new boolean[tokens.ids().length];
        var temperatures = new float[mask.length];
        Arrays.fill(temperatures, 1);
        for (int i = 0; i < mask.length; i++) {
            mask[i] = tokens.mask()[i] > 0;
        }
        var row = object()
                .putPOJO("token_ids", tokens.ids())
                .putPOJO("mask", mask)
                .putPOJO("logprobs", tokens.logprobs())
                .putPOJO("temperatures", temperatures)
                .put("env_name", Objects.requireNonNullElse(member.run().environment(), ""))
                .putPOJO("advantages", advantages(member, tokens.mask()));
        row.set("assay", member.origin());
        return row;
    }

    private static float[] advantages(Member member, float[] mask) {
        double advantage = Objects.requireNonNull(member.advantage());
        var advantages = new float[mask.length];
        for (int i = 0; i < mask.length; i++) {
            advantages[i] = mask[i] > 0 ? (float) (mask[i] * advantage) : 0;
        }
        return advantages;
    }

    private static int[] whole(float[] mask) {
        var whole = new int[mask.length];
        for (int i = 0; i < mask.length; i++) {
            whole[i] = mask[i] > 0 ? 1 : 0;
        }
        return whole;
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
