// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.call;

import dev.assay.contracts.ModelId;
import dev.assay.contracts.training.Call.Rate;
import dev.assay.contracts.training.Loss;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import dev.assay.training.batch.Batches;
import dev.assay.training.model.Catalog;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** What a model is told. Each is answered when it is done, which may take long. */
@RestController
@Admits(Role.MEMBER)
@RequestMapping("/v1/models/{id}/train")
@Tag(name = "training", description = "From rewards to a better model")
class TrainController {

    private final Catalog catalog;
    private final Batches batches;
    private final Calls calls;
    private final Waits waits;

    TrainController(Catalog catalog, Batches batches, Calls calls, Waits waits) {
        this.catalog = catalog;
        this.batches = batches;
        this.calls = calls;
        this.waits = waits;
    }

    record Losses(List<String> losses) {}

    @Admits(Role.VIEWER)
    @GetMapping("/losses")
    @Operation(summary = "List the losses that a model can be trained with")
    Losses losses(Caller caller, @PathVariable ModelId id) {
        catalog.trainable(caller.team(), id);
        return new Losses(Loss.NAMES);
    }

    @PostMapping("/forward-backward")
    @io.swagger.v3.oas.annotations.parameters.RequestBody(
            required = true, content = @Content(mediaType = "application/json", schema = @Schema(implementation = TrainShapes.ForwardBackward.class)))
    @ApiResponse(responseCode = "200", content = @Content(mediaType = "application/json", schema = @Schema(implementation = TrainShapes.Accumulated.class)))
    @Refuses(status = 403, when = "The model is not trainable: it is a base, or no trainer has its weights.")
    @Refuses(status = 404, when = "There is no such model, or no run of an id among the inputs.")
    @Refuses(status = 409, when = "The model's head was moved meanwhile, or a run of an id among the inputs is not over.")
    @Refuses(status = 413, when = "The body is larger than 256 MB, or holds too many tokens.")
    @Refuses(status = 422, when = "A run of an id among the inputs cannot be learnt from: timed out, without a grade, without token ids, or of other weights.")
    @Refuses(status = 503, when = "No trainer is there, or what was sent cannot be kept just now.")
    @Operation(summary = "Add the gradient of a batch", description = "The gradient of a loss over all that is sent is added to what was sent since"
            + " the model's last step. Nothing is seen of it until the next one.")
    void forwardBackward(Caller caller, @PathVariable ModelId id, HttpServletRequest request, HttpServletResponse response)
            throws IOException, InterruptedException {
        var model = catalog.trainable(caller.team(), id);
        waits.answer(calls.forwardBackward(id, batches.read(request, caller.team(), model)), model, response);
    }

    @PostMapping("/forward")
    @io.swagger.v3.oas.annotations.parameters.RequestBody(
            required = true, content = @Content(mediaType = "application/json", schema = @Schema(implementation = TrainShapes.Forward.class)))
    @ApiResponse(responseCode = "200", content = @Content(mediaType = "application/json", schema = @Schema(implementation = TrainShapes.Logprobs.class)))
    @Refuses(status = 403, when = "The model is not trainable: it is a base, or no trainer has its weights.")
    @Refuses(status = 404, when = "There is no such model, or no run of an id among the inputs.")
    @Refuses(status = 409, when = "The model's head was moved meanwhile, or a run of an id among the inputs is not over.")
    @Refuses(status = 413, when = "The body is larger than 256 MB, or holds too many tokens.")
    @Refuses(status = 422, when = "A run of an id among the inputs cannot be learnt from: timed out, without a grade, without token ids, or of other weights.")
    @Refuses(status = 503, when = "No trainer is there, or what was sent cannot be kept just now.")
    @Operation(summary = "Say log-probabilities", description = "Of what is sent, under the model's weights: for a loss of one's own, whose gradient"
            + " then goes to backward.")
    void forward(Caller caller, @PathVariable ModelId id, HttpServletRequest request, HttpServletResponse response)
            throws IOException, InterruptedException {
        var model = catalog.trainable(caller.team(), id);
        waits.answer(calls.forward(id, batches.readForward(request, caller.team(), model)), model, response);
    }

