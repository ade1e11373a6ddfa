// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.job;

import dev.assay.contracts.JobId;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Tells training-service which groups it can hand out whole. */
@RestController
@Admits(Role.SERVICE)
class FinishedGroupController {

    private final FinishedGroups groups;

    FinishedGroupController(FinishedGroups groups) {
        this.groups = groups;
    }

    @GetMapping("/internal/jobs/{job}/finished-groups")
    FinishedGroups.Finished after(
            @PathVariable JobId job,
            @RequestParam long after,
            @RequestParam(required = false) @Nullable Integer size,
            @RequestParam int most,
            Caller caller) {
        return groups.after(job, caller.team(), after, size, most);
    }
}
