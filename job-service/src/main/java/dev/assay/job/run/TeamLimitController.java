// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import dev.assay.contracts.TeamId;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.signal.WorkSignal;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** What of a team may go on at once, and how its administrators keep it to less. */
@RestController
@Admits(Role.VIEWER)
@RequestMapping("/v2/limits")
@Tag(name = "Limits", description = "How many runs go on at once.")
class TeamLimitController {

    private final ConcurrencyLimits limits;
    private final List<WorkSignal> signals;

    TeamLimitController(ConcurrencyLimits limits, List<WorkSignal> signals) {
        this.limits = limits;
        this.signals = signals;
    }

    @JsonNaming(SnakeCaseStrategy.class)
    record TeamLimits(
            @Schema(
                            description = "So many runs and sessions of the team are held at once, at most: the smaller one of its own "
                                    + "number and the operator's. Null: any number.")
                    @Nullable Integer maxConcurrent,
            @Schema(description = "What the team's administrators have said; null: nothing.") @Nullable Integer own) {}

    @Schema(example = "{\"max_concurrent\": 16}", additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    @JsonNaming(SnakeCaseStrategy.class)
    record TeamLimitWanted(
            @Schema(
                            type = "integer",
                            minimum = "1",
                            maximum = "2147483647",
                            nullable = true,
                            requiredMode = Schema.RequiredMode.REQUIRED,
                            description = "null: as many as the operator lets it.")
                    @Nullable JsonNode maxConcurrent,
            @Schema(hidden = true) @JsonAnySetter @Nullable Map<String, JsonNode> others) {}

    @GetMapping
    @Operation(
            summary = "Read how much of your team goes on at once",
            description = "A job's own number is its `max_concurrent` (`PATCH /v2/jobs/{id}`).")
    TeamLimits get(Caller caller) {
        return of(caller.team());
    }

    @PutMapping
    @Admits(Role.ADMINISTRATOR)
    @Operation(
            summary = "Limit how much of your team goes on at once",
            description = "From now on. What has begun goes on, also if it is more than may be then; who waits for it is told "
                    + "`team_limit`, with the number. It lifts no limit of the operator's. Takes an administrator.")
    TeamLimits set(Caller caller, @RequestBody TeamLimitWanted wanted) {
        Told.noOthers("", wanted.others());
        var most = Told.required("max_concurrent", wanted.maxConcurrent());
        if (most.isNull()) {
            limits.takeBackOwn(caller.team());
        } else {
            limits.sayOwn(caller.team(), Told.whole("max_concurrent", most, 1, Integer.MAX_VALUE));
        }
        signals.forEach(WorkSignal::arrived);
        return of(caller.team());
    }

    private TeamLimits of(TeamId team) {
        return new TeamLimits(limits.now().of(team), limits.own(team));
    }
}
