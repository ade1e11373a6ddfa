// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.taskset;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.assay.contracts.TasksetId;
import dev.assay.environment.listing.Names;
import dev.assay.environment.listing.Page;
import dev.assay.environment.listing.Window;
import dev.assay.environment.project.ProjectId;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Admits(Role.VIEWER)
@RequestMapping("/v2/tasksets")
@Tag(name = "Tasksets", description = "Tasks that belong together, in an order.")
class TasksetController {

    private final TasksetShelf shelf;
    private final TaskRows rows;

    TasksetController(TasksetShelf shelf, TaskRows rows) {
        this.shelf = shelf;
        this.rows = rows;
    }

    @GetMapping
    @Operation(
            summary = "List tasksets",
            description = "Newest first. With search: those whose name holds it. `cursor` takes a page's `next`: unlike an offset it skips and "
                    + "repeats nothing while tasksets are added.")
    Page<TasksetRecord> list(
            Caller caller,
            @RequestParam(required = false) @Nullable String search,
            @Parameter(schema = @Schema(type = "integer", format = "int32", maximum = Window.MOST_TEXT))
                    @RequestParam(required = false) @Nullable Integer limit,
            @Parameter(schema = @Schema(type = "integer", format = "int32", maximum = Window.FURTHEST_TEXT))
                    @RequestParam(required = false) @Nullable Integer offset,
            @Parameter(description = Window.OF_CURSOR, schema = @Schema(type = "string", pattern = Window.CURSOR))
                    @RequestParam(required = false) @Nullable String cursor) {
        return shelf.list(caller.team(), search, Window.of(limit, offset, cursor)).map(TasksetRecord::of);
    }

    @Admits(Role.MEMBER)
    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    @Refuses(status = 404, when = "There is no such project.")
    @Refuses(status = 409, when = "The name is taken.")
    @Operation(summary = "Create a taskset", description = "An empty one. 409 if the name is taken, unless the same request was sent within the last minute.")
    TasksetRecord create(Caller caller, @RequestBody NewTaskset body) {
        return TasksetRecord.of(shelf.create(caller, body.name, body.projectId), 0);
    }

    @Admits({Role.VIEWER, Role.SERVICE}) // job-service starts jobs of them, as it does with the export
    @GetMapping("/by-name/{name}")
    @Operation(summary = "Find a taskset by its name", description = "The name as typed, percent-encoded, slashes too (%2F). 404 if the team has none of that name.")
    NamedTaskset byName(
            Caller caller, @Parameter(schema = @Schema(type = "string", pattern = Names.IN_PATH)) @PathVariable String name) {
        return shelf.named(caller.team(), name)
                .map(taskset -> new NamedTaskset(taskset.id(), taskset.name()))
                .orElseThrow(() -> Problem.notFound("There is no taskset '" + name + "'."));
    }

    @Admits({Role.VIEWER, Role.SERVICE}) // job-service asks what the taskset of a job is called
    @GetMapping("/{id}")
    @Operation(summary = "Get a taskset", description = "404 if the team has no such taskset.")
    TasksetRecord get(Caller caller, @PathVariable TasksetId id) {
        return TasksetRecord.of(shelf.require(caller.team(), id), shelf.size(id));
    }

    @Admits({Role.VIEWER, Role.SERVICE})
    @GetMapping("/{id}/export")
    @Operation(
            summary = "Export a taskset",
            description = "All tasks in display order, every part exactly as it was uploaded: numbers, nulls and empty objects included. A task has another "
                    + "`version_id` whenever any part of it is another one; a run's `task_version_id` is one of them.",
            responses = @ApiResponse(responseCode = "200", content = @Content(mediaType = "application/json", schema = @Schema(type = "object"))))
    void export(Caller caller, @PathVariable TasksetId id, HttpServletResponse response) throws IOException {
        var taskset = shelf.require(caller.team(), id);
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        TaskJson.export(
                taskset.name(),
                position -> rows.after(id, position),
                new BufferedWriter(new OutputStreamWriter(response.getOutputStream(), StandardCharsets.UTF_8)));
    }

    @GetMapping("/{id}/tasks")
    @Operation(
            summary = "List a taskset's tasks",
            description = "In display order: the export's records with id, position and left_out, the names of members that are null here because "
                    + "they are more than 4096 bytes. The task alone has them, and the export. New tasks come to the end, so an offset skips and "
                    + "repeats nothing.",
            responses = @ApiResponse(responseCode = "200", content = @Content(mediaType = "application/json", schema = @Schema(type = "object"))))
    ResponseEntity<byte[]> tasks(
            Caller caller,
            @PathVariable TasksetId id,
            @Parameter(schema = @Schema(type = "integer", format = "int32", maximum = Window.MOST_TEXT))
                    @RequestParam(required = false) @Nullable Integer limit,
            @Parameter(schema = @Schema(type = "integer", format = "int32"))
                    @RequestParam(required = false) @Nullable Integer offset) {
        var window = Window.ofPlaces(limit, offset);
        shelf.require(caller.team(), id);
        return json(TaskJson.page(rows.list(id, window), shelf.size(id), window));
    }

    @GetMapping("/{id}/tasks/{task}")
    @Refuses(status = 404, when = "There is no such taskset or task.")
    @Operation(
            summary = "Get a task",
            description = "By the id that the list tells, every part exactly as it was uploaded. 404 if the team has no such taskset, or that no such task.",
            responses = @ApiResponse(responseCode = "200", content = @Content(mediaType = "application/json", schema = @Schema(type = "object"))))
    ResponseEntity<byte[]> task(Caller caller, @PathVariable TasksetId id, @PathVariable UUID task) {
        shelf.require(caller.team(), id);
        return rows.find(id, task)
                .map(found -> json(TaskJson.record(found)))
                .orElseThrow(() -> Problem.notFound("Taskset " + id + " has no task " + task + "."));
    }

    private static ResponseEntity<byte[]> json(String text) {
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(text.getBytes(StandardCharsets.UTF_8));
    }

    @Schema(example = "{\"name\": \"my-tasks\"}")
    record NewTaskset(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED, minLength = 1, maxLength = 300, pattern = Names.PATTERN) @Nullable String name,
            @JsonProperty("project_id") @Nullable ProjectId projectId) {}

    record NamedTaskset(@JsonProperty("taskset_id") TasksetId tasksetId, String name) {}

    record TasksetRecord(
            TasksetId id,
            String name,
            @JsonProperty("project_id") ProjectId projectId,
            @JsonProperty("can_edit") boolean canEdit,
            @JsonProperty("task_count") long taskCount,
            @JsonProperty("created_at") Instant createdAt,
            @JsonProperty("updated_at") Instant updatedAt) {

        static TasksetRecord of(Taskset taskset, long size) {
            return new TasksetRecord(taskset.id(), taskset.name(), taskset.project(), true, size, taskset.createdAt(), taskset.updatedAt());
        }

        static TasksetRecord of(Tasksets.Summary summary) {
            return new TasksetRecord(
                    new TasksetId(summary.id()),
                    summary.name(),
                    new ProjectId(summary.projectId()),
                    true,
                    summary.taskCount(),
                    summary.createdAt(),
                    summary.updatedAt());
        }
    }
}
