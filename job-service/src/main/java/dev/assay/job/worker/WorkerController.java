// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.worker;

import dev.assay.job.run.Told;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

@RestController
@Admits(Role.ADMINISTRATOR)
@RequestMapping("/v2/workers")
@Tag(name = "Workers", description = "Who takes runs.")
class WorkerController {

    static final String MANAGERS = " For administrators of teams only where the operator allows it (ASSAY_WORKERS_ADMINISTRATORS); the "
            + "operator does the same below /v2/admin/job-service/workers.";

    private final Workers workers;
    private final HeldRuns held;
    private final WorkersSettings settings;

    WorkerController(Workers workers, HeldRuns held, WorkersSettings settings) {
        this.workers = workers;
        this.held = held;
        this.settings = settings;
    }

    @JsonNaming(SnakeCaseStrategy.class)
    record WorkerList(
            List<WorkerView> items,
            @Schema(description = "Whether whoever asks may drain workers, and make credentials for them.") boolean mayManage) {}

    @Schema(example = "{\"name\": \"enrolled/gpu-1\"}")
    record Named(
            @Schema(description = "The worker's name, as it is listed.", requiredMode = Schema.RequiredMode.REQUIRED)
                    @Nullable String name) {}

    @GetMapping
    @Admits(Role.VIEWER)
    @Operation(
            summary = "List workers",
            description = "Those that were heard of within the last minute and a half, whichever team they work for: what each is, does "
                    + "and has. Of the runs that they hold, those of your team.")
    WorkerList list(Caller caller) {
        var seen = workers.here();
        var runs = held.of(seen.stream().map(Workers.Seen::name).toList(), caller.role() == Role.OPERATOR ? null : caller.team());
        return new WorkerList(
                seen.stream().map(worker -> WorkerView.of(worker, runs.getOrDefault(worker.name(), List.of()))).toList(),
                settings.mayManage(caller));
    }

    @PostMapping("/drain")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Refuses(status = 404, when = "No worker of that name was heard of.")
    @Operation(
            summary = "Drain a worker",
            description = "It takes no new work from within seconds on, and ends what it holds; what is not over when its `drain-within` "
                    + "has passed goes back to the queue and to another worker, and has lost no attempt." + MANAGERS)
    void drain(Caller caller, @RequestBody Named worker) {
        tell(caller, worker, true);
    }

    @PostMapping("/resume")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Refuses(status = 404, when = "No worker of that name was heard of.")
    @Operation(summary = "Let a drained worker work again", description = "Within seconds." + MANAGERS)
    void resume(Caller caller, @RequestBody Named worker) {
        tell(caller, worker, false);
    }

    private void tell(Caller caller, Named worker, boolean drain) {
        settings.requireManager(caller);
        var name = Told.requiredName("name", worker.name());
        if (!workers.drain(name, drain)) {
            throw Problem.notFound("name: no worker '" + name + "' was heard of.");
        }
    }
}
