// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.taskset;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.assay.contracts.TasksetId;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.Problem;
import io.swagger.v3.oas.annotations.Operation;
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
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Admits(Role.MEMBER)
@Tag(name = "Tasksets", description = "Tasks that belong together, in an order.")
class TaskUploadController {

    private static final String EXAMPLE = """
            {"taskset_name": "letters",
             "tasks": [{"name": "strawberry", "env": {"name": "letter-count"}, "task_id": "count_letter",
                        "args": {"word": "strawberry", "letter": "r"}, "columns": {"difficulty": "easy"}}]}""";

    private final TasksetShelf shelf;

    TaskUploadController(TasksetShelf shelf) {
        this.shelf = shelf;
    }

    /** The body is taken as bytes, not bound: what it holds is given back as it came. */
    @PostMapping("/v2/tasks/upload")
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(
            summary = "Upload tasks",
            description = "Adds tasks to a taskset or replaces those of the same name; makes the taskset if there is none of that name; deletes "
                    + "nothing. All or nothing: each task must name an environment that was built, a task of its newest version, and arguments that "
                    + "this task takes; else 400, with a line for each fault.",
            requestBody = @RequestBody(
                    required = true,
                    content = @Content(
                            mediaType = "application/json",
                            schema = @Schema(type = "object"),
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
