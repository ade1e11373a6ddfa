// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.project;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.assay.environment.listing.Names;
import dev.assay.environment.listing.Page;
import dev.assay.environment.listing.Window;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
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
@RequestMapping("/v2/projects")
@Tag(name = "Projects", description = "Folders of a team's environments and tasksets.")
class ProjectController {

    private final ProjectDirectory directory;

    ProjectController(ProjectDirectory directory) {
        this.directory = directory;
    }

    @GetMapping
    @Operation(
            summary = "List projects",
            description = "The team's projects, the default one included, oldest first. With search: those whose name holds it, an equal one first. "
                    + "A description of more than 1000 characters is cut and says so: the project alone has it whole. `cursor` takes a page's "
                    + "`next` (with the same search): unlike an offset it skips and repeats nothing while projects are added.")
    Page<ProjectRecord> list(
            Caller caller,
            @RequestParam(required = false) @Nullable String search,
            @Parameter(schema = @Schema(type = "integer", format = "int32", maximum = Window.MOST_TEXT))
                    @RequestParam(required = false) @Nullable Integer limit,
            @Parameter(schema = @Schema(type = "integer", format = "int32", maximum = Window.FURTHEST_TEXT))
                    @RequestParam(required = false) @Nullable Integer offset,
            @Parameter(description = Window.OF_CURSOR, schema = @Schema(type = "string", pattern = Window.CURSOR))
                    @RequestParam(required = false) @Nullable String cursor) {
        return directory.list(caller, search, Window.of(limit, offset, cursor)).map(project -> ProjectRecord.of(project, caller));
    }

    @GetMapping("/{id}")
    @Operation(summary = "Get a project", description = "404 if the team has no such project.")
    ProjectRecord get(Caller caller, @PathVariable ProjectId id) {
        return ProjectRecord.of(directory.require(caller.team(), id), caller);
    }

    @Admits(Role.MEMBER)
    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    @Refuses(status = 409, when = "The name is taken.")
    @Operation(summary = "Create a project", description = "The name is normalized. 409 if it is taken, unless the same request was sent within the last minute.")
    ProjectRecord create(Caller caller, @RequestBody NewProject body) {
        return ProjectRecord.of(directory.create(caller, body.name, body.description), caller);
    }

    @Schema(example = "{\"name\": \"my-project\", \"description\": \"What belongs together.\"}")
    record NewProject(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED, minLength = 1, maxLength = 300, pattern = Names.PATTERN) @Nullable String name,
            @Schema(pattern = "^[^\\u0000]*$") @Nullable String description) {}

    record ProjectRecord(
            ProjectId id,
            String name,
            @Nullable String description,
            @JsonProperty("is_default") boolean isDefault,
            Capabilities capabilities,
            @JsonProperty("created_at") Instant createdAt) {

        static ProjectRecord of(Project project, Caller caller) {
            return new ProjectRecord(
                    project.id(), project.name(), project.description(), project.isDefault(),
                    new Capabilities(caller.role().covers(Role.MEMBER)), project.createdAt());
        }

        static ProjectRecord of(ProjectDirectory.Summary project, Caller caller) {
            return new ProjectRecord(
                    new ProjectId(project.id()), project.name(), project.description(), project.isDefault(),
                    new Capabilities(caller.role().covers(Role.MEMBER)), project.createdAt());
        }
    }

    /** @param create whether the caller may put environments and tasksets into it */
    record Capabilities(boolean create) {}
}
