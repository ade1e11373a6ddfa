// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.RunId;
import dev.assay.job.live.RunEnds;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.web.RunRef;
import dev.assay.kit.web.TimeLeft;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Admits({Role.VIEWER, Role.SERVICE})
@Tag(name = "Runs", description = "One run of one agent on one task, and how it stands.")
class TraceController {

    /** How the published client names itself, which reads a run that it waits for every five seconds. */
    private static final String PUBLISHED_CLIENT = "python-httpx/";

    /** For how long that one is kept waiting. Its own patience is ten minutes; of others with that library it is five seconds, unless they say so. */
    private static final Duration HOLD = Duration.ofSeconds(2);

    private final Traces traces;
    private final RunHistory history;
    private final RunEnds ends;
    private final CatalogModels models;

    TraceController(Traces traces, RunHistory history, RunEnds ends, CatalogModels models) {
        this.traces = traces;
        this.models = models;
        this.history = history;
        this.ends = ends;
    }

    @GetMapping("/v2/trace/{trace_id}")
    @Operation(
            summary = "Read a run",
            description = "Readable as soon as its submission or first report was answered. With a final status the grade is there. The "
                    + "published client (`User-Agent: python-httpx/…`) is answered once a hosted run is over, or after two seconds.")
    TraceView read(
            @Parameter(description = "A UUID, dashed or not, or the text that the client bound.", schema = @Schema(type = "string", maxLength = 200))
            @PathVariable("trace_id") String trace,
            @Parameter(hidden = true) @RequestHeader(name = "User-Agent", defaultValue = "") String client,
            Caller caller)
            throws InterruptedException {
        var id = new RunId(RunRef.ofRun("trace_id", trace).id());
        var found = find(id, trace, caller);
        if (!client.startsWith(PUBLISHED_CLIENT) || !found.hosted() || found.endedAt() != null || TimeLeft.ofThisRequest().isPresent()) {
            return found;
        }
        ends.await(id, HOLD);
        return find(id, trace, caller); // also where nobody said that it is over: that is heard of a little later than it can be read
    }

    private TraceView find(RunId id, String trace, Caller caller) {
        var found = traces.find(id, caller.team()).orElseThrow(() -> Problem.notFound("There is no run " + trace + "."));
        return found.model() == null ? found : found.askedOf(models.find(caller.team(), found.model()).orElse(null));
    }

    @Admits(Role.VIEWER)
    @GetMapping("/v2/trace/{trace_id}/transitions")
    @Operation(
            summary = "Read how a run came to stand where it stands",
            description = "Every step with its time and its cause, the oldest first: who queued, took, lost, cancelled or ended it, and why.")
    RunHistory.RunTransitions transitions(
            @Parameter(description = "A UUID, dashed or not, or the text that the client bound.", schema = @Schema(type = "string", maxLength = 200))
            @PathVariable("trace_id") String trace,
            @Parameter(description = "A page's `next`.", schema = @Schema(type = "integer", format = "int64", minimum = "0"))
                    @RequestParam(required = false)
                    @Nullable Long after,
            Caller caller) {
        return history.of(new RunId(RunRef.ofRun("trace_id", trace).id()), caller.team(), after);
    }
}
