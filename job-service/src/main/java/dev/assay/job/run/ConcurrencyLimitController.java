// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import dev.assay.contracts.TeamId;
import dev.assay.job.run.ConcurrencyLimits.Said;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.signal.WorkSignal;
import io.swagger.v3.oas.annotations.Hidden;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * For the operator: models and places are shared by all teams. Told in docs/jobs.md, and not in the API's document, which cannot say that one of two
 * fields is to be named.
 */
@RestController
@Hidden
@Admits(Role.OPERATOR)
@RequestMapping("/v2/admin/job-service/limits")
@Tag(name = "Limits", description = "How many runs go on at once.")
class ConcurrencyLimitController {

    private final ConcurrencyLimits limits;
    private final List<WorkSignal> signals;

    ConcurrencyLimitController(ConcurrencyLimits limits, List<WorkSignal> signals) {
        this.limits = limits;
        this.signals = signals;
    }

    /** What holds for whom. */
    @JsonNaming(SnakeCaseStrategy.class)
    record LimitList(
            @Schema(description = "Of each team that has none of its own, as configured; null: any number.") @Nullable Integer eachTeam,
            @Schema(description = "Of models, as configured and as set here.") Map<String, Integer> models,
            @Schema(description = "What was set here, and holds instead of what is configured.") List<LimitView> items) {}

    @JsonNaming(SnakeCaseStrategy.class)
    record LimitView(
            @Nullable TeamId teamId, @Nullable String model,
            @Schema(description = "null: any number.") @Nullable Integer maxConcurrent) {}

    @Schema(
            example = "{\"model\": \"claude-sonnet-4-5\", \"max_concurrent\": 16}",
            additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    @JsonNaming(SnakeCaseStrategy.class)
    record LimitWanted(
            @Schema(description = "Its runs and sessions together; whether there is such a team is not looked at. Either this or `model`.") @Nullable UUID teamId,
            @Schema(description = "Runs of all teams with it, by the name that they give it.") @Nullable String model,
            @Schema(
                            type = "integer",
                            minimum = "1",
                            nullable = true,
                            requiredMode = Schema.RequiredMode.REQUIRED,
                            description = "null: any number, whatever is configured.")
                    @Nullable JsonNode maxConcurrent,
            @Schema(hidden = true) @JsonAnySetter @Nullable Map<String, JsonNode> others) {}

    @GetMapping
    @Operation(summary = "List how many runs go on at once")
    LimitList list() {
        var now = limits.now();
        return new LimitList(
                now.team(), now.models(), limits.said().stream().map(one -> new LimitView(one.team(), one.model(), one.most())).toList());
    }

    @PutMapping
    @Operation(
            summary = "Limit a team or a model",
            description = "From now on. Runs that have begun go on, also if they are more than may be then. Who waits for it is told "
                    + "`team_limit` or `model_limit`, with the number.")
    LimitList set(@RequestBody LimitWanted wanted) {
        Told.noOthers("", wanted.others());
        var most = Told.required("max_concurrent", wanted.maxConcurrent());
        limits.say(said(wanted.teamId(), wanted.model(), most.isNull() ? null : Told.whole("max_concurrent", most, 1, Integer.MAX_VALUE)));
        signals.forEach(WorkSignal::arrived);
        return list();
    }

    @DeleteMapping
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Refuses(status = 404, when = "Nothing was set of it.")
    @Operation(summary = "Limit a team or a model as it is configured again")
    void takeBack(
            @Parameter(description = "Either this or `model`.") @RequestParam(name = "team_id", required = false) @Nullable UUID teamId,
            @RequestParam(required = false) @Nullable String model) {
        if (!limits.takeBack(said(teamId, model, null))) {
            throw Problem.notFound("Nothing was set of " + (model == null ? "that team." : "model '" + model + "'."));
        }
        signals.forEach(WorkSignal::arrived);
    }

    private static Said said(@Nullable UUID team, @Nullable String model, @Nullable Integer most) {
        if ((team == null) == (model == null)) {
            throw Problem.badRequest("team_id", "either this or model must be given");
        }
        return new Said(team == null ? null : new TeamId(team), model == null ? null : Told.requiredName("model", model), most);
    }
}
