// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.worker;

import dev.assay.contracts.internal.WorkerReport;
import dev.assay.contracts.internal.WorkersHere;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Role;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** For environment-service, which gives builds to those that can do them. */
@RestController
@Admits(Role.SERVICE)
class WorkersHereController {

    private static final Set<String> GONE = Set.of("closed", "drained", "stopping");

    private final Workers workers;

    WorkersHereController(Workers workers) {
        this.workers = workers;
    }

    @GetMapping("/internal/workers/here")
    WorkersHere here() {
        var kinds = new TreeSet<String>();
        var open = new TreeSet<String>();
        for (var worker : workers.here()) {
            WorkerReport told = worker.told();
            if (told != null && !GONE.contains(told.state())) {
                kinds.addAll(told.kinds());
                if (told.takesWork() && !worker.draining()) {
                    open.addAll(told.kinds());
                }
            }
        }
        return new WorkersHere(kinds, open);
    }
}
