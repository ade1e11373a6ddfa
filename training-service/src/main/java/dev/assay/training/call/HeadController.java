// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.call;

import dev.assay.contracts.ModelId;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import dev.assay.training.model.Catalog;
import dev.assay.training.tree.CheckpointView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

@RestController
@Tag(name = "models")
class HeadController {

    private final Catalog catalog;
    private final Calls calls;

    HeadController(Catalog catalog, Calls calls) {
        this.catalog = catalog;
        this.calls = calls;
    }

    @Schema(name = "Head", requiredProperties = "checkpoint_id", example = "{\"checkpoint_id\": \"step-1\"}")
    @JsonNaming(SnakeCaseStrategy.class)
    record Head(@Schema(minLength = 1, description = "Id or name of one of the model's checkpoints") @Nullable String checkpointId) {}

    @Admits(Role.MEMBER)
    @PutMapping("/v2/models/{id}/head")
    @Refuses(status = 403, when = "The model is not trainable: it is a base, or no trainer has its weights.")
    @Refuses(status = 404, when = "There is no such model, or it has no such checkpoint.")
    @Operation(summary = "Choose the checkpoint that a model serves", description = "From the next request on. Its next step goes on from there. Gradients"
            + " that were accumulated are dropped; calls that are being done fail with 409.")
    CheckpointView head(Caller caller, @PathVariable ModelId id, @RequestBody Head request) {
        catalog.trainable(caller.team(), id);
        if (request.checkpointId() == null || request.checkpointId().isBlank()) {
            throw Problem.badRequest("checkpoint_id", "required");
        }
        return calls.moveHead(id, request.checkpointId().strip());
    }
}
