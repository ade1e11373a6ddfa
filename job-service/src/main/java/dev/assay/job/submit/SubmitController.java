// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.submit;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.job.run.Decision.Answer;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Objects;
import java.util.Set;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

@RestController
@Admits(Role.MEMBER)
@Tag(name = "Hosted rollouts", description = "Runs that the platform drives itself.")
class SubmitController {

    private final Submissions submissions;
    private final Set<String> furtherAgents;

    SubmitController(Submissions submissions, @Value("${assay.run.agents}") Set<String> furtherAgents) {
        this.submissions = submissions;
        this.furtherAgents = furtherAgents;
    }

    /** What became of a submission. */
    @JsonNaming(SnakeCaseStrategy.class)
    record SubmitAnswer(JobId jobId, RunId traceId, String status) {}

    @PostMapping("/v2/rollouts/submit")
    @ApiResponse(responseCode = "201", description = "The run is queued.", useReturnTypeSchema = true)
    @ApiResponse(responseCode = "200", description = "The run was there already.", useReturnTypeSchema = true)
    @Refuses(status = 404, when = "The run or the job is another team's.")
    @Refuses(status = 409, when = "The run is one that a client drives itself.")
    @Operation(
            summary = "Queue a run",
            description =
                    """
                    Accepts one rollout: agent and environment both run on the platform. The trace is readable at once. The same \
                    `trace_id` again changes nothing and is answered with 200 and the run's status; a run whose \
                    cancellation came first, or that of its job, is `cancelled`. What \
                    the environment's name stands for now is what each of its attempts runs.""")
    ResponseEntity<SubmitAnswer> submit(@RequestBody SubmitRequest request, Caller caller) {
        var asked = request.checked(furtherAgents);
        asked.checkTimes("runtime_config.limits.run_timeout_s", "rollout_timeout_s");
        var change = submissions.accept(asked, caller);
        var run = change.run();
        return ResponseEntity.status(change.answer() == Answer.DONE ? HttpStatus.CREATED : HttpStatus.OK)
                .body(new SubmitAnswer(
                        Objects.requireNonNull(run.facts().job()), run.id(), run.state().status().wire()));
    }
}
