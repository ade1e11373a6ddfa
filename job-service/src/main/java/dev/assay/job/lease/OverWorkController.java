// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.lease;

import dev.assay.contracts.internal.WorkAttempts;
import dev.assay.job.run.Told;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.Problem;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** For workers, which end what others have left or hold too long. */
@RestController
@Admits(Role.WORKER)
class OverWorkController {

    private final OverWork over;

    OverWorkController(OverWork over) {
        this.over = over;
    }

    @PostMapping("/internal/work/over")
    WorkAttempts over(@RequestBody WorkAttempts asked) {
        var attempts = Told.required("attempts", asked.attempts());
        if (attempts.size() > WorkAttempts.MOST) {
            throw Problem.badRequest("attempts", "at most " + WorkAttempts.MOST + ", these are " + attempts.size());
        }
        for (var number = 0; number < attempts.size(); number++) {
            var field = "attempts[" + number + "]";
            Told.required(field + ".work", Told.required(field, attempts.get(number)).work());
        }
        return new WorkAttempts(over.of(attempts));
    }
}
