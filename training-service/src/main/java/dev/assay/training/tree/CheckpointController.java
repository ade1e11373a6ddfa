// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.tree;

import dev.assay.contracts.ModelId;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.training.model.Catalog;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "models")
class CheckpointController {

    private final Catalog catalog;
    private final Learners learners;
    private final CheckpointRows checkpoints;

    CheckpointController(Catalog catalog, Learners learners, CheckpointRows checkpoints) {
        this.catalog = catalog;
        this.learners = learners;
        this.checkpoints = checkpoints;
    }

    @Admits(Role.VIEWER)
    @GetMapping("/v2/models/{id}/checkpoints")
    @Operation(summary = "List a model's checkpoints", description = "Oldest first. None: it serves its first weights, or no trainer has them.")
    List<CheckpointView> checkpoints(Caller caller, @PathVariable ModelId id) {
        catalog.check(caller.team(), id);
        return learners.find(id)
                .map(model -> checkpoints.of(id).stream().map(one -> CheckpointView.of(one, model.slug(), model.head())).toList())
                .orElse(List.of());
    }
}
