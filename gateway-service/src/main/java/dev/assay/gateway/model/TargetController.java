// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.model;

import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.web.ReadUuid;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Several upstreams for a model, as a team wants them. */
@RestController
@Admits(Role.VIEWER)
@Tag(name = "Upstreams")
class TargetController {

    private static final int LONGEST = 200;
    private static final int MOST = 1000;
    private static final int LARGEST = 1000;
    private static final String PRINTABLE = "^[!-~]+$";

    private final TeamTargets targets;
    private final Clock clock;

    TargetController(TeamTargets targets, Clock clock) {
        this.targets = targets;
        this.clock = clock;
    }

    @Schema(example = "{\"model_name\": \"gpt-5.6\", \"upstream\": \"our-azure\", \"upstream_model\": \"deployment-1\", \"priority\": 1}")
    record TargetRequest(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED, minLength = 1, maxLength = LONGEST, pattern = PRINTABLE, description = "The model's slug")
                    @Nullable String model_name,
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED, minLength = 1, maxLength = LONGEST, pattern = PRINTABLE, description = "An upstream's name")
                    @Nullable String upstream,
            @Schema(minLength = 1, maxLength = LONGEST, pattern = PRINTABLE, description = "What that one calls the model; as the catalog says if left out")
                    @Nullable String upstream_model,
            @Schema(minimum = "0", maximum = "" + LARGEST, description = "How often it is chosen among those of its priority; 1 if left out")
                    @Nullable Integer weight,
            @Schema(minimum = "0", maximum = "" + LARGEST, description = "Lower ones are asked first; 0 if left out") @Nullable Integer priority) {}

    record TargetView(
            UUID id, String model_name, String upstream, @Nullable String upstream_model, int weight, int priority, Instant created_at) {}

    record TargetList(List<TargetView> items, int total) {}

    @Operation(
            summary = "List targets",
            description = "Where the team's calls of a model go. A model without one goes where the operator's configuration says, else to the"
                    + " provider that the catalog names.")
    @GetMapping("/v2/targets")
    TargetList list(Caller caller) {
        var items = targets.of(caller.team()).stream().map(TargetController::view).toList();
        return new TargetList(items, items.size());
    }

    @Admits(Role.ADMINISTRATOR)
    @PostMapping("/v2/targets")
    @ResponseStatus(HttpStatus.CREATED)
    @Refuses(status = 409, when = "The team has the same target, or as many as it may have.")
    @Operation(
            summary = "Add a target",
            description = "The lowest priority is asked first; among equals each as often as its weight says, a run always the same one, and the"
                    + " next if one does not answer. The upstream that the catalog names is one of them only if it is added too. Takes an administrator.")
    TargetView add(Caller caller, @RequestBody TargetRequest request) {
        var row = new TeamTargets.Row(
                UUID.randomUUID(),
                caller.team(),
                text("model_name", request.model_name()),
                text("upstream", request.upstream()),
                request.upstream_model() == null ? "" : text("upstream_model", request.upstream_model()),
                number("weight", request.weight(), 1),
                number("priority", request.priority(), 0),
                clock.instant());
        try {
            if (!targets.insert(row, MOST)) {
                throw Problem.conflict("A team has at most " + MOST + " targets.");
            }
        } catch (DuplicateKeyException e) {
            throw Problem.conflict("upstream: your team has this target of '" + row.modelName() + "' already");
        }
        return view(row);
    }

    @Admits(Role.ADMINISTRATOR)
    @DeleteMapping("/v2/targets/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Take a target away", description = "Takes an administrator.")
    void delete(@Parameter(schema = @Schema(type = "string", format = "uuid")) @PathVariable String id, Caller caller) {
        if (!targets.delete(caller.team(), ReadUuid.of("id", id))) {
            throw Problem.notFound("There is no target " + id + " in your team.");
        }
    }

    private static String text(String field, @Nullable String value) {
        if (value == null || value.isEmpty()) {
            throw Problem.badRequest(field, "required");
        }
        if (value.length() > LONGEST || !value.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw Problem.badRequest(field, "may hold up to " + LONGEST + " printable ASCII characters without blanks");
        }
        return value;
    }

    private static int number(String field, @Nullable Integer value, int otherwise) {
        if (value != null && (value < 0 || value > LARGEST)) {
            throw Problem.badRequest(field, "must be 0 to " + LARGEST);
        }
        return value == null ? otherwise : value;
    }

    private static TargetView view(TeamTargets.Row row) {
        return new TargetView(
                row.id(), row.modelName(), row.upstream(), row.upstreamModel().isEmpty() ? null : row.upstreamModel(), row.weight(),
                row.priority(), row.createdAt());
    }
}
