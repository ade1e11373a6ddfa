// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import dev.assay.contracts.TeamId;
import dev.assay.job.run.ConcurrencyLimits.Said;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.signal.WorkSignal;
import io.swagger.v3.oas.annotations.Hidden;
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
 * For the operator: models and places are shared by all teams. Told in docs/jobs.md, and not in the API's document, which cannot say that
 * one of two fields is to be named. A team has {@link TeamLimitController}.
 */
@RestController
@Hidden
@Admits(Role.OPERATOR)
@RequestMapping("/v2/admin/job-service/limits")
class ConcurrencyLimitController {

    private final ConcurrencyLimits limits;
    private final List<WorkSignal> signals;

    ConcurrencyLimitController(ConcurrencyLimits limits, List<WorkSignal> signals) {
        this.limits = limits;
        this.signals = signals;
    }

    /**
     * What the operator lets go on.
     *
     * @param eachTeam of each team that has none of its own, as configured; null: any number
     * @param models as configured and as set here
     * @param items what was set here, and holds instead of what is configured
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record LimitList(@Nullable Integer eachTeam, Map<String, Integer> models, List<LimitView> items) {}

    /** @param maxConcurrent null: any number */
    @JsonNaming(SnakeCaseStrategy.class)
    record LimitView(@Nullable TeamId teamId, @Nullable String model, @Nullable Integer maxConcurrent) {}

    /**
     * @param teamId its runs and sessions together; whether there is such a team is not looked at. Either this or the model
     * @param model runs of all teams with it, by the name that they give it
     * @param maxConcurrent null: any number, whatever is configured
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record LimitWanted(
            @Nullable UUID teamId, @Nullable String model, @Nullable JsonNode maxConcurrent,
            @JsonAnySetter @Nullable Map<String, JsonNode> others) {}

    @GetMapping
    LimitList list() {
        var now = limits.now();
        var items = limits.said().stream()
                .map(one -> new LimitView(one.team(), one.model(), one.most()))
                .toList();
        return new LimitList(now.team(), now.models(), items);
    }

    @PutMapping
    LimitList set(@RequestBody LimitWanted wanted) {
        Told.noOthers("", wanted.others());
        var most = Told.required("max_concurrent", wanted.maxConcurrent());
        limits.say(said(wanted.teamId(), wanted.model(), most.isNull() ? null : Told.whole("max_concurrent", most, 1, Integer.MAX_VALUE)));
        signals.forEach(WorkSignal::arrived);
        return list();
    }

    @DeleteMapping
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void takeBack(
            @RequestParam(name = "team_id", required = false) @Nullable UUID teamId,
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
