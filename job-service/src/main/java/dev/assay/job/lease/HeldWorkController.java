// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.lease;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.HeldEnvironments;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Role;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** For environment-service, which opens to a worker what it holds and nothing else. */
@RestController
@Admits(Role.SERVICE)
class HeldWorkController {

    private final HeldWork held;

    HeldWorkController(HeldWork held) {
        this.held = held;
    }

    @GetMapping("/internal/work/environments")
    HeldEnvironments environments(@RequestParam String worker, @RequestParam TeamId team) {
        return new HeldEnvironments(held.environments(worker, team));
    }
}
