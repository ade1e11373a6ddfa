// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.live;

import dev.assay.job.live.Steps.Step;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.web.RunRef;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

@RestController
@Admits(Role.VIEWER)
class LiveController {

    private static final String DESCRIPTION =
            """
            Server-sent events. First `now`: from here on every step is told, so what is read after it is up to date; with the id of the \
            last event in `Last-Event-ID` what was missed comes instead, unless that is too much. Then `step` for each step of a run, \
            `{"trace_id", "at", "attempt", "status", "cause"}`, in the order in which they can be read, none twice and none left out. `over` \
            when nothing goes on any more; then the stream ends. It ends after two minutes in any case, and where its reader is too slow: \
            whoever comes again with the last id has missed nothing.""";

    private static final int MOST_MISSED = 1000;

    private final Steps steps;
    private final LiveSteps live;
    private final JsonMapper json;

    LiveController(Steps steps, LiveSteps live, JsonMapper json) {
        this.steps = steps;
        this.live = live;
        this.json = json;
    }

    @GetMapping("/v2/jobs/{job_id}/live")
    @Tag(name = "Jobs")
    @ApiResponse(responseCode = "200", content = @Content(mediaType = MediaType.TEXT_EVENT_STREAM_VALUE))
    @Refuses(status = 404, when = "There is no such job.")
    @Refuses(status = 503, when = "So many watch that there is no room for one more.")
    @Operation(summary = "Watch a job", description = DESCRIPTION)
    void job(
            @Parameter(schema = @Schema(type = "string", maxLength = 200)) @PathVariable("job_id") String job,
            @Parameter(example = "0-0", description = "What is the id of no event counts as none.", schema = @Schema(type = "string"))
                    @RequestHeader(name = "Last-Event-ID", required = false)
                    @Nullable String last,
            Caller caller,
            @Parameter(hidden = true) HttpServletResponse response)
            throws IOException {
        watch(Topic.job(RunRef.ofJob("job_id", job).id()), "There is no job " + job + ".", last, caller, response);
    }

    @GetMapping("/v2/trace/{trace_id}/live")
    @Tag(name = "Runs")
    @ApiResponse(responseCode = "200", content = @Content(mediaType = MediaType.TEXT_EVENT_STREAM_VALUE))
    @Refuses(status = 404, when = "There is no such run.")
    @Refuses(status = 503, when = "So many watch that there is no room for one more.")
    @Operation(summary = "Watch a run", description = DESCRIPTION)
    void run(
            @Parameter(schema = @Schema(type = "string", maxLength = 200)) @PathVariable("trace_id") String trace,
            @Parameter(example = "0-0", description = "What is the id of no event counts as none.", schema = @Schema(type = "string"))
                    @RequestHeader(name = "Last-Event-ID", required = false)
                    @Nullable String last,
            Caller caller,
            @Parameter(hidden = true) HttpServletResponse response)
            throws IOException {
        watch(Topic.run(RunRef.ofRun("trace_id", trace).id()), "There is no run " + trace + ".", last, caller, response);
    }

    private void watch(Topic topic, String missing, @Nullable String last, Caller caller, HttpServletResponse response) throws IOException {
        var after = last == null ? null : told(last);
        if (!steps.isThere(topic, caller.team())) {
            throw Problem.notFound(missing);
        }
        if (steps.isToldOver(topic)) {
            stream(response).tellAll(after, new Place(steps.horizon(), 0), missed(after, topic));
            return;
        }
        var subscriber = live.subscribe(topic);
        try {
            stream(response).tell(subscriber, after, missed(after, topic));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            live.unsubscribe(subscriber);
        }
    }

    /** Null: nothing was told here up to there, but maybe by a database that is no more. The `now` that follows says so. */
    private @Nullable Place told(String last) {
        return Place.read(last).filter(place -> place.xid() <= steps.horizon()).orElse(null);
    }

    /** Null: it begins from now, since nothing was told before, or too much has been missed. */
    private @Nullable List<Step> missed(@Nullable Place after, Topic topic) {
        var missed = after == null ? null : steps.after(after, topic, MOST_MISSED);
        return missed == null || missed.size() == MOST_MISSED ? null : missed;
    }

    private EventStream stream(HttpServletResponse response) throws IOException {
        response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
        response.setCharacterEncoding("UTF-8");
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Accel-Buffering", "no");
        return new EventStream(response.getWriter(), json);
    }
}
