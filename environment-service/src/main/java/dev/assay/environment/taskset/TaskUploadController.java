// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.taskset;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.assay.contracts.TasksetId;
import dev.assay.environment.listing.Names;
import dev.assay.environment.project.ProjectId;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

@RestController
@Admits(Role.MEMBER)
@Tag(name = "Tasksets", description = "Tasks that belong together, in an order.")
class TaskUploadController {

    private static final String EXAMPLE = """
            {"taskset_name": "letters",
             "tasks": [{"name": "strawberry", "env": {"name": "letter-count"}, "task_id": "count_letter",
                        "args": {"word": "strawberry", "letter": "r"}, "columns": {"difficulty": "easy"}}]}""";

    /** What is looked at of a body, for the API document. */
    record Upload(
            @Schema(minLength = 1, maxLength = 300, pattern = Names.PATTERN) String taskset_name,
            @Nullable TasksetId taskset_id,
            @Nullable ProjectId project_id,
            @ArraySchema(maxItems = 20_000) List<UploadedTask> tasks) {}

    /** What is looked at of a task; whatever else it holds is kept. */
    record UploadedTask(
            @Schema(minLength = 1, maxLength = 300, pattern = Names.PATTERN) String name,
            UploadedEnvironment env,
            @Schema(minLength = 1, maxLength = 300, pattern = Names.PATTERN) String task_id,
            @Nullable JsonNode args,
            @Nullable JsonNode agent_config,
            @Nullable JsonNode columns,
            @Nullable JsonNode runtime_config,
            @Nullable UploadedVerifier verifier,
            @Nullable List<JsonNode> validation) {}

    record UploadedVerifier(
            @Schema(minLength = 1, maxLength = 300, pattern = Names.PATTERN) String env,
            @Schema(minLength = 1, maxLength = 300, pattern = Names.PATTERN) String id,
            @Nullable JsonNode args) {}

    record UploadedEnvironment(@Schema(minLength = 1, maxLength = 300, pattern = Names.PATTERN) String name) {}

    private final TasksetShelf shelf;

    TaskUploadController(TasksetShelf shelf) {
        this.shelf = shelf;
    }

    /** The body is taken as bytes, not bound: what it holds is given back as it came. */
    @PostMapping("/v2/tasks/upload")
    @ResponseStatus(HttpStatus.CREATED)
    @Refuses(status = 404, when = "There is no such taskset or project.")
    @Operation(
            summary = "Upload tasks",
            description = "Adds tasks to a taskset or replaces those of the same name; makes the taskset if there is none of that name; deletes "
                    + "nothing. All or nothing: each task must name an environment that was built, a task of its newest version, and arguments that "
                    + "this task takes; else 400, with a line for each fault.",
            requestBody = @RequestBody(
                    required = true,
                    content = @Content(
                            mediaType = "application/json",
                            schema = @Schema(implementation = Upload.class),
                            examples = @ExampleObject(EXAMPLE))))
    UploadResult upload(Caller caller, HttpServletRequest request) throws IOException {
        var stored = shelf.store(caller, TaskUpload.read(body(request)));
        return new UploadResult(stored.taskset().id(), stored.taskset().name(), stored.created(), stored.updated(), stored.total());
    }

    private static String body(HttpServletRequest request) throws IOException {
        var bytes = request.getInputStream().readAllBytes();
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw Problem.badRequest("body", "is not UTF-8");
        }
    }

    record UploadResult(
            @JsonProperty("taskset_id") TasksetId tasksetId,
            @JsonProperty("taskset_name") String tasksetName,
            @JsonProperty("tasks_created") int tasksCreated,
            @JsonProperty("tasks_updated") int tasksUpdated,
            @JsonProperty("task_count") long taskCount) {}
}
