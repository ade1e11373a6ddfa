// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.regrade;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.grading.regrade.Grader.ByJudge;
import dev.assay.grading.regrade.Grader.ByRule;
import dev.assay.grading.regrade.RegradeRows.Asked;
import dev.assay.grading.regrade.RegradeRows.Standing;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.web.ReadUuid;
import dev.assay.kit.web.RunRef;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** Grading jobs once more from their traces. */
@RestController
@Admits(Role.VIEWER)
@RequestMapping("/v2/jobs/{job_id}/regrades")
@Tag(name = "grades")
class RegradeController {

    private final RegradeRows rows;
    private final Clock clock;

    RegradeController(RegradeRows rows, Clock clock) {
        this.rows = rows;
        this.clock = clock;
    }

    record CriterionAsk(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED, maxLength = GraderAsk.LONGEST) @Nullable String requirement,
            @Schema(defaultValue = "1", description = "Its share. Below 0: what is described is a mistake.") @Nullable Double weight) {}

    @Schema(
            example =
                    """
                    {"regrade_id": "0b9f6c1e-7d0a-4a7e-9c52-1f3e5d7a9b11", "rule": "contains", "expected": "3"}""")
    @JsonNaming(SnakeCaseStrategy.class)
    record RegradeAsk(
            @Schema(format = "uuid", description = "Chosen by whoever asks, who may then ask again: it is the same regrade. Null: a new one.") @Nullable String regradeId,
            @Schema(description = "Of a judge: what each answer must meet, 1 to 50. Either these or `rule`.") @Nullable List<@Nullable CriterionAsk> criteria,
            @Schema(description = "Of a judge: a model of the catalog. Its calls are the team's, as all others are.", maxLength = 300) @Nullable String model,
            @Schema(description = "Of a judge: `answer`, or `timeline`, which is all that the run did.", defaultValue = "answer") @Nullable String shown,
            @Schema(
                            description = "`exact_match`, `contains`, `contains_any`, `contains_all`, `numeric_match` or `f1_score`: how the answer is "
                                    + "compared with what was expected, as the graders of the same names do.")
                    @Nullable String rule,
            @Schema(
                            description = "Of a rule: a text or number; of `contains_any` and `contains_all` a list of texts. An object says it for each task, by its slug.")
                    @Nullable JsonNode expected,
            @Schema(description = "Whether each new grade counts from then on, instead of the one that does.") @Nullable Boolean makeOfRecord) {}

    @JsonNaming(SnakeCaseStrategy.class)
    record RegradeView(
            UUID id,
            JobId jobId,
            @Schema(description = "`running`; finally `completed`, or `cancelled`.") String status,
            @Schema(description = "`judge` or `rule`.") String source,
            @Schema(description = "The judge's model, or the rule's name: the grades' `evaluator`.") String evaluator,
            @Schema(description = "Runs that had completed when it was asked for. Others have no answer that counts.") long runs,
            long waiting,
            long graded,
            @Schema(description = "Those that could not be graded: they have no new grade, which is not a 0.") long failed,
            @Schema(description = "Of those that were graded, by their own ends; null: none has a grade.") @Nullable Double meanBefore,
            @Schema(description = "Of the new grades; null: there is none yet.") @Nullable Double meanAfter,
            boolean makeOfRecord,
            Instant createdAt) {

        private static RegradeView of(Standing standing) {
            var asked = standing.asked();
            return new RegradeView(
                    asked.id(), asked.job(), standing.waiting() > 0 ? "running" : standing.cancelled() > 0 ? "cancelled" : "completed",
                    switch (asked.grader()) {
                        case ByJudge judge -> "judge";
                        case ByRule rule -> "rule";
                    },
                    asked.grader().name(), standing.runs(), standing.waiting(), standing.graded(), standing.failed(), standing.before(), standing.after(),
                    asked.makeOfRecord(), standing.createdAt());
        }
    }

    @JsonNaming(SnakeCaseStrategy.class)
    record FailedView(RunId runId, String error) {}

    record RegradeDetails(RegradeView regrade, @Schema(description = "Why some could not be graded: 20 of them at most.") List<FailedView> errors) {}

    record RegradeList(@Schema(description = "The latest first, at most 100.") List<RegradeView> items) {}

    @PostMapping
    @Admits(Role.MEMBER)
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Refuses(status = 404, when = "There is no such job with a run that has completed.")
    @Refuses(status = 409, when = "There is another regrade of this id.")
    @Operation(
            summary = "Grade a job once more",
            description = "From what its runs left, without a new rollout: by a judge, which is asked about each criterion, or by a rule. Every run that has completed gets "
                    + "one more grade (`GET /v2/trace/{id}/grades`), beside those that there are. A run that cannot be graded ends in an error and gets none.")
    RegradeDetails ask(
            Caller caller,
            @Parameter(schema = @Schema(type = "string", maxLength = 200)) @PathVariable("job_id") String job,
            @RequestBody RegradeAsk body) {
        requireCompleted(caller, job); // of another team's job nobody learns anything, not even that the body is wrong
        var id = body.regradeId() == null ? UUID.randomUUID() : ReadUuid.of("regrade_id", body.regradeId());
        var asked = new Asked(id, job(job), GraderAsk.read(body), Boolean.TRUE.equals(body.makeOfRecord()));
        rows.ask(caller.team(), caller.user(), asked, clock.instant());
        var there = rows.find(caller.team(), id).filter(standing -> standing.asked().equals(asked));
        return details(there.orElseThrow(() -> Problem.conflict("There is another regrade " + id + ": choose another regrade_id.")));
    }

    @GetMapping
    @Refuses(status = 404, when = "There is no such job with a run that has completed.")
    @Operation(summary = "List how a job was graded once more")
    RegradeList list(Caller caller, @Parameter(schema = @Schema(type = "string", maxLength = 200)) @PathVariable("job_id") String job) {
        requireCompleted(caller, job);
        return new RegradeList(rows.of(caller.team(), job(job)).stream().map(RegradeView::of).toList());
    }

    @GetMapping("/{regrade_id}")
    @Refuses(status = 404, when = "There is no such regrade of this job.")
    @Operation(summary = "Read how far a regrade has come")
    RegradeDetails show(
            Caller caller,
            @Parameter(schema = @Schema(type = "string", maxLength = 200)) @PathVariable("job_id") String job,
            @PathVariable("regrade_id") UUID regrade) {
        return details(require(caller, job, regrade));
    }

    @DeleteMapping("/{regrade_id}")
    @Admits(Role.MEMBER)
    @Refuses(status = 404, when = "There is no such regrade of this job.")
    @Operation(summary = "Cancel a regrade", description = "What waits is not graded any more. Grades that were given stay.")
    RegradeDetails cancel(
            Caller caller,
            @Parameter(schema = @Schema(type = "string", maxLength = 200)) @PathVariable("job_id") String job,
            @PathVariable("regrade_id") UUID regrade) {
        require(caller, job, regrade);
        rows.cancel(regrade);
        return details(require(caller, job, regrade));
    }

    private void requireCompleted(Caller caller, String job) {
        if (!rows.hasCompleted(caller.team(), job(job))) {
            throw Problem.notFound("There is no job " + job + " with a run that has completed.");
        }
    }

    private Standing require(Caller caller, String job, UUID regrade) {
        var id = job(job);
        return rows.find(caller.team(), regrade)
                .filter(standing -> standing.asked().job().equals(id))
                .orElseThrow(() -> Problem.notFound("There is no regrade " + regrade + " of job " + job + "."));
    }

    private RegradeDetails details(Standing standing) {
        var errors = rows.errors(standing.asked().id()).stream().map(one -> new FailedView(one.run(), one.error())).toList();
        return new RegradeDetails(RegradeView.of(standing), errors);
    }

    private static JobId job(String job) {
        return new JobId(RunRef.ofJob("job_id", job).id());
    }
}
