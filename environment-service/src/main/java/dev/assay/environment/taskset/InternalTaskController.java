// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.taskset;

import dev.assay.contracts.internal.CurrentTask;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import java.util.List;
import java.util.UUID;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Which version of their tasks teams have: other services know tasks by their ids alone. */
@RestController
@Admits(Role.SERVICE)
class InternalTaskController {

    private final TaskRows rows;

    InternalTaskController(TaskRows rows) {
        this.rows = rows;
    }

    @GetMapping("/internal/tasks")
    List<CurrentTask> tasks(Caller caller, @RequestParam List<UUID> id) {
        return rows.current(caller.team(), id);
    }
}
