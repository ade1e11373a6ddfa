// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.search;

import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.web.RunRef;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Admits(Role.VIEWER)
@Tag(name = "search", description = "Runs by what was said in them, and by what came of them")
class SearchController {

    private static final int MOST = 200;

    private final FoundRuns runs;

    SearchController(FoundRuns runs) {
        this.runs = runs;
    }

    record FoundPage(
            List<FoundRun> items,
            @Schema(description = "To be passed as `cursor` for those that began before; null: there are none.") @Nullable String next) {}

    @GetMapping("/v2/runs/search")
    @Operation(
            summary = "Search your team's runs",
            description = "All that fits each of the parameters, the latest begun first. What was said is found some seconds after a run has ended, and while it goes on as far "
                    + "as it was read by then.")
    @Refuses(status = 503, when = "It takes longer than ten seconds: narrow it.")
    FoundPage search(
            Caller caller,
            @Parameter(
                            description = "Words that were all said: prompts, answers, reasoning, calls of tools and their results, errors. `\"in quotes\"` they follow each other, "
                                    + "`-word` was not said, `one or other` was.",
                            example = "permission denied",
                            schema = @Schema(type = "string", minLength = 1, maxLength = RunFilter.LONGEST))
                    @RequestParam(required = false)
                    @Nullable String q,
            @Parameter(
                            description = "The same of what went wrong alone: the run's error, and what steps that failed said.",
                            schema = @Schema(type = "string", minLength = 1, maxLength = RunFilter.LONGEST))
                    @RequestParam(required = false)
                    @Nullable String error,
            @Parameter(
                            description = "That was called, by its whole name.",
                            schema = @Schema(type = "string", minLength = 1, maxLength = RunFilter.LONGEST))
                    @RequestParam(required = false)
                    @Nullable String tool,
            @Parameter(description = "Of what was graded.", schema = @Schema(type = "number"))
                    @RequestParam(name = "reward_min", required = false)
                    @Nullable String rewardMin,
            @Parameter(schema = @Schema(type = "number")) @RequestParam(name = "reward_max", required = false) @Nullable String rewardMax,
            @Parameter(schema = @Schema(type = "string", minLength = 1, maxLength = RunFilter.LONGEST)) @RequestParam(required = false)
                    @Nullable String model,
            @Parameter(
                            description = "Its slug.",
                            schema = @Schema(type = "string", minLength = 1, maxLength = RunFilter.LONGEST))
                    @RequestParam(required = false)
                    @Nullable String task,
            @Parameter(schema = @Schema(type = "string", maxLength = 200, pattern = RunRef.PATTERN)) @RequestParam(required = false)
                    @Nullable String job,
            @Parameter(schema = @Schema(type = "string", allowableValues = {"running", "completed", "error", "cancelled"}))
                    @RequestParam(required = false)
                    @Nullable String status,
            @Parameter(description = "Begun then or later.", schema = @Schema(type = "string", format = "date-time"))
                    @RequestParam(required = false)
                    @Nullable String from,
            @Parameter(description = "The first moment that counts no more.", schema = @Schema(type = "string", format = "date-time"))
                    @RequestParam(required = false)
                    @Nullable String to,
            @Parameter(description = "`next` of the page before.", schema = @Schema(type = "string", pattern = Cursor.PATTERN))
                    @RequestParam(required = false)
                    @Nullable String cursor,
            @Parameter(schema = @Schema(type = "integer", format = "int32", minimum = "1", maximum = "200", defaultValue = "50"))
                    @RequestParam(defaultValue = "50")
                    int limit) {
        if (limit < 1 || limit > MOST) {
            throw Problem.badRequest("limit", "must be between 1 and " + MOST);
        }
        var given = new HashMap<String, @Nullable String>();
        given.put("q", q);
        given.put("error", error);
        given.put("tool", tool);
        given.put("reward_min", rewardMin);
        given.put("reward_max", rewardMax);
        given.put("model", model);
        given.put("task", task);
        given.put("job", job);
        given.put("status", status);
        given.put("from", from);
        given.put("to", to);
        var found = runs.find(caller.team(), RunFilter.of(given::get), cursor == null ? null : Cursor.of(cursor), limit + 1);
        var shown = found.subList(0, Math.min(limit, found.size()));
        return new FoundPage(shown, found.size() > limit ? Cursor.behind(shown.getLast()).text() : null);
    }
}
