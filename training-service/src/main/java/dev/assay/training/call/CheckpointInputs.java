// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.call;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.assay.contracts.ModelId;
import dev.assay.contracts.RunId;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import dev.assay.training.model.Catalog;
import dev.assay.training.tree.CheckpointRows;
import dev.assay.training.tree.CheckpointView;
import dev.assay.training.tree.Learners;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** What went into a checkpoint, input by input. */
@RestController
@Tag(name = "models")
class CheckpointInputs {

    private final Catalog catalog;
    private final Learners learners;
    private final CheckpointRows checkpoints;
    private final CallRows rows;

    CheckpointInputs(Catalog catalog, Learners learners, CheckpointRows checkpoints, CallRows rows) {
        this.catalog = catalog;
        this.learners = learners;
        this.checkpoints = checkpoints;
        this.rows = rows;
    }

    /**
     * @param traceId the run; null: it was sent without its id
     * @param reward as graded
     * @param advantage as it was used; null: by a loss of the caller's own
     */
    @Schema(name = "CheckpointInput")
    @JsonNaming(SnakeCaseStrategy.class)
    record Input(@Nullable RunId traceId, double reward, @Nullable Double advantage, String lossFn) {}

    @Schema(name = "CheckpointWithInputs")
    record WithInputs(@JsonUnwrapped CheckpointView checkpoint, List<Input> inputs) {}

    @Admits(Role.VIEWER)
    @GetMapping("/v2/models/{id}/checkpoints/{checkpoint}")
    @Refuses(status = 404, when = "There is no such model, or it has no such checkpoint.")
    @Operation(summary = "Get a checkpoint with what went into it", description = "By its id or its name. Inputs are in the order in which they were sent.")
    WithInputs checkpoint(Caller caller, @PathVariable ModelId id, @PathVariable @Schema(example = "step-1") String checkpoint) {
        catalog.check(caller.team(), id);
        var model = learners.find(id);
        var found = model.flatMap(one -> checkpoints.named(one, checkpoint))
                .orElseThrow(() -> Problem.notFound("This model has no checkpoint '" + checkpoint + "'."));
        return new WithInputs(
                CheckpointView.of(found, model.orElseThrow().slug(), model.orElseThrow().head()),
                rows.wentInto(found.id()).stream().flatMap(call -> inputs(call.asked()).stream()).toList());
    }

    private static List<Input> inputs(Asked asked) {
        var inputs = new ArrayList<Input>();
        for (int i = 0; i < asked.rewards().size(); i++) {
            inputs.add(new Input(
                    asked.traces().get(i), asked.rewards().get(i), asked.advantages().isEmpty() ? null : asked.advantages().get(i),
                    Objects.toString(asked.loss(), "")));
        }
        return inputs;
    }
}
