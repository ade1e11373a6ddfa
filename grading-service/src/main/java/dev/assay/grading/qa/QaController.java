// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.qa;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.grading.qa.QaCheck.Level;
import dev.assay.grading.qa.QaRows.QaRow;
import dev.assay.grading.qa.QaRows.Subject;
import dev.assay.grading.reading.Neighbours;
import dev.assay.grading.reading.NotNowException;
import dev.assay.grading.reading.RunReader;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.text.StorableText;
import dev.assay.kit.web.ReadUuid;
import dev.assay.kit.web.RunRef;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** Checks of runs and tasks: which there are, asking for some, what came of them. */
@RestController
@Admits(Role.VIEWER)
@RequestMapping("/v2/qa")
@Tag(name = "QA", description = "Checks of runs and tasks: is the reward earned, is the grading right, is the task worth running.")
class QaController {

    private static final int MOST = 100;
    private static final int LONGEST_MODEL = 300;

    private final QaRows rows;
    private final RunReader runs;
    private final Neighbours neighbours;
    private final JudgeModels models;
    private final Clock clock;

    QaController(QaRows rows, RunReader runs, Neighbours neighbours, JudgeModels models, Clock clock) {
        this.rows = rows;
        this.runs = runs;
        this.neighbours = neighbours;
        this.models = models;
        this.clock = clock;
    }

    @JsonNaming(SnakeCaseStrategy.class)
    record CheckView(
            String key,
            @Schema(description = "`trace` or `task`.") String subjectType,
            String title,
            @Schema(description = "A check passes if the answer is no.") String question,
            @Schema(description = "`rule`, which costs nothing, or `judge`, a call of the model that is set to judge by.") String by) {

        private static CheckView of(QaCheck check) {
            return new CheckView(check.key(), check.level.word(), check.title, check.question, check.instruction == null ? "rule" : "judge");
        }
    }

    record CheckList(List<CheckView> checks) {}

