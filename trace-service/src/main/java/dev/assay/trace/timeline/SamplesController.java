// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.ResolvedModel;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Role;
import dev.assay.trace.span.SpanMark;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tells training-service what a run's model sampled, as its agent's steps have it. */
@RestController
@Admits(Role.SERVICE)
class SamplesController {

    private static final int AT_ONCE = 100;

    private final Timeline timeline;
    private final JsonMapper json;

    SamplesController(Timeline timeline, JsonMapper json) {
        this.timeline = timeline;
        this.json = json;
    }

    /**
     * {@code {"samples": […], "turns": 3, "elsewhere": 0, "graded": true}}: those of its latest attempt, in order, to the last bit; of how
     * many turns of the agent that came to something; how many calls were answered by models whose weights no trainer has, as the gateway tells;
     * and whether its last step, the grade, is there, before which others may be missing. 404: there is no such run.
     */
    @GetMapping("/internal/runs/{run}/samples")
    void samples(@PathVariable RunId run, @RequestParam TeamId team, HttpServletResponse response) throws IOException {
        var told = timeline.of(run, team);
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        // Closed only when all is written: closed by a failure it would end well, as if there were no more.
        var out = json.createGenerator(response.getOutputStream());
        out.writeStartObject();
        out.writeArrayPropertyStart("samples");
        int turns = 0;
        int elsewhere = 0;
        boolean graded = false;
        var scope = told.scope();
        var telling = scope == null ? null : timeline.telling(scope, Bookmark.BEGINNING, AT_ONCE);
        while (telling != null && !telling.isOver()) {
            var marks = telling.next(AT_ONCE);
            var bodies = timeline.bodies(scope, marks.stream().filter(SamplesController::mayTell).toList());
            for (var mark : marks) {
                var body = bodies.get(mark.spanId());
                if (body == null) {
                    continue;
                }
                var payload = body.path("attributes").path("hud.payload");
                elsewhere += Entry.isCall(mark) && isAnsweredElsewhere(payload) ? 1 : 0;
                graded |= payload.path("task_call").path("phase").asString("").equals("evaluate");
                if (mark.name().equals("step.agent")) {
                    turns += StepText.error(payload) == null ? 1 : 0;
                    var sample = payload.path("sample");
                    if (!sample.path("output_token_ids").isEmpty()) {
                        out.writePOJO(sample);
                    }
                }
            }
        }
        out.writeEndArray();
        out.writeNumberProperty("turns", turns);
        out.writeNumberProperty("elsewhere", elsewhere);
        out.writeBooleanProperty("graded", graded);
        out.writeEndObject();
        out.close();
    }

    private static boolean mayTell(SpanMark mark) {
        return Entry.isCall(mark) || Entry.isStep(mark) && (mark.name().equals("step.agent") || mark.name().equals("step.task"));
    }

    private static boolean isAnsweredElsewhere(JsonNode call) {
        return call.path("ending").asString("").equals("done")
                && call.path("operation").asString("").equals("generate")
                && !call.path("upstream").asString("").equals(ResolvedModel.TRAINER);
    }
}
