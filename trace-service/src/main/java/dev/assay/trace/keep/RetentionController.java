// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.keep;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.web.RunRef;
import dev.assay.trace.run.TracedRuns;
import dev.assay.trace.span.SpanStore.Place;
import dev.assay.trace.timeline.LiveRuns;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** How long a team's spans are kept. */
@RestController
@Admits(Role.VIEWER)
@Tag(name = "traces")
class RetentionController {

    private final Retentions retentions;
    private final ClearSpans clearing;
    private final TracedRuns runs;
    private final LiveRuns live;

    RetentionController(Retentions retentions, ClearSpans clearing, TracedRuns runs, LiveRuns live) {
        this.retentions = retentions;
        this.clearing = clearing;
        this.runs = runs;
        this.live = live;
    }

    @Schema(example = "{\"spans_days\": 90, \"large_days\": 14}")
    @JsonNaming(SnakeCaseStrategy.class)
    record Wanted(
            @Schema(minimum = "1", maximum = "36500", description = "Spans are deleted so many days after they came. Null: as the operator says.")
                    @Nullable Integer spansDays,
            @Schema(
                            minimum = "1",
                            maximum = "36500",
                            description = "Of spans of more than 64 KB (screenshots, files) the content is. Null: with the span.")
                    @Nullable Integer largeDays) {}

    @JsonNaming(SnakeCaseStrategy.class)
    record RetentionView(
            @Schema(description = "What holds: the shorter one of the team's own and the operator's. Null: for ever.") @Nullable Integer spansDays,
            @Nullable Integer largeDays,
            @Schema(description = "What the team's administrators have said.") Wanted own) {}

    @GetMapping("/v2/retention")
    @Operation(summary = "Read how long your team's spans are kept")
    RetentionView get(Caller caller) {
        return view(caller.team());
    }

    @PutMapping("/v2/retention")
    @Admits(Role.ADMINISTRATOR)
    @Operation(
            summary = "Say how long your team's spans are kept",
            description = "What is older goes within an hour or two, and does not come back. Runs, grades and numbers of jobs stay. "
                    + "Longer than the operator keeps them is no error, and has no effect. Takes an administrator.")
    RetentionView set(Caller caller, @RequestBody Wanted wanted) {
        check("spans_days", wanted.spansDays());
        check("large_days", wanted.largeDays());
        retentions.say(caller.team(), new Retention(wanted.spansDays(), wanted.largeDays()));
        return view(caller.team());
    }

    @DeleteMapping("/v2/trace/{id}/spans")
    @Admits(Role.ADMINISTRATOR)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(
            summary = "Delete a run's spans",
            description = "All of its timeline, and contents that no other run has; what was sent before and is still on its way follows within hours. "
                    + "The run, its grade and its place in its job stay. Takes an administrator.")
    @Refuses(status = 409, when = "The run goes on, perhaps once more.")
    @Refuses(status = 503, when = "Whether it goes on cannot be looked up.")
    void clear(Caller caller, @PathVariable String id) {
        var run = new RunId(RunRef.ofRun("id", id).id());
        var known = runs.find(run)
                .filter(found -> found.team().equals(caller.team()))
                .orElseThrow(() -> Problem.notFound("There is no run " + run + "."));
        if (known.finishedAt() == null || !known.isGraded() && !known.status().equals(live.status(run, caller.team()).orElse(known.status()))) {
            throw Problem.conflict("Run " + run + " goes on: its spans can be deleted once it has ended.");
        }
        clearing.clearByHand(new Place(run, caller.team(), known.day()));
    }

    private RetentionView view(TeamId team) {
        var own = retentions.own(team);
        var holds = own.and(retentions.operators());
        return new RetentionView(holds.spansDays(), holds.largeDays(), new Wanted(own.spansDays(), own.largeDays()));
    }

    private static void check(String field, @Nullable Integer days) {
        if (days != null && (days < 1 || days > Retention.LONGEST)) {
            throw Problem.badRequest(field, "must be between 1 and " + Retention.LONGEST + ", or null");
        }
    }
}