    @PostMapping("/backward")
    @io.swagger.v3.oas.annotations.parameters.RequestBody(
            required = true, content = @Content(mediaType = "application/json", schema = @Schema(implementation = TrainShapes.Backward.class)))
    @ApiResponse(responseCode = "200", content = @Content(mediaType = "application/json", schema = @Schema(implementation = TrainShapes.Accumulated.class)))
    @Refuses(status = 403, when = "The model is not trainable: it is a base, or no trainer has its weights.")
    @Refuses(status = 404, when = "There is no such model, or it has no such forward, or that is too long ago.")
    @Refuses(status = 409, when = "The forward was differentiated already, or the weights have changed since.")
    @Refuses(status = 413, when = "The body is larger than 256 MB.")
    @Refuses(status = 503, when = "No trainer is there, or what was sent cannot be kept just now.")
    @Operation(summary = "Add the gradient of a loss of one's own", description = "weights[d][t] is by how much the loss falls as the log-probability"
            + " at that place rises: −∂C/∂ℓ.")
    void backward(Caller caller, @PathVariable ModelId id, HttpServletRequest request, HttpServletResponse response)
            throws IOException, InterruptedException {
        var model = catalog.trainable(caller.team(), id);
        waits.answer(calls.backward(id, batches.readWeights(request)), model, response);
    }

    /** Of AdamW. */
    @Schema(name = "OptimStep", requiredProperties = "learning_rate", example = "{\"learning_rate\": 0.0001}")
    @JsonNaming(SnakeCaseStrategy.class)
    record OptimStep(
            @Schema(exclusiveMinimumValue = 0) @Nullable Double learningRate,
            @Schema(minimum = "0", defaultValue = "0.9", description = "Less than 1") @Nullable Double beta1,
            @Schema(minimum = "0", defaultValue = "0.95", description = "Less than 1") @Nullable Double beta2,
            @Schema(exclusiveMinimumValue = 0, defaultValue = "1e-8") @Nullable Double eps,
            @Schema(minimum = "0", defaultValue = "0", description = "A part of each weight that is taken off, times the learning rate")
                    @Nullable Double weightDecay) {

        Rate rate() {
            return new Rate(
                    above0("learning_rate", learningRate, null), below1("beta1", beta1, 0.9), below1("beta2", beta2, 0.95),
                    above0("eps", eps, 1e-8), from0("weight_decay", weightDecay));
        }

        private static double above0(String field, @Nullable Double value, @Nullable Double otherwise) {
            var known = value == null ? otherwise : value;
            if (known == null) {
                throw Problem.badRequest(field, "required");
            }
            if (!(known > 0 && Double.isFinite(known))) {
                throw Problem.badRequest(field, "must be more than 0, not " + known);
            }
            return known;
        }

        private static double below1(String field, @Nullable Double value, double otherwise) {
            double known = value == null ? otherwise : value;
            if (!(known >= 0 && known < 1)) {
                throw Problem.badRequest(field, "must be 0 or more and less than 1, not " + known);
            }
            return known;
        }

        private static double from0(String field, @Nullable Double value) {
            double known = value == null ? 0 : value;
            if (!(known >= 0 && Double.isFinite(known))) {
                throw Problem.badRequest(field, "must be 0 or more, not " + known);
            }
            return known;
        }
    }

    @PostMapping("/optim-step")
    @ApiResponse(responseCode = "200", content = @Content(mediaType = "application/json", schema = @Schema(implementation = TrainShapes.Step.class)))
    @Refuses(status = 403, when = "The model is not trainable: it is a base, or no trainer has its weights.")
    @Refuses(status = 404, when = "There is no such model.")
    @Refuses(status = 409, when = "Nothing is accumulated, or the model's head was moved meanwhile.")
    @Refuses(status = 503, when = "No trainer is there.")
    @Operation(summary = "Make a step", description = "Of all that was sent since the last one: a new checkpoint, which the model serves from then on."
            + " Asked again with the same numbers, and nothing sent since, within an hour: the same answer and no second step.")
    void optimStep(Caller caller, @PathVariable ModelId id, @RequestBody OptimStep request, HttpServletResponse response)
            throws IOException, InterruptedException {
        var model = catalog.trainable(caller.team(), id);
        waits.answer(calls.step(id, request.rate()), model, response);
    }
}
