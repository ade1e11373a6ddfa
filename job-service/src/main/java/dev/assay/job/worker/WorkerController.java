// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.worker;

import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

@RestController
@Admits(Role.VIEWER)
@RequestMapping("/v2/workers")
@Tag(name = "Workers", description = "Who takes runs.")
class WorkerController {

    private static final Duration LIVE = Duration.ofSeconds(90);

    private final Workers workers;

    WorkerController(Workers workers) {
        this.workers = workers;
    }

    @JsonNaming(SnakeCaseStrategy.class)
    record WorkerView(
            String name,
            @Schema(description = "What keeps sandboxes in there: bubblewrap, or none: environments then see the machine as the worker does.")
                    String isolation,
            @Schema(description = "When it was last heard of, give or take half a minute.") Instant seenAt) {}

    record WorkerList(List<WorkerView> items) {}

    @GetMapping
    @Operation(summary = "List workers", description = "Those that were heard of within the last minute and a half, whichever team they work for.")
    WorkerList list(Caller caller) {
        return new WorkerList(workers.seenWithin(LIVE).stream()
                .map(worker -> new WorkerView(worker.name(), worker.isolation(), worker.at()))
                .toList());
    }
}
