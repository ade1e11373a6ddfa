// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.model;

import dev.assay.gateway.audit.Audit;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.web.ReadUuid;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.http.HttpStatus;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Several upstreams for a model, as a team wants them, or the operator for everybody. */
@RestController
@Admits(Role.VIEWER)
@Tag(name = "Upstreams")
class TargetController {

    private static final int LONGEST = 200;
    private static final int MOST = 1000;
    private static final int LARGEST = 1000;
    private static final String PRINTABLE = "^[!-~]+$";

    private final EnteredTargets entered;
    private final Targets targets;
    private final Audit audit;
    private final TransactionOperations transactions;
    private final Clock clock;

    TargetController(EnteredTargets entered, Targets targets, Audit audit, TransactionOperations transactions, Clock clock) {
        this.entered = entered;
        this.targets = targets;
        this.audit = audit;
        this.transactions = transactions;
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

    /** What is to change of a target. What is left out stays. */
    @Schema(example = "{\"weight\": 3, \"priority\": 1}")
    record TargetChange(
            @Schema(minLength = 1, maxLength = LONGEST, pattern = PRINTABLE, description = "An upstream's name") @Nullable String upstream,
            @Schema(maxLength = LONGEST, pattern = "^[!-~]*$", description = "What that one calls the model; empty: as the catalog says")
                    @Nullable String upstream_model,
            @Schema(minimum = "0", maximum = "" + LARGEST) @Nullable Integer weight,
            @Schema(minimum = "0", maximum = "" + LARGEST) @Nullable Integer priority) {}

    record TargetView(
            UUID id, String model_name, String upstream, @Nullable String upstream_model, int weight, int priority, Instant created_at) {}

    record TargetList(List<TargetView> items, int total) {}

    @Operation(
            summary = "List targets",
            description = "Where the team's calls of a model go. A model without one goes where the operator's configuration says, else to the"
                    + " provider that the catalog names.")
    @GetMapping("/v2/targets")
    TargetList list(Caller caller) {
        var items = entered.of(caller.team()).stream().map(TargetController::view).toList();
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
        var row = new EnteredTargets.Row(
                UUID.randomUUID(),
                caller.team(),
                text("model_name", request.model_name()),
                upstream(request.upstream()),
                request.upstream_model() == null ? "" : text("upstream_model", request.upstream_model()),
                number("weight", request.weight(), 1),
                number("priority", request.priority(), 0),
                clock.instant());
        try {
            transactions.executeWithoutResult(status -> {
                if (!entered.insert(row, MOST)) {
                    throw Problem.conflict("There are at most " + MOST + " targets.");
                }
                audit.changed(caller, "target.add", "target", row.id().toString(), null, view(row));
            });
        } catch (DuplicateKeyException e) {
            throw isThere(row);
        }
        entered.changed(row.team());
        return view(row);
    }

    @Admits(Role.ADMINISTRATOR)
    @PatchMapping("/v2/targets/{id}")
    @Refuses(status = 409, when = "The team has the same target already.")
    @Operation(
            summary = "Change a target",
            description = "What is left out stays. Calls go one way or the other, never elsewhere in between. Takes an administrator.")
    TargetView change(
            @Parameter(schema = @Schema(type = "string", format = "uuid")) @PathVariable String id,
            @RequestBody TargetChange change,
            Caller caller) {
        var which = ReadUuid.of("id", id);
        var after = Objects.requireNonNull(transactions.execute(status -> {
            var before = entered.find(caller.team(), which).orElseThrow(() -> notFound(id));
            var row = with(before, change);
            try {
                entered.update(row);
            } catch (DuplicateKeyException e) {
                throw isThere(row);
            }
            audit.changed(caller, "target.change", "target", id, view(before), view(row));
            return row;
        }));
        entered.changed(caller.team());
        return view(after);
    }

    private static EnteredTargets.Row with(EnteredTargets.Row row, TargetChange change) {
        var as = change.upstream_model();
        return new EnteredTargets.Row(
                row.id(),
                row.team(),
                row.modelName(),
                change.upstream() == null ? row.upstream() : upstream(change.upstream()),
                as == null ? row.upstreamModel() : as.isEmpty() ? as : text("upstream_model", as),
                number("weight", change.weight(), row.weight()),
                number("priority", change.priority(), row.priority()),
                row.createdAt());
    }

    @Admits(Role.ADMINISTRATOR)
    @DeleteMapping("/v2/targets/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Take a target away", description = "Takes an administrator.")
    void delete(@Parameter(schema = @Schema(type = "string", format = "uuid")) @PathVariable String id, Caller caller) {
        transactions.executeWithoutResult(status -> {
            var gone = entered.delete(caller.team(), ReadUuid.of("id", id)).orElseThrow(() -> notFound(id));
            audit.changed(caller, "target.delete", "target", gone.id().toString(), view(gone), null);
        });
        entered.changed(caller.team());
    }

    @Admits(Role.OPERATOR)
    @Operation(
            summary = "List everybody's targets",
            description = "Those that were entered here, for every team that has none of its own for a model. Those of the configuration are not"
                    + " among them. Needs the operator's token (ASSAY_ADMIN_TOKEN) as bearer.",
            security = @SecurityRequirement(name = "admin"))
    @GetMapping("/v2/admin/targets")
    TargetList listEverybodys(Caller operator) {
        return list(operator);
    }

    @Admits(Role.OPERATOR)
    @PostMapping("/v2/admin/targets")
    @ResponseStatus(HttpStatus.CREATED)
    @Refuses(status = 409, when = "It is there already, there are as many as there may be, or the configuration has targets of that model.")
    @Operation(
            summary = "Add a target for everybody",
            description = "As a team's own, for all teams that have none of their own for that model. Needs the operator's token as bearer.",
            security = @SecurityRequirement(name = "admin"))
    TargetView addEverybodys(Caller operator, @RequestBody TargetRequest request) {
        if (request.model_name() != null && targets.isConfigured(request.model_name())) {
            throw Problem.conflict("model_name: where calls of '" + request.model_name() + "' go is said by the configuration (ASSAY_TARGETS_…)");
        }
        return add(operator, request);
    }

    @Admits(Role.OPERATOR)
    @DeleteMapping("/v2/admin/targets/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(
            summary = "Take a target of everybody's away",
            description = "Needs the operator's token as bearer.",
            security = @SecurityRequirement(name = "admin"))
    void deleteEverybodys(@Parameter(schema = @Schema(type = "string", format = "uuid")) @PathVariable String id, Caller operator) {
        delete(id, operator);
    }

    private static Problem notFound(String id) {
        return Problem.notFound("There is no target " + id + ".");
    }

    private static Problem isThere(EnteredTargets.Row row) {
        return Problem.conflict("upstream: this target of '" + row.modelName() + "' is there already");
    }

    private static String upstream(@Nullable String value) {
        var upstream = text("upstream", value);
        if (Targets.isTrainer(upstream)) {
            throw Problem.badRequest("upstream", "the catalog alone says which models the trainer serves");
        }
        return upstream;
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

    private static TargetView view(EnteredTargets.Row row) {
        return new TargetView(
                row.id(), row.modelName(), row.upstream(), row.upstreamModel().isEmpty() ? null : row.upstreamModel(), row.weight(),
                row.priority(), row.createdAt());
    }
}