    @Schema(example = "{\"check_keys\": [\"hack_signs\"], \"trace_ids\": [\"7f3b1c8e-52d4-4d0f-9a6b-0c1e2d3f4a5b\"]}")
    @JsonNaming(SnakeCaseStrategy.class)
    record QaAsk(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED, description = "All of one level.") @Nullable List<@Nullable String> checkKeys,
            @Schema(description = "Runs that are over, 100 at most. Either these or `task_ids`.") @Nullable List<@Nullable String> traceIds,
            @Schema(description = "Tasks of tasksets, 100 at most: their versions as they stand now.") @Nullable List<@Nullable String> taskIds,
            @Schema(description = "Whether results that there are do not count. They stay in the history.") @Nullable Boolean overwrite) {}

    @JsonNaming(SnakeCaseStrategy.class)
    record QaResultView(
            UUID id,
            String checkKey,
            @Schema(description = "`queued`, `running`; finally `completed` or `error`.") String status,
            @Schema(description = "`trace` or `task`.") String subjectType,
            @Nullable UUID subjectTraceId,
            @Nullable UUID subjectTaskId,
            @Nullable UUID subjectTaskVersionId,
            @Schema(description = "`request`, or `automatic`: nobody asked for it.") String source,
            @Schema(description = "`passed`, `failed` or `unknown`; null: there is none, which is neither.") @Nullable String verdict,
            @Nullable Judgement result,
            @Schema(description = "Why there is no verdict.") @Nullable String error,
            Instant createdAt,
            @Nullable Instant completedAt) {

        private static QaResultView of(QaRow row) {
            var subject = row.subject();
            var isRun = subject.level() == Level.TRACE;
            return new QaResultView(
                    row.id(), row.check(), row.status(), subject.level().word(), isRun ? subject.id() : null, isRun ? null : subject.id(),
                    subject.version(), row.asked() ? "request" : "automatic", row.result() == null ? null : row.result().verdict(), row.result(),
                    row.error(), row.createdAt(), row.completedAt());
        }
    }

    record QaResults(List<QaResultView> results) {

        private static QaResults of(List<QaRow> rows) {
            return new QaResults(rows.stream().map(QaResultView::of).toList());
        }
    }

    @Schema(example = "{\"model\": null}")
    record QaSettings(
            @Schema(maxLength = LONGEST_MODEL, description = "A model of the catalog. Null: the operator's (`ASSAY_QA_MODEL`), if there is one.")
                    @Nullable String model) {}

    @JsonNaming(SnakeCaseStrategy.class)
    record QaSettingsView(
            @Schema(description = "By which model checks judge; null: by none, and they end in an error that says so.") @Nullable String model,
            @Schema(description = "What the team's administrators have said.") QaSettings own) {}

    @GetMapping("/checks")
    @Operation(summary = "List the checks that there are")
    CheckList checks() {
        return new CheckList(Arrays.stream(QaCheck.values()).map(CheckView::of).toList());
    }

    @PostMapping("/runs")
    @Admits(Role.MEMBER)
    @Refuses(status = 404, when = "There is no such run or task.")
    @Refuses(status = 409, when = "A run is not over.")
    @Refuses(status = 503, when = "Runs or tasks cannot be looked up.")
    @Operation(
            summary = "Have runs or tasks checked",
            description = "Every check of every subject. What there is a result of, or is being checked, is not checked again, unless "
                    + "`overwrite` says so; one that ended in an error is. A task's result belongs to its version.")
    QaResults run(Caller caller, @RequestBody QaAsk ask) {
        var level = ask.traceIds() != null ? Level.TRACE : Level.TASK;
        var checks = checks(ask.checkKeys(), level);
        var subjects = subjects(caller.team(), ask.traceIds(), ask.taskIds(), true);
        var anew = Boolean.TRUE.equals(ask.overwrite());
        return QaResults.of(subjects.stream()
                .flatMap(subject -> checks.stream().map(check -> rows.ask(caller.team(), caller.user(), check, subject, anew, clock.instant())))
                .toList());
    }

    @GetMapping("/results")
    @Refuses(status = 404, when = "There is no such task.")
    @Refuses(status = 503, when = "Tasks cannot be looked up.")
    @Operation(
            summary = "List what checks have come to",
            description = "One result of each check that was asked for: the latest, of a task of its version as it stands now. With include_history all "
                    + "that there ever were, the latest first, at most 2000. Either `trace_ids` or `task_ids`, which repeat.")
    QaResults results(
            Caller caller,
            @Parameter(
                            description = "Runs, 100 at most.",
                            array = @ArraySchema(
                                    minItems = 1,
                                    maxItems = MOST,
                                    schema = @Schema(
                                            type = "string",
                                            minLength = 1,
                                            maxLength = 200,
                                            pattern = RunRef.PATTERN,
                                            example = "7f3b1c8e-52d4-4d0f-9a6b-0c1e2d3f4a5b")))
                    @RequestParam(name = "trace_ids", required = false)
                    @Nullable List<String> traceIds,
            @Parameter(
                            description = "Tasks, 100 at most.",
                            array = @ArraySchema(minItems = 1, maxItems = MOST, schema = @Schema(type = "string", format = "uuid")))
                    @RequestParam(name = "task_ids", required = false)
                    @Nullable List<String> taskIds,
            @RequestParam(name = "include_history", defaultValue = "false") boolean includeHistory) {
        either(traceIds, taskIds);
        if (includeHistory && traceIds != null) {
            return QaResults.of(rows.history(caller.team(), Level.TRACE, traces(traceIds)));
        }
        if (includeHistory) {
            return QaResults.of(rows.history(caller.team(), Level.TASK, tasks(taskIds)));
        }
        return QaResults.of(rows.inEffect(caller.team(), subjects(caller.team(), traceIds, taskIds, false)));
    }

    @GetMapping("/settings")
    @Operation(summary = "Read by which model your team's checks judge")
    QaSettingsView settings(Caller caller) {
        return new QaSettingsView(models.of(caller.team()).orElse(null), new QaSettings(models.own(caller.team())));
    }

    @PutMapping("/settings")
    @Admits(Role.ADMINISTRATOR)
    @Operation(
            summary = "Say by which model your team's checks judge",
            description = "Its calls are the team's, as all others are. Whether the catalog has it is found out by the first check. Takes an administrator.")
    QaSettingsView set(Caller caller, @RequestBody QaSettings wanted) {
        var model = wanted.model();
        if (model != null && (model.isBlank() || model.length() > LONGEST_MODEL || !StorableText.of(model).equals(model))) {
            throw Problem.badRequest("model", "must be the name of a model, of at most " + LONGEST_MODEL + " characters, or null");
        }
        models.say(caller.team(), model == null ? null : model.strip());
        return settings(caller);
    }

    private static List<QaCheck> checks(@Nullable List<@Nullable String> keys, Level level) {
        if (keys == null || keys.isEmpty()) {
            throw Problem.badRequest("check_keys", "names no check; there are " + QaCheck.keys());
        }
        return keys.stream().map(key -> check(key, level)).distinct().toList();
    }

    private static QaCheck check(@Nullable String key, Level level) {
        var check = QaCheck.of(Objects.requireNonNullElse(key, ""))
                .orElseThrow(() -> Problem.badRequest("check_keys", "there is no check '" + shown(key) + "', only " + QaCheck.keys()));
        if (check.level != level) {
            throw Problem.badRequest("check_keys", "'" + check.key() + "' checks a " + check.level.word() + ", not a " + level.word());
        }
        return check;
    }

    private static String shown(@Nullable String text) {
        return text == null || text.length() <= 80 ? String.valueOf(text) : text.substring(0, 80) + "…";
    }

    private static void either(@Nullable List<? extends @Nullable String> traces, @Nullable List<? extends @Nullable String> tasks) {
        if ((traces == null) == (tasks == null)) {
            throw Problem.badRequest("trace_ids", "either these or task_ids");
        }
    }

    /** @param over whether runs have to be there, and over */
    private List<Subject> subjects(
            TeamId team, @Nullable List<? extends @Nullable String> traces, @Nullable List<? extends @Nullable String> tasks, boolean over) {
        either(traces, tasks);
        if (traces != null) {
            return traces(traces).stream()
                    .map(id -> {
                        if (over) {
                            requireOver(team, new RunId(id));
                        }
                        return new Subject(Level.TRACE, id, null);
                    })
                    .toList();
        }
        var ids = tasks(tasks);
        var known = now(() -> neighbours.tasks(team, ids));
        return ids.stream()
                .map(id -> {
                    if (!known.containsKey(id)) {
                        throw Problem.notFound("There is no task " + id + ".");
                    }
                    return new Subject(Level.TASK, id, known.get(id).version());
                })
                .toList();
    }

    private static List<UUID> traces(List<? extends @Nullable String> ids) {
        return ids("trace_ids", ids).stream().map(id -> RunRef.ofRun("trace_ids", id).id()).distinct().toList();
    }

    private static List<UUID> tasks(@Nullable List<? extends @Nullable String> ids) {
        return ids("task_ids", ids == null ? List.of() : ids).stream().map(id -> ReadUuid.of("task_ids", id)).distinct().toList();
    }

    private static List<String> ids(String field, List<? extends @Nullable String> ids) {
        if (ids.isEmpty() || ids.size() > MOST) {
            throw Problem.badRequest(field, "must be between 1 and " + MOST + " ids, these are " + ids.size());
        }
        return ids.stream().map(id -> Objects.requireNonNullElse(id, "")).toList();
    }

    private void requireOver(TeamId team, RunId run) {
        var end = now(() -> runs.ended(team, run)).orElseThrow(() -> Problem.notFound("There is no run " + run + "."));
        if (!RunReader.isOver(end)) {
            throw Problem.conflict("Run " + run + " is not over: it can be checked once it is.");
        }
    }

    private static <T> T now(Supplier<T> question) {
        try {
            return question.get();
        } catch (NotNowException e) {
            throw Problem.unavailable(e.getMessage() + " Try again.");
        }
    }
}
