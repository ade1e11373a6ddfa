// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.lease;

import dev.assay.contracts.internal.WorkAttempts;
import dev.assay.contracts.internal.WorkAttempts.WorkAttempt;
import dev.assay.job.run.Told;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;
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
        int all = checked("runs", asked.runs()) + checked("sessions", asked.sessions());
        if (all > WorkAttempts.MOST) {
            throw Problem.badRequest("runs", "with the sessions at most " + WorkAttempts.MOST + ", these are " + all);
        }
        return over.of(asked);
    }

    private static int checked(String field, @Nullable List<WorkAttempt> attempts) {
        var told = Told.required(field, attempts);
        for (var number = 0; number < told.size(); number++) {
            var one = field + "[" + number + "]";
            Told.required(one + ".id", Told.required(one, told.get(number)).id());
        }
        return told.size();
    }
}
