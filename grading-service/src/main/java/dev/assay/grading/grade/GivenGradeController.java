// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.grade;

import dev.assay.contracts.RunId;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.text.StorableText;
import dev.assay.kit.web.RunRef;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** All grades of a run, and which of them counts. */
@RestController
@Admits(Role.VIEWER)
@RequestMapping("/v2/trace/{id}/grades")
@Tag(name = "grades")
class GivenGradeController {

    private static final int LONGEST_REASON = 4_000;

    private final Grades grades;
    private final GivenGrades given;
    private final TransactionOperations transaction;
    private final Clock clock;

    GivenGradeController(Grades grades, GivenGrades given, TransactionOperations transaction, Clock clock) {
        this.grades = grades;
        this.given = given;
        this.transaction = transaction;
        this.clock = clock;
    }

    record GivenGradeList(@Schema(description = "The latest first, at most 1000.") List<GivenGrade> items) {}

    @Schema(example = "{\"reward\": 0.5, \"reason\": \"The count is right, the letter is not.\", \"make_of_record\": false}")
    @JsonNaming(SnakeCaseStrategy.class)
    record NewGrade(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable Double reward,
            @Schema(maxLength = LONGEST_REASON) @Nullable String reason,
            @Schema(description = "Whether it counts from now on, instead of the one that does.") @Nullable Boolean makeOfRecord) {}

    @Schema(example = "{\"grade_id\": null}")
    @JsonNaming(SnakeCaseStrategy.class)
    record RecordChoice(@Schema(description = "One of the run's grades. Null: the one that came with its last end.") @Nullable UUID gradeId) {}

    @GetMapping
    @Refuses(status = 404, when = "There is no such run that has ended.")
    @Operation(
            summary = "List all grades that a run was given",
            description = "By its environment at each of its ends, and by people. One of them is of record: what statistics go by. None is ever changed.")
    GivenGradeList list(
            Caller caller,
            @Parameter(description = "A UUID, dashed or not, or the text that the client bound.", schema = @Schema(type = "string", maxLength = 200))
                    @PathVariable
                    String id) {
        return all(caller, require(caller, id));
    }

    @PostMapping
    @Admits(Role.MEMBER)
    @ResponseStatus(HttpStatus.CREATED)
    @Refuses(status = 404, when = "There is no such run that has ended.")
    @Operation(
            summary = "Grade a run",
            description = "Beside the grades that there are. Said again with the same reward and reason it is the same grade. It counts only if `make_of_record` says so.")
    GivenGradeList give(
            Caller caller,
            @Parameter(description = "A UUID, dashed or not, or the text that the client bound.", schema = @Schema(type = "string", maxLength = 200))
                    @PathVariable
                    String id,
            @RequestBody NewGrade body) {
        var run = require(caller, id);
        var reward = body.reward();
        if (reward == null || !Double.isFinite(reward)) {
            throw Problem.badRequest("reward", "must be a number");
        }
        var reason = StorableText.ofNullable(body.reason());
        if (reason != null && reason.length() > LONGEST_REASON) {
            throw Problem.badRequest("reason", "must have at most " + LONGEST_REASON + " characters, this has " + reason.length());
        }
        transaction.executeWithoutResult(status -> {
            var grade = given.give(caller.team(), run, caller.user(), reward, reason, clock.instant());
            if (Boolean.TRUE.equals(body.makeOfRecord())) {
                given.record(caller.team(), run, grade);
            }
        });
        return all(caller, run);
    }

    @PostMapping("/record")
    @Admits(Role.MEMBER)
    @Refuses(status = 404, when = "There is no such run that has ended, or it was given no such grade.")
    @Operation(
            summary = "Say which of a run's grades counts",
            description = "Statistics, comparisons and gates go by it from now on. A run that is run again, or ends once more, counts by its new end. The run "
                    + "itself, and its job's list, go on showing what its environment said.")
    GivenGradeList record(
            Caller caller,
            @Parameter(description = "A UUID, dashed or not, or the text that the client bound.", schema = @Schema(type = "string", maxLength = 200))
                    @PathVariable
                    String id,
            @RequestBody RecordChoice body) {
        var run = require(caller, id);
        if (body.gradeId() == null) {
            given.recordItsOwn(caller.team(), run);
        } else if (!given.record(caller.team(), run, body.gradeId())) {
            throw Problem.notFound("Run " + run + " was given no grade " + body.gradeId() + ".");
        }
        return all(caller, run);
    }

    private GivenGradeList all(Caller caller, RunId run) {
        return new GivenGradeList(given.of(caller.team(), run));
    }

    private RunId require(Caller caller, String id) {
        var run = new RunId(RunRef.ofRun("id", id).id());
        if (grades.find(caller.team(), run).isEmpty()) {
            throw Problem.notFound("There is no run " + id + " that has ended.");
        }
        return run;
    }
}
