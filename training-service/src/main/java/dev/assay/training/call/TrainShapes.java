// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.call;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** What stands in bodies that are read and written a piece at a time, for the API's document. */
final class TrainShapes {

    private TrainShapes() {}

    private static final String INPUTS = "\"inputs\": [{\"samples\": [{\"prompt_token_ids\": [273, 50, 276, 274], \"output_token_ids\": [52, 276],"
            + " \"output_logprobs\": [-2.3, -0.01]}], \"reward\": 1.0}]";

    @Schema(name = "TrainingSample", requiredProperties = "output_token_ids", description = "One turn of the model")
    @JsonNaming(SnakeCaseStrategy.class)
    record Sample(
            @Nullable List<Integer> promptTokenIds,
            @Schema(description = "Instead of prompt_token_ids: chunks of type encoded_text (tokens) and image (data in base64, format png or jpeg,"
                            + " expected_tokens)") @Nullable List<Map<String, Object>> promptChunks,
            List<Integer> outputTokenIds,
            @Schema(description = "Of each output token, as it was sampled; may be left out for cross_entropy") @Nullable List<Double> outputLogprobs) {}

    @Schema(name = "Trajectory", requiredProperties = {"samples", "reward"}, description = "All turns of one attempt, in order")
    @JsonNaming(SnakeCaseStrategy.class)
    record Input(List<Sample> samples, double reward, @Nullable UUID traceId) {}

    @Schema(name = "ForwardBackward", requiredProperties = "inputs", example = "{" + INPUTS + ", \"loss_fn\": \"cross_entropy\"}")
    @JsonNaming(SnakeCaseStrategy.class)
    record ForwardBackward(
            @Schema(minLength = 1) List<Input> inputs,
            @Schema(allowableValues = {"cross_entropy", "importance_sampling", "ppo", "cispo", "dro"}, defaultValue = "importance_sampling") String lossFn,
            @Schema(description = "Bounds of a ratio for ppo and cispo (clip_low_threshold, clip_high_threshold, or epsilon), beta for dro; for all:"
                            + " normalize_std, more than 0 to divide advantages by their group's standard deviation")
                    Map<String, Double> lossFnConfig,
            @Schema(minimum = "1", description = "Of how many inputs, one behind the other, a group is; left out: all are one") @Nullable Integer groupSize,
            @Schema(defaultValue = "1", description = "By which rewards are multiplied") double rewardScale,
            @Schema(minimum = "1", defaultValue = "1", description = "In how many parts it is computed; the sum is the same") int numSubsteps) {}

    @Schema(name = "Forward", requiredProperties = "inputs", example = "{" + INPUTS + "}")
    @JsonNaming(SnakeCaseStrategy.class)
    record Forward(List<Input> inputs, @Schema(minimum = "1") @Nullable Integer groupSize, double rewardScale) {}

    @Schema(
            name = "Backward", requiredProperties = {"forward_id", "weights"},
            example = "{\"forward_id\": \"3f8e4e59-6d3f-4b8e-9d0e-4f1d2c3b4a59\", \"weights\": [[0.5, 0.25]]}")
    @JsonNaming(SnakeCaseStrategy.class)
    record Backward(
            UUID forwardId, @Schema(description = "As many for each datum as the forward said log-probabilities") List<List<Double>> weights,
            @Schema(description = "The caller's own numbers, which are given back and kept with the checkpoint") Map<String, Double> metrics) {}

    @Schema(name = "Accumulated")
    @JsonNaming(SnakeCaseStrategy.class)
    record Accumulated(Map<String, Double> metrics, @Schema(description = "Of how many sequences the inputs were") int numDatums) {}

    @Schema(name = "DatumLogprobs", description = "The three arrays are of one length: position i predicts the token after it")
    @JsonNaming(SnakeCaseStrategy.class)
    record DatumLogprobs(
            double reward, int trajIdx, @Nullable Integer groupIdx, List<Double> logprobs, List<Double> samplingLogprobs, List<Double> mask) {}

    @Schema(name = "Logprobs")
    @JsonNaming(SnakeCaseStrategy.class)
    record Logprobs(UUID forwardId, List<DatumLogprobs> data) {}

    @Schema(name = "Step")
    @JsonNaming(SnakeCaseStrategy.class)
    record Step(int step, UUID checkpointId, String samplerPath, String statePath, @Schema(description = "The slug") String model) {}
}
